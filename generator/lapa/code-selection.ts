/** Codes as what a shifter wants: a sign, and a one where the exponent is. */

import { Bits, Bool, concat, literal, UInt } from "lapa";
import { codeLayout, hasSecondTerm } from "./aloc-format";
import type { AlocFormat } from "./config";

/** Bits of a selection: `{negative, first}` or `{negative, second, first}`. */
export function selectionBits(format: AlocFormat): number {
  const { maxExponent } = codeLayout(format);
  return 1 + (maxExponent + 1) + (hasSecondTerm(format) ? maxExponent : 0);
}

export interface Selection {
  readonly negative: Bool;
  /** Bit e is set where the exponent is e; none is for the zero code. */
  readonly first: Bits;
  /** The same for the second term; null where the format has none. */
  readonly second: Bits | null;
}

/** The parts of a packed selection. */
export function unpackSelection(packed: Bits, format: AlocFormat): Selection {
  const firstBits = codeLayout(format).maxExponent + 1;
  const top = packed.width - 1;
  return {
    negative: packed.bit(top),
    first: packed.bits(firstBits - 1, 0),
    second: hasSecondTerm(format) ? packed.bits(top - 1, firstBits) : null,
  };
}

/** From a code to its selection, packed. */
export function selectionOf(code: Bits, format: AlocFormat): Bits {
  const { fieldBits, maxExponent } = codeLayout(format);
  const top = code.width - 1;
  const negative = code.bit(top);
  const first = oneHot(code.bits(top - 1, top - fieldBits), maxExponent + 1);
  if (!hasSecondTerm(format)) return concat(negative, first);
  return concat(negative, oneHot(code.bits(fieldBits - 1, 0), maxExponent), first);
}

/** The power of two that a selection stands for, or the sum of two; 0 for the zero code. */
export function coefficientOf({ first, second }: Selection): UInt {
  return second === null ? first.asUInt() : first.asUInt().add(second.asUInt());
}

/** Bit e is set where the field is e. */
function oneHot(field: Bits, width: number): Bits {
  const bits = Array.from({ length: width }, (_, e) => field.eq(BigInt(e)));
  const [top, ...rest] = bits.reverse();
  return rest.length === 0 ? top!.asBits() : concat(top!, ...rest);
}

/** The selection of a zero code. */
export function zeroSelection(format: AlocFormat): Bits {
  return literal(Bits(selectionBits(format)), 0n);
}
