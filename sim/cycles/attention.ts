/**
 * How many cycles the attention unit takes, where no stream stalls: the clocks of its two units, which wait for each other where
 * they share a stream. The same formulas with their reasons are in docs/cycles.md.
 */

import { attentionParts, type AttentionShape } from "../../generator/lapa/attention";
import { executionFormat, type ExecutionParameters } from "../../generator/lapa/execution-format";
import { keyLoaderLatency } from "../../generator/lapa/key-loader";
import { speculationFormat, type SpeculationParameters } from "../../generator/lapa/speculation-format";
import { runsFrom, sweep } from "./execution";
import { RowClock } from "./row-clock";
import type { HeadWork } from "./speculation";
import { Offered, type Sink, type Source, Taken } from "./streams";
import { type ArrayRuns, TileClock, type TileWork } from "./tile-clock";

/** What a head asks of the unit. */
export interface AttentionHeadWork extends HeadWork {
  readonly tiles: readonly TileWork[];
}

/** When things happen, in cycles from the end of reset. */
export interface AttentionHeadTimes {
  /** The head's word moves. */
  readonly begins: number;
  /** Queries can be taken by the execution unit: keys and values are there. */
  readonly runs: number;
  /** The last output but the one that waits is gone; that one moves in the next cycle. Where there is no row, `runs`. */
  readonly ends: number;
  /** What the array does between `runs` and `ends`. */
  readonly array: readonly ArrayRuns[];
}

export interface AttentionTimes {
  readonly heads: readonly AttentionHeadTimes[];
  /** Cycles until the last word of any stream has moved. */
  readonly cycles: number;
}

/** What the unit is connected to. */
export interface AttentionStreams {
  /** The first head's word is there. */
  readonly begins: number;
  /** Masks can be taken: they have been cleared after reset. */
  readonly cleared: number;
  /** Keys that are loaded before. */
  readonly loaded: number;
  readonly keys: Source;
  readonly values: Source;
  readonly queries: Source;
  readonly outputs: Sink;
}

/** A cycle for each of the two units. */
interface Both {
  readonly speculation: number;
  readonly execution: number;
}

/**
 * When each head begins and ends, and how long all take, from the end of reset on, with all inputs there from the start.
 * @param heads at least one; the last one has rows. @throws RangeError where it has none.
 */
export function attentionTimes(params: AttentionShape, heads: readonly AttentionHeadWork[]): AttentionTimes {
  const clock = new HeadClock(params, {
    begins: 0, cleared: sweep(attentionParts(params).execution), loaded: 0, keys: new Offered(), values: new Offered(), queries: new Offered(), outputs: new Taken(),
  });
  const times = heads.map((head) => clock.head(head));
  if (!heads.at(-1)?.tiles.length) throw new RangeError("the last head has no row");
  return { heads: times, cycles: times.at(-1)!.ends + 2 };
}

/** Heads one after the other, a stage of each unit loading one while another runs. */
export class HeadClock {
  private readonly speculation: SpeculationParameters;
  private readonly execution: ExecutionParameters;
  private groups: number;
  /** The next head's word may move. */
  private begins: number;
  /** The head before has left the unit. */
  private idle: Both = { speculation: 0, execution: 0 };
  /** The last mask was taken by the execution unit. */
  private masked = -1;

  constructor(params: AttentionShape, private readonly streams: AttentionStreams) {
    this.begins = streams.begins;
    const { speculation, execution } = attentionParts(params);
    this.speculation = speculation;
    this.execution = execution;
    this.groups = Math.ceil(streams.loaded / execution.columns);
  }

  head(work: AttentionHeadWork): AttentionHeadTimes {
    const { begins, idle } = this;
    if (work.keys > 0) this.groups = Math.ceil(work.keys / this.execution.columns);
    const loaded = this.load(work.keys);
    const runs: Both = { speculation: runsFrom(loaded.speculation, idle.speculation), execution: runsFrom(loaded.execution, idle.execution) };
    // Both units take a head's word in the same cycle.
    this.begins = Math.max(runs.speculation, runs.execution);
    if (work.rows.length === 0) {
      this.idle = { speculation: runs.speculation + 1, execution: runs.execution + 1 };
      return { begins, runs: runs.execution, ends: runs.execution, array: [] };
    }
    return { begins, runs: runs.execution, ...this.rows(work, runs) };
  }

  /** Keys go to both units, values to one. @returns when each has written all of them. */
  private load(keys: number): Both {
    const { begins, streams } = this;
    const { words, featureTiles } = executionFormat(this.execution);
    const { folds } = speculationFormat(this.speculation);
    const stages = this.speculation.logSide === "key" ? keyLoaderLatency(this.speculation) : 0;
    /** When each key leaves the encoder in front of the speculation unit's memories, and is written. */
    const loaded: number[] = [];
    let [entered, stored, valued] = [begins, begins, begins];
    for (let k = 0; k < keys; k++) {
      const room = stages > 0 && k >= stages ? loaded[k - stages] : 0;
      const { offered } = streams.keys;
      entered = Math.max(offered, entered + 1, room);
      loaded.push(Math.max(entered + stages, (loaded.at(-1) ?? -1) + 1) + folds - 1);
      if (stages === 0) entered = loaded[k];
      stored = Math.max(offered, stored + 1) + words - 1;
      streams.keys.moved(Math.max(entered, stored));
      valued = Math.max(streams.values.offered, valued + 1) + featureTiles - 1;
      streams.values.moved(valued);
    }
    return { speculation: loaded.at(-1) ?? begins, execution: Math.max(stored, valued) };
  }

  /** Queries go to both units, masks from one to the other. */
  private rows({ mode, rows, tiles }: AttentionHeadWork, runs: Both): Pick<AttentionHeadTimes, "ends" | "array"> {
    const { words } = executionFormat(this.execution);
    const clock = new RowClock(this.speculation, mode, runs.speculation);
    const array = new TileClock(this.execution, this.groups, runs.execution, this.streams.outputs);
    const masksFrom = Math.max(runs.execution, this.streams.cleared);
    const { queries } = this.streams;
    let [written, left, row, { masked }] = [runs.execution - 1, -1, 0, this];
    for (const tile of tiles) {
      written = Math.max(written, array.queriesFrom - 1);
      for (const end = row + tile.rows; row < end; row++) {
        const { taken, ready } = clock.row(rows[row].steps, queries.offered);
        written = Math.max(queries.offered, written + 1) + words - 1;
        queries.moved(Math.max(taken, written));
        // A word waits in a register until its mask is taken.
        const first = Math.max(ready, left + 1, masked);
        const moved = Math.max(first + 1, masksFrom);
        left = rows[row].words === 1 ? first : moved + rows[row].words - 2;
        masked = Math.max(moved, left + 1);
        clock.left(left);
        if (row === end - 1) masked = Math.max(masked, array.lastMaskFrom);
      }
      array.tile(tile, written, masked);
    }
    const ends = array.end();
    this.masked = masked;
    this.idle = { speculation: left + 2, execution: ends + 2 };
    return { ends, array: array.runs };
  }
}
