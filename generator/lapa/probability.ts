/** Softmax of one score: from its distance to the row's maximum to an 8-bit probability, by shifts and a table. */

import { Bool, literal, mux, select, SInt, UInt } from "lapa";
import { LibraryModule } from "../lib/library-module";

export type ProbabilityParameters = { readonly scoreBits: number };

/** Of P, unsigned. */
export const probabilityBits = 8;
/** The largest P: that of the row's maximum. */
export const largestProbability = 255n;
/** Of c, unsigned. */
export const scaleBits = 16;
/** Of s, unsigned. */
export const shiftBits = 5;
/** Cycles from a score to its P. */
export const probabilityLatency = 5;

/** Steps of t in which P halves: f is t modulo this, I is t over this. */
const stepsBits = 6;
/** Halvings after which P is 0. */
const vanishing = 9n;

/**
 * LUT: floor(255 * 2^(-f/64) + 1/2) for f = 0 .. 63, in integers. It is the largest v with v - 1/2 <= 255 * 2^(-f/64); doubled
 * and to the power of 64 that is (2v - 1)^64 * 2^f <= 510^64.
 */
export function powerTable(): bigint[] {
  const steps = 1n << BigInt(stepsBits);
  const limit = (2n * largestProbability) ** steps;
  return Array.from({ length: Number(steps) }, (_, f) => {
    let v = largestProbability;
    while ((2n * v - 1n) ** steps << BigInt(f) > limit) v--;
    return v;
  });
}

/**
 * max, score -> P = 255 * 2^(-t/64), t = ((max - score) * c) >> s, rounded as the spec says (section Execution). A score a cycle;
 * exact at any width. A score that is not live gives 0, and the subtractor's register, so everything up to the table, holds still.
 */
export class Probability extends LibraryModule<ProbabilityParameters> {
  private readonly scoreType = SInt(this.params.scoreBits);
  /** c and s, run-time registers: they hold still while scores are in the unit. */
  readonly scale = this.input(UInt(scaleBits));
  readonly shift = this.input(UInt(shiftBits));
  /** There is a score, and it is one of the row's survivors. */
  readonly live = this.input(Bool());
  readonly score = this.input(this.scoreType);
  /** The row's maximum: no live score is above it. */
  readonly max = this.input(this.scoreType);
  /** `probabilityLatency` cycles later. */
  readonly probability = this.output(UInt(probabilityBits));

  override get doc(): string {
    return "P of a score: a power of two of its distance to the row's maximum, by a table of 64 entries.";
  }

  override get latency(): number {
    return probabilityLatency;
  }

  build(): void {
    const distance = this.reg(UInt(this.params.scoreBits), { reset: "none", enable: this.live });
    distance.set(this.max.sub(this.score).asUInt().trunc(this.params.scoreBits));
    const product = this.held(distance.mul(this.scale));
    // All t from 9 * 64 on give 0, so the largest t of 10 bits stands for what is above it.
    const t = this.held(product.shr(this.shift).saturate(stepsBits + 4));
    const halvings = t.shr(stepsBits);
    const entry = this.held(select(powerTable().map((v) => literal(UInt(probabilityBits), v)), t.trunc(stepsBits)));

    const isLive = this.later(this.later(this.later(this.live)));
    const isZero = this.reg(Bool(), { reset: "none" });
    isZero.set(isLive.not().or(halvings.ge(literal(halvings.type, vanishing))));
    const places = this.held(halvings);
    // Half a unit of the last place is one where a bit more of the quotient is kept.
    const halves = entry.shl(1).shr(places);
    const rounded = halves.addWrap(1n).shr(1);
    const probability = this.reg(UInt(probabilityBits), { reset: "none" });
    probability.set(mux(isZero, literal(probability.type, 0n), rounded));
    this.probability.set(probability);
  }

  private held(value: UInt): UInt {
    const register = this.reg(value.type, { reset: "none" });
    register.set(value);
    return register;
  }

  private later(value: Bool): Bool {
    const register = this.reg(Bool(), { reset: "none" });
    register.set(value);
    return register;
  }
}
