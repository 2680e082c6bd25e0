/** When the rows of a head pass the speculation unit, from their queries to their first survivors. */

import { speculationFormat, type SpeculationParameters } from "../../generator/lapa/speculation-format";
import { vectorEncoderLatency } from "../../generator/lapa/vector-encoder";
import { RoundClock, roundTimings } from "./round-clock";

/** Rows one after the other; whoever uses it says when the survivors of each were taken, before the next row. */
export class RowClock {
  private readonly rounds: readonly RoundClock[];
  private readonly folds: number;
  /** Stages of the encoder of queries, 0 where these are not encoded. */
  private readonly stages: number;
  private lastQuery = -1;
  /** When each row's last word of round 1 was issued, for which it leaves the encoder. */
  private readonly issued: number[] = [];

  /** @param runs the cycle from which queries are taken. */
  constructor(params: SpeculationParameters, mode: "radius" | "blend", private readonly runs: number) {
    this.folds = speculationFormat(params).folds;
    this.stages = params.logSide === "query" ? vectorEncoderLatency(params) : 0;
    this.rounds = roundTimings(params).map((timing) => new RoundClock(timing, this.folds, mode));
  }

  /**
   * @param steps of each round. @param offered the cycle from which the query is there.
   * @returns when the query is taken, and when the row's first word of survivors is at the output.
   */
  row(steps: readonly number[], offered: number): { readonly taken: number; readonly ready: number } {
    const row = this.issued.length;
    // A stage of the encoder is free in the cycle in which the row that it waits for goes on.
    const room = this.stages > 0 && row >= this.stages ? this.issued[row - this.stages] : 0;
    const entered = Math.max(offered, this.runs, this.lastQuery + 1, room);
    let ready = entered + this.stages;
    this.rounds.forEach((round, r) => {
      const issued = round.issue(steps[r], ready);
      if (r > 0) this.rounds[r - 1].taken.push(issued);
      else this.issued.push(issued);
      ready = round.compare(steps[r]);
    });
    // Where there is no encoder the query waits outside until its last word is issued.
    this.lastQuery = this.stages > 0 ? entered : this.issued[row];
    return { taken: this.lastQuery, ready };
  }

  /** The last survivor of the row has been taken for output. */
  left(cycle: number): void {
    this.rounds.at(-1)!.taken.push(cycle);
  }

  /** Share of the cycles from round 1's first word to its last in which it reads keys; null where there was no row. */
  get firstRoundBusy(): number | null {
    const { issued } = this.rounds[0];
    return issued.length === 0 ? null : (issued.length * this.folds) / (issued.at(-1)! - issued[0] + this.folds);
  }
}
