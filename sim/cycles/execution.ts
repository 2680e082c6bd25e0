/**
 * How many cycles the execution unit takes by itself, where no stream stalls. The same formulas with their reasons are in
 * docs/cycles.md.
 */

import { executionFormat, type ExecutionParameters } from "../../generator/lapa/execution-format";
import { Taken } from "./streams";
import { TileClock, type TileWork } from "./tile-clock";

/** What a head asks of the unit. */
export interface ExecutionHeadWork {
  /** Keys that are loaded, and as many values; 0 where those of the head before stay. */
  readonly keys: number;
  readonly tiles: readonly TileWork[];
  /** Of each row, words in which its masks come, at least 1. */
  readonly masks: readonly number[];
}

/**
 * Cycles from the end of reset until the last output has moved, with all inputs there from the start.
 * @param heads at least one; the last one has rows. @throws RangeError where it has none.
 */
export function executionCycles(params: ExecutionParameters, heads: readonly ExecutionHeadWork[]): number {
  const { words, featureTiles } = executionFormat(params);
  let [begins, groups, idle, ends] = [0, 0, 0, 0];
  for (const { keys, tiles, masks } of heads) {
    if (keys > 0) groups = Math.ceil(keys / params.columns);
    const runs = runsFrom(begins + keys * Math.max(words, featureTiles), idle);
    if (tiles.length > 0) ends = tilesEnd(new TileClock(params, groups, runs, new Taken()), params, tiles, masks, runs);
    idle = tiles.length > 0 ? ends + 2 : runs + 1;
    begins = runs;
  }
  if (!heads.at(-1)?.tiles.length) throw new RangeError("the last head has no row");
  return ends + 2;
}

/** The first cycle in which a head's rows are taken, and another head's word. @param loaded all that it brings is written. @param idle the head before has left. */
export function runsFrom(loaded: number, idle: number): number {
  return Math.max(loaded + 1, idle) + 1;
}

function tilesEnd(clock: TileClock, params: ExecutionParameters, tiles: readonly TileWork[], masks: readonly number[], runs: number): number {
  const { words } = executionFormat(params);
  let [query, mask, row] = [runs - 1, Math.max(runs, sweep(params)) - 1, 0];
  for (const tile of tiles) {
    query = Math.max(query, clock.queriesFrom - 1) + tile.rows * words;
    for (let i = 0; i < tile.rows; i++, row++) mask += masks[row];
    mask = Math.max(mask, clock.lastMaskFrom);
    clock.tile(tile, query, mask);
  }
  return clock.end();
}

/** Cycles after reset in which masks are cleared. */
export function sweep(params: ExecutionParameters): number {
  return executionFormat(params).groups;
}
