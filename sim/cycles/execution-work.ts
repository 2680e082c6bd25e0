/** What rows ask of the execution unit. */

import type { ExecutionParameters } from "../../generator/lapa/execution-format";
import type { TileWork } from "./tile-clock";

/** A tile, and what is in it. */
export interface CountedTile extends TileWork {
  /** Keys that any of its rows needs. */
  readonly keys: number;
  /** Pairs of a row and a key that it needs. */
  readonly pairs: number;
}

/** Rows of a head as tiles. @param survivors of each row: the keys that it needs. */
export function tileWorks({ rows, columns }: Pick<ExecutionParameters, "rows" | "columns">, survivors: readonly ArrayLike<number>[]): CountedTile[] {
  const tiles: CountedTile[] = [];
  for (let first = 0; first < survivors.length; first += rows) tiles.push(tileWork(survivors.slice(first, first + rows), columns));
  return tiles;
}

function tileWork(survivors: readonly ArrayLike<number>[], columns: number): CountedTile {
  const keys = new Set<number>();
  for (const row of survivors) for (let i = 0; i < row.length; i++) keys.add(row[i]);
  const lengths = new Uint32Array(columns);
  for (const key of keys) lengths[key % columns]++;
  const steps = Math.max(1, ...lengths);
  const pairs = survivors.reduce((sum, row) => sum + row.length, 0);
  return { rows: survivors.length, steps, words: keys.size + (lengths[columns - 1] === steps ? 0 : 1), keys: keys.size, pairs };
}
