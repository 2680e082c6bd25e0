/**
 * How many cycles the speculation unit takes, where no stream stalls: every time is a maximum of sums of earlier ones. The
 * same formulas with their reasons are in docs/cycles.md.
 */

import { keyLoaderLatency } from "../../generator/lapa/key-loader";
import { speculationFormat, type SpeculationParameters } from "../../generator/lapa/speculation-format";
import { RowClock } from "./row-clock";

/** What a row asks of the unit. */
export interface RowWork {
  /** W_r: steps of each round, the first round's first; each at least 1. */
  readonly steps: readonly number[];
  /** Words in which its survivors leave, at least 1. */
  readonly words: number;
}

/** What a head asks of the unit. */
export interface HeadWork {
  /** Keys that are loaded, 0 where those of the head before stay. */
  readonly keys: number;
  readonly mode: "radius" | "blend";
  readonly rows: readonly RowWork[];
}

/** When things happen, in cycles from the end of reset. */
export interface HeadTimes {
  /** The head's word moves. */
  readonly begins: number;
  /** Queries can be taken: the keys are there. */
  readonly runs: number;
  /** The last row's last survivor is taken for output; it moves in the next cycle. Where there is no row, `runs`. */
  readonly ends: number;
  /** Share of the cycles from round 1's first word to its last in which it reads keys; null where there is no row. */
  readonly firstRoundBusy: number | null;
}

export interface SpeculationTimes {
  readonly heads: readonly HeadTimes[];
  /** Cycles until the last word of any stream has moved. */
  readonly cycles: number;
}

/**
 * When each head begins and ends, and how long all take, from the end of reset on, with all inputs there from the start.
 * @param heads at least one; the last one has rows. @throws RangeError where it has none.
 */
export function speculationTimes(params: SpeculationParameters, heads: readonly HeadWork[]): SpeculationTimes {
  const times: HeadTimes[] = [];
  let begins = 0;
  for (const head of heads) {
    const time = headTimes(params, head, begins);
    times.push(time);
    // The control sees that no row is left, becomes idle, and takes the next word.
    begins = head.rows.length === 0 ? time.runs + 1 : time.ends + 2;
  }
  if (!heads.at(-1)?.rows.length) throw new RangeError("the last head has no row");
  // The last survivor moves one cycle after it was taken, and cycles count from 0.
  return { heads: times, cycles: times.at(-1)!.ends + 2 };
}

/** Cycles that a key needs before it is written. */
function loadLatency(params: SpeculationParameters): number {
  return params.logSide === "query" ? 0 : keyLoaderLatency(params);
}

function headTimes(params: SpeculationParameters, { keys, mode, rows }: HeadWork, begins: number): HeadTimes {
  const runs = begins + 2 + (keys > 0 ? keys * speculationFormat(params).folds + loadLatency(params) : 0);
  const clock = new RowClock(params, mode, runs);
  let left = 0;
  for (const { steps, words } of rows) {
    left = Math.max(clock.row(steps, 0).ready, left + 1) + words - 1;
    clock.left(left);
  }
  return { begins, runs, ends: rows.length === 0 ? runs : left, firstRoundBusy: clock.firstRoundBusy };
}
