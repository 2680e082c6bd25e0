/** DDF's threshold: from a row's statistics to the smallest score that is kept. */

import { Bool, concat, Enum, literal, log2Ceil, mux, SInt, switchOn, UInt, when } from "lapa";
import { LibraryModule } from "../lib/library-module";
import { sumBits } from "./row-statistics";

export type ThresholdParameters = {
  readonly scoreBits: number;
  /** n: the most scores that a row has. */
  readonly maxKeys: number;
  /** Of rho, unsigned. */
  readonly rhoBits: number;
  /** Of b, the row's window base; 0 where there is no window. */
  readonly baseBits: number;
  /** Of G, the sum of the row's powers of two; 0 where there is no guard. */
  readonly guardSumBits: number;
};

/** Cycles from statistics to threshold: of mode radius, and of mode blend. The next row's begin when it is taken. */
export function thresholdLatency({ scoreBits }: Pick<ThresholdParameters, "scoreBits">): { readonly radius: number; readonly blend: number } {
  return { radius: 2, blend: 4 + scoreBits };
}

const Step = Enum("Step", "start", "radius", "spread", "weigh", "divide", "finish", "done");

/**
 * Both modes keep a key iff its score is at least a threshold that is formed once a row (spec, section DDF):
 *
 *     radius: max - floor((((64 * rho) >> b) + guard * G) / 64)
 *     blend:  min + ceil(Y / (16 * n)),  Y = |a| * n * (e - min) + (16 - |a|) * (sum - n * min),  e = max where a >= 0, else min
 *
 * Blend is the spec's inequality less 16 * n * min on both sides, so that nothing is negative. There is one multiplier,
 * used twice a row, and none a key; the quotient is found bit by bit, one a cycle. A threshold below the lowest score of
 * the width is that score, which keeps the same keys.
 */
export class Threshold extends LibraryModule<ThresholdParameters> {
  private readonly countBits = log2Ceil(this.params.maxKeys + 1);
  private readonly score = SInt(this.params.scoreBits);
  /** Run-time registers; they hold still while rows are in the unit. */
  readonly blend = this.input(Bool());
  readonly rho = this.input(UInt(this.params.rhoBits));
  readonly guard = this.params.guardSumBits > 0 ? this.input(UInt(6)) : null;
  /** a: -15 .. 15. */
  readonly weight = this.input(SInt(5));
  /** b and G of the row; they come with `in`. */
  readonly base = this.params.baseBits > 0 ? this.input(UInt(this.params.baseBits)) : null;
  readonly guardSum = this.params.guardSumBits > 0 ? this.input(UInt(this.params.guardSumBits)) : null;
  readonly in = this.inputStream({ count: UInt(this.countBits), max: this.score, min: this.score, sum: SInt(sumBits(this.params)) });
  readonly out = this.outputStream({ threshold: this.score });

  override get doc(): string {
    return "The smallest score that a row's filter keeps: the maximum less a radius, or the mean moved towards maximum or minimum.";
  }

  build(): void {
    const { scoreBits } = this.params;
    const { count, max, min, sum } = this.in.payload;
    const productBits = this.countBits + scoreBits;
    const step = this.reg(Step, { reset: Step.start });
    const threshold = this.reg(this.score, { reset: "none" });
    const margin = this.reg(UInt(scoreBits), { reset: "none" });
    /** sum - n * min, and n * (e - min). */
    const aboveMin = this.reg(UInt(productBits), { reset: "none" });
    const spread = this.reg(UInt(productBits), { reset: "none" });
    /** First Y - 1; bit by bit it leaves at the top, and the quotient enters below. */
    const rest = this.reg(UInt(productBits + 4), { reset: "none" });
    const isZero = this.reg(Bool(), { reset: "none" });
    const digits = this.reg(UInt(log2Ceil(scoreBits + 1)), { reset: "none" });

    const factor = mux(step.eq(Step.start), min.sext(scoreBits + 1), max.sub(min));
    const product = count.zext(this.countBits + 1).asSInt().mul(factor);
    const towardsMax = this.weight.bit(4).not();
    // At most 15.
    const magnitude = mux(towardsMax, this.weight.trunc(4), this.weight.neg().trunc(4)).asUInt();
    const weighted = magnitude.mul(spread).add(literal(UInt(5), 16n).subWrap(magnitude.zext(5)).mul(aboveMin));

    switchOn(step)
      .is(Step.start, () => {
        margin.set(this.margin());
        aboveMin.set(sum.sub(product).asUInt().trunc(productBits));
        when(this.in.valid, () => step.set(mux(this.blend, Step.spread, Step.radius)));
      })
      .is(Step.radius, () => {
        threshold.set(max.sub(margin.zext(scoreBits + 1).asSInt()).saturate(scoreBits));
        step.set(Step.done);
      })
      .is(Step.spread, () => {
        spread.set(mux(towardsMax, product.asUInt().trunc(productBits), literal(spread.type, 0n)));
        step.set(Step.weigh);
      })
      .is(Step.weigh, () => {
        rest.set(weighted.trunc(rest.width).subWrap(1n));
        isZero.set(weighted.eq(0n));
        digits.set(BigInt(scoreBits));
        step.set(Step.divide);
      })
      .is(Step.divide, () => {
        rest.set(this.divided(rest, count));
        digits.set(digits.subWrap(1n));
        when(digits.eq(1n), () => step.set(Step.finish));
      })
      .is(Step.finish, () => {
        const quotient = rest.trunc(scoreBits).asSInt();
        threshold.set(mux(isZero, min, min.addWrap(quotient).addWrap(literal(UInt(scoreBits), 1n).asSInt())));
        step.set(Step.done);
      })
      .is(Step.done, () => {
        when(this.out.ready, () => step.set(Step.start));
      })
      .otherwise(() => step.set(Step.start));
    this.out.valid.set(step.eq(Step.done));
    this.out.payload.threshold.set(threshold);
    this.in.ready.set(this.out.fire());
  }

  /** How far below the maximum a score may be in mode radius, or all ones where that is further than any is. */
  private margin(): UInt {
    const radius = this.rho.shl(6);
    const scaled = this.base === null ? radius : radius.shr(this.base);
    const guarded = this.guard === null ? scaled : scaled.add(this.guard.mul(this.guardSum!));
    return guarded.shr(6).saturate(this.params.scoreBits);
  }

  /** One step of a division by 16 * count: the next bit comes from below, the quotient's bit goes there. */
  private divided(rest: UInt, count: UInt): UInt {
    const { scoreBits } = this.params;
    const partial = rest.bits(rest.width - 1, scoreBits - 1).asUInt();
    const divisor = count.shl(4).zext(partial.width);
    const goesIn = partial.ge(divisor);
    const left = mux(goesIn, partial.subWrap(divisor), partial).trunc(partial.width - 1);
    if (scoreBits === 1) return concat(left, goesIn).asUInt();
    return concat(left, rest.bits(scoreBits - 2, 0), goesIn).asUInt();
  }
}
