/** DDF's statistics of a row, gathered while its scores stream by. */

import { Bits, Bool, literal, log2Ceil, mux, pack, signedWidth, SInt, UInt, Vec, when } from "lapa";
import { LibraryModule } from "../lib/library-module";
import { largest, popcount, smallest, tree } from "../lib/sums";

export type RowStatisticsParameters = {
  /** Scores at a time. */
  readonly lanes: number;
  readonly scoreBits: number;
  /** n: the most scores that a row has. */
  readonly maxKeys: number;
};

/** Bits of the sum of a row's scores. */
export function sumBits({ scoreBits, maxKeys }: Pick<RowStatisticsParameters, "scoreBits" | "maxKeys">): number {
  return signedWidth(-BigInt(maxKeys) << BigInt(scoreBits - 1));
}

/** Cycles from a row's last scores to its statistics. */
export const statisticsLatency = 2;

/**
 * Scores -> count, max, min and sum over the alive ones of a row. A row without an alive score has the lowest score as its
 * largest and the highest as its smallest.
 * Two stages: what the lanes have together, then what the row has so far.
 */
export class RowStatistics extends LibraryModule<RowStatisticsParameters> {
  private readonly score = SInt(this.params.scoreBits);
  /** Scores come in this cycle. */
  readonly valid = this.input(Bool());
  /** They are the first, or the last, of their row. */
  readonly first = this.input(Bool());
  readonly last = this.input(Bool());
  readonly alive = this.input(Vec(this.params.lanes, Bool()));
  readonly scores = this.input(Vec(this.params.lanes, this.score));
  /** A row is complete; its statistics are there in this cycle. */
  readonly done = this.output(Bool());
  readonly count = this.output(UInt(log2Ceil(this.params.maxKeys + 1)));
  readonly max = this.output(this.score);
  readonly min = this.output(this.score);
  readonly sum = this.output(SInt(sumBits(this.params)));

  override get doc(): string {
    return "Count, largest, smallest and sum of a row's alive scores.";
  }

  override get latency(): number {
    return statisticsLatency;
  }

  build(): void {
    const lanes = this.lanes();
    const row = {
      count: this.reg(this.count.type, { reset: "none" }), max: this.reg(this.score, { reset: "none" }),
      min: this.reg(this.score, { reset: "none" }), sum: this.reg(this.sum.type, { reset: "none" }),
    };
    const done = this.reg(Bool(), { reset: 0n });
    done.set(lanes.valid.and(lanes.last));
    when(lanes.valid, () => {
      row.count.set(mux(lanes.first, lanes.count, row.count.addWrap(lanes.count)));
      row.sum.set(mux(lanes.first, lanes.sum, row.sum.addWrap(lanes.sum)));
      when(lanes.first.or(lanes.max.gt(row.max)), () => row.max.set(lanes.max));
      when(lanes.first.or(lanes.min.lt(row.min)), () => row.min.set(lanes.min));
    });
    this.done.set(done);
    this.count.set(row.count);
    this.max.set(row.max);
    this.min.set(row.min);
    this.sum.set(row.sum);
  }

  /** What the lanes of a cycle have together, one cycle later. */
  private lanes() {
    const { scoreBits } = this.params;
    const lowest = literal(this.score, -(1n << BigInt(scoreBits - 1)));
    const highest = literal(this.score, (1n << BigInt(scoreBits - 1)) - 1n);
    const masked = (neutral: SInt): SInt[] => this.scores.map((s, k) => mux(this.alive[k]!, s, neutral));
    const zero = literal(this.score, 0n);
    const total = tree(masked(zero), (a, b) => a.add(b));
    const alive = pack(this.alive) as Bits;
    const held = <T extends SInt | UInt | Bool>(signal: T): T => {
      const register = this.reg(signal.type as never, { reset: "none", enable: this.valid }) as T;
      register.set(signal as never);
      return register;
    };
    const valid = this.reg(Bool(), { reset: 0n });
    valid.set(this.valid);
    const wide = this.sum.width;
    const count = held(popcount(alive));
    const sum = held(total.width < wide ? total : total.trunc(wide));
    return {
      valid, first: held(this.first), last: held(this.last),
      count: count.zext(this.count.width),
      max: held(largest(masked(lowest))), min: held(smallest(masked(highest))),
      sum: sum.sext(wide),
    };
  }
}
