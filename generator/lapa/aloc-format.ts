/** What follows from an ALOC format: the layout of its codes, and the range of its terms. */

import { log2Ceil, UserError } from "lapa";
import type { AlocFormat, LogSide } from "./config";

/** A code is `{sign, field}` or `{sign, field, field2}`; a field holds an exponent, or all ones for zero. */
export interface CodeLayout {
  readonly fieldBits: number;
  /** E: the largest exponent that a first field holds. */
  readonly maxExponent: number;
  readonly codeBits: number;
}

/** @throws UserError when the format is illegal. */
export function codeLayout(format: AlocFormat): CodeLayout {
  checkFormat(format);
  const { operandBits, rounding, terms, window } = format;
  const largest = rounding === "floor" ? operandBits - 2 : operandBits - 1;
  // One value more than there are exponents, for zero.
  const fieldBits = log2Ceil((window ?? largest + 1) + 1);
  return { fieldBits, maxExponent: Math.min(largest, (window ?? operandBits) - 1), codeBits: 1 + terms * fieldBits };
}

/** The largest magnitude of a term: that of y = -2^(W-1) and the largest exponents. @throws UserError as `codeLayout`. */
export function largestTerm(format: AlocFormat): bigint {
  const { maxExponent } = codeLayout(format);
  const powers = (1n << BigInt(maxExponent)) + (hasSecondTerm(format) ? 1n << BigInt(maxExponent - 1) : 0n);
  return powers << BigInt(format.operandBits - 1);
}

/** Whether a second term can be other than zero: it is smaller than the first one. */
export function hasSecondTerm(format: AlocFormat): boolean {
  return format.terms === 2 && codeLayout(format).maxExponent > 0;
}

/** @throws UserError naming the member that is out of range. */
function checkFormat({ operandBits, rounding, terms, window }: AlocFormat): void {
  const inRange = (value: number, max: number): boolean => Number.isInteger(value) && value <= max;
  if (!inRange(operandBits, 16) || operandBits < 2) throw new UserError(`ALOC: operandBits is ${operandBits}`, "Choose an integer from 2 to 16.");
  if (rounding !== "floor" && rounding !== "nearest") throw new UserError(`ALOC: rounding is ${String(rounding)}`, "Choose floor or nearest.");
  if (terms !== 1 && terms !== 2) throw new UserError(`ALOC: terms is ${String(terms)}`, "Choose 1 or 2.");
  if (terms === 2 && rounding !== "floor") throw new UserError("ALOC: two terms with rounding nearest", "Two terms need rounding floor.");
  if (window !== null && (!inRange(window, operandBits) || window < 1)) {
    throw new UserError(`ALOC: window is ${window}`, `Choose an integer from 1 to operandBits (${operandBits}), or null.`);
  }
}

/** @throws UserError for a window on a side that has none. */
export function checkWindowSide(format: AlocFormat, logSide: LogSide): void {
  if (format.window !== null && logSide === "key") {
    throw new UserError("ALOC: a window where the key is the log operand", "A window belongs to a query row: set logSide to query, or window to null.");
  }
}
