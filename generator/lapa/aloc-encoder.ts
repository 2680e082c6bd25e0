/** ALOC's encoder: an operand becomes its signed leading one. */

import { Bits, type Bool, concat, literal, mask, mux, pack, SInt, UInt, UserError } from "lapa";
import { type Leading, leadingOne } from "../lib/leading-one";
import { LibraryModule } from "../lib/library-module";
import { codeLayout, hasSecondTerm } from "./aloc-format";
import type { AlocFormat } from "./config";

/**
 * x -> code. It encodes an operand by itself, so the format has no window: that belongs to a row.
 * @throws UserError when the format is illegal or has a window.
 */
export class AlocEncoder extends LibraryModule<AlocFormat> {
  private readonly layout = codeLayout(this.params);
  readonly x = this.input(SInt(this.params.operandBits));
  readonly code = this.output(Bits(this.layout.codeBits));

  override get doc(): string {
    const fields = this.params.terms === 2 ? "{sign, field, field2}" : "{sign, field}";
    return `Signed leading one of x, as ${fields}. A field of all ones stands for zero.`;
  }

  build(): void {
    const { operandBits, rounding, terms, window } = this.params;
    if (window !== null) throw new UserError("the ALOC encoder has no window", "A window belongs to a row of codes; encode without one.");

    const sign = this.x.bit(operandBits - 1);
    const inverted = this.x.asBits().xor(sign.repeat(operandBits)).asUInt();
    const absolute = inverted.addWrap(sign.asUInt().zext(operandBits));
    const magnitude = absolute.saturate(operandBits - 1);

    const rounded = rounding === "nearest" ? nearestPower(magnitude) : magnitude;
    const first = leadingOne(rounded.asBits());
    const field = this.fieldOf(first);
    if (terms === 1) return this.code.set(concat(sign, field));
    if (!hasSecondTerm(this.params)) return this.code.set(concat(sign, field, this.zeroField));

    const remainder = belowLeadingOne(magnitude);
    const second = leadingOne(remainder);
    const field2 = this.fieldOf(second);
    this.code.set(concat(sign, field, field2));
  }

  /** The exponent, or all ones where there is no leading one. */
  private fieldOf({ found, index }: Leading): UInt {
    return mux(found, index.zext(this.layout.fieldBits), this.zeroField);
  }

  private get zeroField(): UInt {
    return literal(UInt(this.layout.fieldBits), mask(this.layout.fieldBits));
  }
}

/**
 * A number whose leading one is the power of two nearest to `magnitude`, the upper one of two equally near: the leading
 * one moves up where the bit below it is set as well. What else moves stays below it.
 */
function nearestPower(magnitude: UInt): UInt {
  const { width } = magnitude;
  if (width === 1) return magnitude.zext(2);
  const pairs = magnitude.shr(1).and(magnitude.trunc(width - 1));
  return magnitude.zext(width + 1).or(pairs.shl(2));
}

/** The bits below the leading one: a bit counts where one above it is set. The top bit never does, and is left out. */
function belowLeadingOne(magnitude: UInt): Bits {
  const top = magnitude.width - 1;
  let above = magnitude.bit(top);
  const kept: Bool[] = [];
  for (let i = top - 1; i >= 0; i--) {
    kept.unshift(above.and(magnitude.bit(i)));
    above = above.or(magnitude.bit(i));
  }
  return pack(kept);
}
