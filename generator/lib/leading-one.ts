import { Bits, Bool, concat, literal, log2Ceil, mux, UInt } from "lapa";
import { LibraryModule } from "./library-module";

/** Finds the highest set bit of `bits`. */
export class LeadingOne extends LibraryModule<{ width: number }> {
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

/** What `leadingOne` finds. */
export interface Leading {
  /** Whether any bit is set. */
  readonly found: Bool;
  /** Index of the highest set bit, 0 where there is none: ceil(log2(width)) bits, at least 1. */
  readonly index: UInt;
}

/** Finds the highest set bit, in the module at hand: a binary tree, as deep as the logarithm of the width. */
export function leadingOne(bits: Bits): Leading {
  const found = bits.orR();
  const index = indexOf(bits, bits.width - 1, 0);
  return { found, index };
}

/**
 * Index of the highest set bit of bits hi .. lo, from lo on. Any width will do: the low half is as wide as a power of
 * two, so that "in the high half" is the top bit of the index.
 */
function indexOf(bits: Bits, hi: number, lo: number): UInt {
  if (hi === lo) return literal(UInt(1), 0n);
  const half = 2 ** (log2Ceil(hi - lo + 1) - 1);
  if (half === 1) return bits.bits(hi, hi).asUInt();
  const inHigh = bits.bits(hi, lo + half).orR();
  const low = indexOf(bits, lo + half - 1, lo);
  const high = indexOf(bits, hi, lo + half).zext(low.width);
  return concat(inHigh, mux(inHigh, high, low)).asUInt();
}
