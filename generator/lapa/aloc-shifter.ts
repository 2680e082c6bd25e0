/** ALOC's shifter: the product of an operand and a code, but for the last one of a negation. */

import { Bits, Bool, literal, mux, type Ports, SInt, signedWidth } from "lapa";
import { type Summand, summand } from "../lib/adder-tree";
import { LibraryModule } from "../lib/library-module";
import { codeLayout, hasSecondTerm, largestTerm } from "./aloc-format";
import type { AlocFormat } from "./config";

/**
 * y, code -> term, carry: the product is `term + carry`. To negate is to invert and to add one; the one is left to
 * whoever adds the term up, because an adder takes a carry for nothing.
 * @throws UserError when the format is illegal.
 */
export class AlocShifter extends LibraryModule<AlocFormat> {
  private readonly layout = codeLayout(this.params);
  readonly y = this.input(SInt(this.params.operandBits));
  readonly code = this.input(Bits(this.layout.codeBits));
  /** -R .. R - 1, R the largest magnitude of a product. */
  readonly term = this.output(SInt(signedWidth(largestTerm(this.params) - 1n)));
  readonly carry = this.output(Bool());

  override get doc(): string {
    return "Product of y and the power of two that the code stands for: term + carry.";
  }

  build(): void {
    const { fieldBits, maxExponent } = this.layout;
    const sign = this.code.bit(this.code.width - 1);
    const field = this.code.bits(this.code.width - 2, this.code.width - 1 - fieldBits);
    const first = shifted(this.y, field, maxExponent);
    let magnitude = first;
    if (hasSecondTerm(this.params)) {
      const field2 = this.code.bits(fieldBits - 1, 0);
      const second = shifted(this.y, field2, maxExponent - 1);
      magnitude = first.add(second);
    }
    const inversion = sign.repeat(magnitude.width);
    this.term.set(magnitude.asBits().xor(inversion).asSInt());
    this.carry.set(sign);
  }
}

/** The product of a shifter, for an adder tree. */
export function productOf({ term, carry }: Ports<AlocShifter>, format: AlocFormat): Summand {
  const largest = largestTerm(format);
  return summand(term, carry, { min: -largest, max: largest - 1n });
}

/** `y << exponent`, exact; 0 where the field is all ones. */
function shifted(y: SInt, field: Bits, maxExponent: number): SInt {
  const isZero = field.andR();
  const operand = mux(isZero, literal(y.type, 0n), y);
  return operand.sext(y.width + maxExponent).shlWrap(field.asUInt());
}
