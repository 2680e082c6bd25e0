/**
 * How many cycles the attention unit takes, where no stream stalls: the clocks of its two units, which wait for each other where
 * they share a stream. The same formulas with their reasons are in docs/cycles.md.
 */

import { attentionParts, type AttentionParameters } from "../../generator/lapa/attention";
import { executionFormat, type ExecutionParameters } from "../../generator/lapa/execution-format";
import { keyLoaderLatency } from "../../generator/lapa/key-loader";
import { speculationFormat, type SpeculationParameters } from "../../generator/lapa/speculation-format";
import { sweep } from "./execution";
import { RowClock } from "./row-clock";
import type { HeadWork } from "./speculation";
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

/** A stream's words as its two consumers take them. */
interface Fork {
  /** The first cycle in which the next word is there. */
  offered: number;
}

/** What of a head is known when the next one comes. */
interface Before {
  /** The units are idle: the next head's word may move. */
  readonly idle: { readonly speculation: number; readonly execution: number };
  /** The last mask has been taken by the execution unit. */
  readonly masked: number;
}

/**
 * When each head begins and ends, and how long all take, from the end of reset on, with all inputs there from the start.
 * @param heads at least one; the last one has rows. @throws RangeError where it has none.
 */
export function attentionTimes(params: AttentionParameters, heads: readonly AttentionHeadWork[]): AttentionTimes {
  const clock = new HeadClock(params);
  const times = heads.map((head) => clock.head(head));
  if (!heads.at(-1)?.tiles.length) throw new RangeError("the last head has no row");
  return { heads: times, cycles: times.at(-1)!.ends + 2 };
}

class HeadClock {
  private readonly speculation: SpeculationParameters;
  private readonly execution: ExecutionParameters;
  private readonly words: Fork = { offered: 0 };
  private readonly keys: Fork = { offered: 0 };
  private readonly queries: Fork = { offered: 0 };
  private groups = 0;
  private before: Before = { idle: { speculation: 0, execution: 0 }, masked: -1 };

  constructor(params: AttentionParameters) {
    const { speculation, execution } = attentionParts(params);
    this.speculation = speculation;
    this.execution = execution;
  }

  head(work: AttentionHeadWork): AttentionHeadTimes {
    const { idle } = this.before;
    const begins = { speculation: Math.max(this.words.offered, idle.speculation), execution: Math.max(this.words.offered, idle.execution) };
    this.words.offered = Math.max(begins.speculation, begins.execution) + 1;
    if (work.keys > 0) this.groups = Math.ceil(work.keys / this.execution.columns);
    const runs = this.load(work.keys, begins);
    const times = { begins: this.words.offered - 1, runs: runs.execution };
    if (work.rows.length === 0) {
      this.before = { idle: { speculation: runs.speculation + 1, execution: runs.execution + 1 }, masked: this.before.masked };
      return { ...times, ends: runs.execution, array: [] };
    }
    const { ends, array } = this.rows(work, runs);
    return { ...times, ends, array };
  }

  /** Keys go to both units, values to one. @returns when each can take queries. */
  private load(keys: number, begins: Before["idle"]): Before["idle"] {
    const { words, featureTiles } = executionFormat(this.execution);
    const { folds } = speculationFormat(this.speculation);
    const stages = this.speculation.logSide === "key" ? keyLoaderLatency(this.speculation) : 0;
    /** When each key leaves the encoder in front of the speculation unit's memories, and is written. */
    const loaded: number[] = [];
    let [entered, stored] = [begins.speculation, begins.execution];
    for (let k = 0; k < keys; k++) {
      const room = stages > 0 && k >= stages ? loaded[k - stages] : 0;
      entered = Math.max(this.keys.offered, entered + 1, room);
      loaded.push(Math.max(entered + stages, (loaded.at(-1) ?? -1) + 1) + folds - 1);
      if (stages === 0) entered = loaded[k];
      stored = Math.max(this.keys.offered, stored + 1) + words - 1;
      this.keys.offered = Math.max(entered, stored) + 1;
    }
    const values = begins.execution + keys * featureTiles;
    return { speculation: (loaded.at(-1) ?? begins.speculation) + 2, execution: Math.max(stored, values) + 2 };
  }

  /** Queries go to both units, masks from one to the other. */
  private rows({ mode, rows, tiles }: AttentionHeadWork, runs: Before["idle"]): Pick<AttentionHeadTimes, "ends" | "array"> {
    const { words } = executionFormat(this.execution);
    const clock = new RowClock(this.speculation, mode, runs.speculation);
    const array = new TileClock(this.execution, this.groups, runs.execution);
    const masksFrom = Math.max(runs.execution, sweep(this.execution));
    let { masked } = this.before;
    let [written, left, row] = [runs.execution - 1, -1, 0];
    for (const tile of tiles) {
      written = Math.max(written, array.queriesFrom - 1);
      for (const end = row + tile.rows; row < end; row++) {
        const { taken, ready } = clock.row(rows[row].steps, this.queries.offered);
        written = Math.max(this.queries.offered, written + 1) + words - 1;
        this.queries.offered = Math.max(taken, written) + 1;
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
    this.before = { idle: { speculation: left + 2, execution: ends + 2 }, masked };
    return { ends, array: array.runs };
  }
}
