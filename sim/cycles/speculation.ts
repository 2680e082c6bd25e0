/**
 * How many cycles the speculation unit takes, where no stream stalls: every time is a maximum of sums of earlier ones. The
 * same formulas with their reasons are in docs/cycles.md.
 */

import { listsWaiting, rowsScored, scoreDepth } from "../../generator/lapa/ddf";
import { keyLoaderLatency } from "../../generator/lapa/key-loader";
import { laneQueueLatency } from "../../generator/lapa/lane-queue";
import { statisticsLatency } from "../../generator/lapa/row-statistics";
import type { SpeculationParameters } from "../../generator/lapa/speculation-format";
import { roundParts } from "../../generator/lapa/speculation-round";
import { thresholdLatency } from "../../generator/lapa/threshold";
import { vectorEncoderLatency } from "../../generator/lapa/vector-encoder";
import { mergeLatency } from "../../generator/lib/merge-tree";

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

/** Latencies of a round's parts: the hardware's own figures. */
interface RoundTiming {
  /** From a row's last word to its statistics at the threshold. */
  readonly toStatistics: number;
  readonly threshold: { readonly radius: number; readonly blend: number };
  /** C: words of scores that fit. */
  readonly depth: number;
  /** From the last word's comparison to the row's first word in the next round, or at the output. */
  readonly toNext: number;
}

function roundTimings(params: SpeculationParameters): RoundTiming[] {
  const parts = params.slices.map((_, round) => roundParts({ ...params, round }));
  return parts.map(({ ddf, format }, r) => {
    const next = parts.at(r + 1)?.format.sources;
    // How many lists each lane behind this round merges.
    const lists = next === undefined ? [format.lanes] : next.map((lane) => format.sources.filter(([first]) => lane.includes(first)).length);
    return {
      // Two cycles in the queue of complete rows.
      toStatistics: ddf.scoreLatency + statisticsLatency + 2,
      threshold: thresholdLatency(ddf), depth: scoreDepth(ddf),
      toNext: laneQueueLatency + Math.max(...lists.map(mergeLatency)),
    };
  });
}

/** What has happened in a round, row by row; x, f and y as in docs/cycles.md. */
class RoundClock {
  /** x: when each word was issued. */
  readonly issued: number[] = [];
  /** y: when each word was read again. */
  private readonly read: number[] = [];
  /** f: when the comparison of each row was decided on. */
  private readonly begun: number[] = [];
  /** When each row's list of survivors was taken whole. */
  readonly taken: number[] = [];

  constructor(private readonly timing: RoundTiming, private readonly folds: number, private readonly mode: HeadWork["mode"]) {}

  /** Issues the next row's words, from cycle `ready` on. @returns the cycle of the last one. */
  issue(steps: number, ready: number): number {
    const row = this.begun.length;
    const vacant = row < rowsScored ? 0 : this.begun[row - rowsScored] + 1;
    let earliest = Math.max(ready, vacant);
    for (let w = 0; w < steps; w++) {
      const word = this.issued.length;
      const space = word < this.timing.depth ? 0 : this.read[word - this.timing.depth] + 1;
      const issued = Math.max(earliest, space) + this.folds - 1;
      this.issued.push(issued);
      earliest = issued + 1;
    }
    return earliest - 1;
  }

  /** Compares the row that was issued last. @returns the cycle of its first word behind the round. */
  compare(steps: number): number {
    const row = this.begun.length;
    const { toStatistics, threshold, toNext } = this.timing;
    const statistics = Math.max(this.issued.at(-1)! + toStatistics, row === 0 ? 0 : this.begun[row - 1] + 1);
    const lists = row < listsWaiting ? 0 : this.taken[row - listsWaiting] + 1;
    const begun = Math.max(statistics + threshold[this.mode], this.read.at(-1) ?? 0, lists);
    this.begun.push(begun);
    for (let w = 1; w <= steps; w++) this.read.push(begun + w);
    return begun + steps + 1 + toNext;
  }
}

/**
 * When each head begins and ends, and how long all take, from the end of reset on, with all inputs there from the start.
 * @param heads at least one; the last one has rows. @throws RangeError where it has none.
 */
export function speculationTimes(params: SpeculationParameters, heads: readonly HeadWork[]): SpeculationTimes {
  const timings = roundTimings(params);
  const times: HeadTimes[] = [];
  let begins = 0;
  for (const head of heads) {
    const time = headTimes(params, timings, head, begins);
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

function headTimes(params: SpeculationParameters, timings: readonly RoundTiming[], { keys, mode, rows }: HeadWork, begins: number): HeadTimes {
  const folds = Math.ceil(params.headDim / params.featuresPerCycle);
  const runs = begins + 2 + (keys > 0 ? keys * folds + loadLatency(params) : 0);
  const clocks = timings.map((timing) => new RoundClock(timing, folds, mode));
  let [encoded, left] = [runs + (params.logSide === "query" ? vectorEncoderLatency(params) : 0), 0];
  for (const { steps, words } of rows) {
    let ready = encoded;
    clocks.forEach((clock, r) => {
      const before = clock.issued.at(-1);
      const issued = clock.issue(steps[r], Math.max(ready, before === undefined ? 0 : before + 1));
      if (r > 0) clocks[r - 1].taken.push(issued);
      if (r === 0) encoded = issued + 1;
      ready = clock.compare(steps[r]);
    });
    left = Math.max(ready, left + 1) + words - 1;
    clocks.at(-1)!.taken.push(left);
  }
  const [first] = clocks;
  const span = rows.length === 0 ? 0 : first.issued.at(-1)! - first.issued[0] + folds;
  return { begins, runs, ends: rows.length === 0 ? runs : left, firstRoundBusy: rows.length === 0 ? null : (first.issued.length * folds) / span };
}
