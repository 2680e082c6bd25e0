/** A processing element of the execution unit's array. */

import { Bool, drive, literal, mux, SInt } from "lapa";
import { LibraryModule } from "../lib/library-module";

export type PeParameters = {
  /** Of the operand from the left, signed. */
  readonly aBits: number;
  /** Of the operand from above, signed. */
  readonly bBits: number;
  /** Of the sum, signed: aBits + bBits or more. It wraps. */
  readonly accumulatorBits: number;
};

/** What moves to the right through a row, an element a cycle; the mask bit takes two cycles an element. */
export const besideA = ({ aBits }: Pick<PeParameters, "aBits">) => ({
  a: SInt(aBits),
  /** There is an operand; always with `first`. */
  takes: Bool(),
  /** This step starts a sum. */
  first: Bool(),
  /** With `first` at the same element: the tile does not want this element's sum. */
  mask: Bool(),
});

/** What an element gives: all 0 but for one cycle, so that those of a row need no more than an OR. */
export const peResult = ({ accumulatorBits }: Pick<PeParameters, "accumulatorBits">) => ({
  /** A sum is complete, and not masked. */
  kept: Bool(),
  sum: SInt(accumulatorBits),
});

/** Cycles from an element's last operand to the cycle in which its sum is on its output. */
export const peLatency = 2;

/**
 * sum += a * b, the sum standing still and the operands passing by. What is handed on and what is multiplied are registers
 * of their own: the former move in every cycle, the latter only where there is something to multiply, so that a masked
 * element's multiplier and accumulator see no change for a whole tile. (The row hands b on, all columns at once.)
 *
 * Mask bits move at half the speed of `first`, so in column c it meets the bit that entered c cycles before it. That is all
 * there is of a mask's distribution: no addresses, no counters, no wires longer than an element.
 */
export class Pe extends LibraryModule<PeParameters> {
  readonly left = this.input(besideA(this.params));
  readonly b = this.input(SInt(this.params.bBits));
  /** The operands of the cycle before end a sum. */
  readonly ends = this.input(Bool());
  readonly right = this.output(besideA(this.params));
  readonly given = this.output(peResult(this.params));

  override get doc(): string {
    return "Processing element: sum += a * b. What comes from the left leaves a cycle later; a masked element's multiplier stands still.";
  }

  override get latency(): number {
    return peLatency;
  }

  build(): void {
    const { left } = this;
    // Nothing is reset: what is in here is gone before a first tile comes, and whoever takes sums knows when they come.
    const held = this.reg(besideA(this.params), { reset: "none" });
    const maskHalfway = this.reg(Bool(), { reset: "none" });
    maskHalfway.set(left.mask);
    drive(held, { ...left, mask: maskHalfway });
    drive(this.right, held);

    const masked = this.reg(Bool(), { reset: "none", enable: left.first });
    masked.set(left.mask);
    const multiplies = left.takes.and(mux(left.first, left.mask, masked).not());
    const multiplicand = this.reg(left.a.type, { reset: "none", enable: multiplies });
    const multiplier = this.reg(this.b.type, { reset: "none", enable: multiplies });
    multiplicand.set(left.a);
    multiplier.set(this.b);

    const adds = this.reg(Bool(), { reset: "none" });
    adds.set(multiplies);
    const accumulator = this.reg(this.given.sum.type, { reset: "none", enable: adds });
    const zero = literal(accumulator.type, 0n);
    const product = multiplicand.mul(multiplier).sext(accumulator.width);
    accumulator.set(mux(held.first, zero, accumulator).addWrap(product));

    const kept = this.reg(Bool(), { reset: "none" });
    kept.set(this.ends.and(masked.not()));
    drive(this.given, { kept, sum: mux(kept, accumulator, zero) });
  }
}
