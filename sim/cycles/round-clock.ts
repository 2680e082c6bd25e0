/** When words and rows pass one round of the speculation unit; the formulas with their reasons are in docs/cycles.md. */

import { limitsWords, listsWaiting, rowsScored, scoreDepth } from "../../generator/lapa/ddf";
import { laneQueueLatency } from "../../generator/lapa/lane-queue";
import { statisticsLatency } from "../../generator/lapa/row-statistics";
import type { SpeculationParameters } from "../../generator/lapa/speculation-format";
import { roundParts } from "../../generator/lapa/speculation-round";
import { thresholdLatency } from "../../generator/lapa/threshold";
import { mergeLatency } from "../../generator/lib/merge-tree";

/** Latencies of a round's parts: the hardware's own figures. */
export interface RoundTiming {
  /** From a row's last word to its statistics at the threshold. */
  readonly toStatistics: number;
  readonly threshold: { readonly radius: number; readonly blend: number };
  /** C: words of scores that fit; infinite where those of all rows do. */
  readonly depth: number;
  /** From the last word's comparison to the row's first word in the next round, or at the output. */
  readonly toNext: number;
}

export function roundTimings(params: SpeculationParameters): RoundTiming[] {
  const parts = params.slices.map((_, round) => roundParts({ ...params, round }));
  return parts.map(({ ddf, format }, r) => {
    const next = parts.at(r + 1)?.format.sources;
    // How many lists each lane behind this round merges.
    const lists = next === undefined ? [format.lanes] : next.map((lane) => format.sources.filter(([first]) => lane.includes(first)).length);
    return {
      // Two cycles in the queue of complete rows.
      toStatistics: ddf.scoreLatency + statisticsLatency + 2,
      threshold: thresholdLatency(ddf), depth: limitsWords(ddf) ? scoreDepth(ddf) : Infinity,
      toNext: laneQueueLatency + Math.max(...lists.map(mergeLatency)),
    };
  });
}

/** What has happened in a round, row by row; x, f and y as in docs/cycles.md. */
export class RoundClock {
  /** x: when each word was issued. */
  readonly issued: number[] = [];
  /** y: when each word was read again. */
  private readonly read: number[] = [];
  /** f: when the comparison of each row was decided on. */
  private readonly begun: number[] = [];
  /** When each row's list of survivors was taken whole. */
  readonly taken: number[] = [];

  constructor(private readonly timing: RoundTiming, private readonly folds: number, private readonly mode: "radius" | "blend") {}

  /** Issues the next row's words, from cycle `ready` on. @returns the cycle of the last one. */
  issue(steps: number, ready: number): number {
    const row = this.begun.length;
    const vacant = row < rowsScored ? 0 : this.begun[row - rowsScored] + 1;
    let earliest = Math.max(ready, vacant, (this.issued.at(-1) ?? -1) + 1);
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
