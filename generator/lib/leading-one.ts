import { Bits, Bool, concat, literal, Module, mux, UInt } from "../hdl";
import { log2Ceil } from "../ir/bits";

/** Finds the highest set bit of `bits`. */
export class LeadingOne extends Module<{ width: number }> {
  readonly bits = this.input(Bits(this.params.width));
  readonly found = this.output(Bool());
  readonly index = this.output(UInt(Math.max(1, log2Ceil(this.params.width))));

  override get doc(): string {
    return "Index of the highest set bit. Where no bit is set, found and index are 0.";
  }

  build(): void {
    const leading = leadingOne(this.bits);
    this.found.set(leading.found);
    this.index.set(leading.index);
  }
}

export interface Leading {
  /** Whether any bit is set. */
  readonly found: Bool;
  /** Index of the highest set bit, 0 when there is none: ceil(log2(width)) bits, at least 1. */
  readonly index: UInt;
}

/**
 * Finds the highest set bit, in the module at hand: a binary tree, as deep as the logarithm of the width. Any width will
 * do: the low half is as wide as a power of two, so "it is in the high half" is the top bit of the index.
 */
export function leadingOne(bits: Bits): Leading {
  if (bits.width === 1) return { found: bits.asBool(), index: literal(UInt(1), 0n) };
  const half = 2 ** (log2Ceil(bits.width) - 1);
  const high = leadingOne(bits.bits(bits.width - 1, half));
  const low = leadingOne(bits.bits(half - 1, 0));
  const found = high.found.or(low.found);
  if (half === 1) return { found, index: high.found.asUInt() };
  const rest = mux(high.found, high.index.zext(low.index.width), low.index);
  return { found, index: concat(high.found, rest).asUInt() };
}
