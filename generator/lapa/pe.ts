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
  /** This step starts a sum, ends one. */
  first: Bool(),
  last: Bool(),
  /** With `first` at the same element: the tile does not want this element's sum. */
  mask: Bool(),
});

/** Cycles from an element's last operand to the cycle in which its sum is on its output. */
export const peLatency = 2;

/**
 * sum += a * b, the sum standing still and the operands passing by. What is handed on and what is multiplied are registers
 * of their own: the former move in every cycle, the latter only where there is something to multiply, so that a masked
 * element's multiplier and accumulator see no change for a whole tile.
 *
 * A mask bit moves at half the speed of `first`, so each of them meets another bit: that for column c comes c cycles before
 * `first`. So the mask of a tile needs no addresses, no counters, and no register besides those on the way and the one
 * that it is held in.
 */
export class Pe extends LibraryModule<PeParameters> {
  readonly left = this.input(besideA(this.params));
  readonly b = this.input(SInt(this.params.bBits));
  readonly right = this.output(besideA(this.params));
  readonly below = this.output(SInt(this.params.bBits));
  /** For one cycle, two cycles after `last`: the sum is complete, and wanted. */
  readonly gives = this.output(Bool());
  /** The sum with `gives`, else 0: the elements of a row need no more than an OR. */
  readonly sum = this.output(SInt(this.params.accumulatorBits));

  override get doc(): string {
    return "Processing element: sum += a * b. Operands leave one cycle after they came; a masked element's do not reach its multiplier.";
  }

  override get latency(): number {
    return peLatency;
  }

  build(): void {
    const { left } = this;
    // The flags are reset, the mask bits too: a first tile without masks needs no bits sent before it.
    const held = this.reg(besideA(this.params), { reset: { a: "none", takes: 0n, first: 0n, last: 0n, mask: 0n } });
    const maskHalfway = this.reg(Bool(), { reset: 0n });
    maskHalfway.set(left.mask);
    drive(held, { ...left, mask: maskHalfway });
    drive(this.right, held);
    const heldB = this.reg(this.b.type, { reset: "none" });
    heldB.set(this.b);
    this.below.set(heldB);

    const masked = this.reg(Bool(), { reset: "none", enable: left.first });
    masked.set(left.mask);
    const multiplies = left.takes.and(mux(left.first, left.mask, masked).not());
    this.accumulate(multiplies, held.first);
    const gives = this.reg(Bool(), { reset: 0n });
    gives.set(held.last.and(masked.not()));
    this.gives.set(gives);
  }

  /** @param multiplies this cycle's operands count; `starts` comes a cycle later, with their product. */
  private accumulate(multiplies: Bool, starts: Bool): void {
    const multiplicand = this.reg(this.left.a.type, { reset: "none", enable: multiplies });
    const multiplier = this.reg(this.b.type, { reset: "none", enable: multiplies });
    multiplicand.set(this.left.a);
    multiplier.set(this.b);
    const adds = this.reg(Bool(), { reset: 0n });
    adds.set(multiplies);
    const accumulator = this.reg(this.sum.type, { reset: "none", enable: adds });
    const zero = literal(accumulator.type, 0n);
    const product = multiplicand.mul(multiplier).sext(accumulator.width);
    accumulator.set(mux(starts, zero, accumulator).addWrap(product));
    this.sum.set(mux(this.gives, accumulator, zero));
  }
}
