/**
 * Golden model of ALOC (asymmetric leading-one computing), written from the arithmetic contract alone. It shares
 * nothing with the generator but the type of the configuration, and uses no fractions: every number here is an integer.
 *
 *     m = min(|x|, 2^(W-1) - 1);  e = index of the highest set bit of m;  aloc(y, x) = +-(y << e), 0 when m = 0
 *
 * Ranges that make JavaScript's numbers exact: W <= 16, so |y| <= 2^15 and 2^e <= 2^15. A coefficient
 * +-(2^e + 2^e2) is at most 2^15, a product at most 2^30 (32-bit operators are safe), and a sum of d products at
 * most d * 2^30: below 2^53, and so exact as a double, for every d <= 2^22.
 */

import type { AlocFormat } from "../../generator/lapa/config";

/** How a code `{sign, field}` or `{sign, field, field2}` is laid out; the sign is the most significant bit. */
export interface CodeGeometry {
  /** Bits of `field`, and of `field2` where there are two terms. */
  readonly fieldBits: number;
  /** The largest exponent a field may hold: 0 .. 15. */
  readonly maxExponent: number;
  /** The field of a zero term: all ones. */
  readonly zeroField: number;
  /** Bits of a whole code: 2 .. 9. */
  readonly codeBits: number;
}

/** An encoded operand. `exponent` is null for zero; `exponent2`, the remainder's, is null where there is none. */
export interface AlocCode {
  readonly sign: 0 | 1;
  readonly exponent: number | null;
  readonly exponent2: number | null;
  /** The packed bits. */
  readonly code: number;
}

/** @throws RangeError naming the first member of `format` that is out of range. */
export function checkFormat(format: AlocFormat): void {
  const { operandBits, rounding, terms, window } = format;
  if (!Number.isInteger(operandBits) || operandBits < 2 || operandBits > 16) {
    throw new RangeError(`operandBits must be an integer from 2 to 16, not ${operandBits}`);
  }
  if (rounding !== "floor" && rounding !== "nearest") {
    throw new RangeError(`rounding must be floor or nearest, not ${String(rounding)}`);
  }
  if (terms !== 1 && terms !== 2) throw new RangeError(`terms must be 1 or 2, not ${String(terms)}`);
  if (terms === 2 && rounding !== "floor") throw new RangeError("two terms need rounding floor");
  if (window !== null && (!Number.isInteger(window) || window < 1 || window > operandBits)) {
    throw new RangeError(`window must be null or an integer from 1 to operandBits (${operandBits}), not ${window}`);
  }
}

/**
 * Layout of the codes of `format`: every exponent of the range and one more value, the zero.
 * Without a window exponents run to E = W-2 (floor) or W-1 (nearest) in ceil(log2(E + 2)) bits; a window of L leaves
 * exponents up to min(L-1, E) in ceil(log2(L + 1)) bits.
 * @throws RangeError for an illegal format.
 */
export function codeGeometry(format: AlocFormat): CodeGeometry {
  checkFormat(format);
  const largest = format.rounding === "floor" ? format.operandBits - 2 : format.operandBits - 1;
  // Bits for n values, n >= 2: ceil(log2(n)).
  const bits = (n: number): number => 32 - Math.clz32(n - 1);
  const fieldBits = format.window === null ? bits(largest + 2) : bits(format.window + 1);
  return {
    fieldBits,
    maxExponent: format.window === null ? largest : Math.min(format.window - 1, largest),
    zeroField: (1 << fieldBits) - 1,
    codeBits: 1 + format.terms * fieldBits,
  };
}

/** The code of a zero, which contributes nothing. @throws RangeError for an illegal format. */
export function zeroCode(format: AlocFormat): number {
  return pack(0, null, null, format, codeGeometry(format));
}

/**
 * Encodes one operand by itself, so without a window: `format.window` is ignored.
 * @param x the log operand, -2^(W-1) .. 2^(W-1) - 1.
 * @throws RangeError when x is not an integer of W bits, or the format is illegal.
 */
export function encode(x: number, format: AlocFormat): AlocCode {
  const whole: AlocFormat = { ...format, window: null };
  const terms = leadingTerms(x, whole);
  return { ...terms, code: pack(terms.sign, terms.exponent, terms.exponent2, whole, codeGeometry(whole)) };
}

/**
 * The product of `y` and the leading one (or two) of `x`, without a window.
 * @param y the linear operand, -2^(W-1) .. 2^(W-1) - 1. @param x the log operand, same range.
 * @throws RangeError when an operand is not an integer of W bits, or the format is illegal.
 */
export function aloc(y: number, x: number, format: AlocFormat): number {
  const { sign, exponent, exponent2 } = leadingTerms(x, format);
  checkOperand(y, format);
  return shiftAdd(y, sign, exponent, exponent2);
}

/**
 * The product of `y` and a packed code of `format`; with a window, in units of the row's 2^b.
 * @throws RangeError when y is not an integer of W bits, or the code is one that no operand has.
 */
export function alocFromCode(y: number, code: number, format: AlocFormat): number {
  checkOperand(y, format);
  const { sign, exponent, exponent2 } = unpack(code, format, codeGeometry(format));
  return shiftAdd(y, sign, exponent, exponent2);
}

/**
 * Encodes a row of log operands, shape [d]. With a window of L exponents the row's base is
 * b = max(e_max - (L-1), 0); terms below it become zero and the others hold e - b. Without one b = 0.
 * @throws RangeError when an element is not an integer of W bits, or the format is illegal.
 */
export function encodeRow(xs: ArrayLike<number>, format: AlocFormat): { readonly codes: Uint16Array; readonly base: number } {
  const geometry = codeGeometry(format);
  const row = Array.from(xs, (x) => leadingTerms(x, format));
  const top = row.reduce((max, t) => Math.max(max, t.exponent ?? 0), 0);
  const base = format.window === null ? 0 : Math.max(top - (format.window - 1), 0);
  // A second exponent is below the first, so a first term that is dropped takes its second term with it.
  const lower = (e: number | null): number | null => (e === null || e < base ? null : e - base);
  const codes = Uint16Array.from(row, (t) => {
    const exponent = lower(t.exponent);
    return pack(exponent === null ? 0 : t.sign, exponent, lower(t.exponent2), format, geometry);
  });
  return { codes, base };
}

/**
 * What each code of a row multiplies its lane by: +-(2^e + 2^e2), or 0. Decoding a row once and calling
 * `dotCoefficients` for each of its partners is the quick way to a whole head.
 * @throws RangeError for a code that no operand has.
 */
export function coefficients(codes: ArrayLike<number>, format: AlocFormat): Int32Array {
  const geometry = codeGeometry(format);
  const row = new Int32Array(codes.length);
  for (let c = 0; c < codes.length; c++) {
    const { sign, exponent, exponent2 } = unpack(codes[c], format, geometry);
    row[c] = shiftAdd(1, sign, exponent, exponent2);
  }
  return row;
}

/**
 * Sum over c of ys[start + c] * row[c]: exact, because every product and every partial sum is an integer below 2^53
 * (see the top of the file). The ys are not checked against W.
 * @throws RangeError when ys does not reach that far.
 */
export function dotCoefficients(ys: ArrayLike<number>, row: Int32Array, start = 0): number {
  if (start + row.length > ys.length) {
    throw new RangeError(`${row.length} lanes from ${start} on, but only ${ys.length} operands`);
  }
  let sum = 0;
  for (let c = 0; c < row.length; c++) sum += ys[start + c] * row[c];
  return sum;
}

/**
 * The predicted score: sum over c of aloc(ys[c], x_c) for the x that `codes` stand for, in units of 2^b (b: the base
 * that `encodeRow` gives with a window, else 0). For d <= 256 its magnitude is at most 2^38.
 * @throws RangeError when the lengths differ, a y is not an integer of W bits, or a code is one that no operand has.
 */
export function dot(ys: ArrayLike<number>, codes: ArrayLike<number>, format: AlocFormat): number {
  if (ys.length !== codes.length) throw new RangeError(`${ys.length} linear operands but ${codes.length} codes`);
  for (let c = 0; c < ys.length; c++) checkOperand(ys[c], format);
  return dotCoefficients(ys, coefficients(codes, format));
}

/** Bits, in two's complement, that hold every product of an operand and a code of `format`; no fewer do. */
export function productWidth(format: AlocFormat): number {
  return sumWidth(1, format);
}

/**
 * Bits, in two's complement, that hold the sum of `d` products for any operands and codes of `format`; no fewer do.
 * The largest sum is d * 2^(W-1) * (2^E + 2^(E-1)), E the largest exponent and the second summand only where there
 * are two terms and E > 0: every y is -2^(W-1), and every code the largest negative one.
 * @throws RangeError when d is not a positive integer, or the format is illegal.
 */
export function sumWidth(d: number, format: AlocFormat): number {
  if (!Number.isSafeInteger(d) || d < 1) throw new RangeError(`the number of lanes must be a positive integer, not ${d}`);
  const { maxExponent } = codeGeometry(format);
  const coefficient = (1 << maxExponent) + (format.terms === 2 ? (1 << maxExponent) >> 1 : 0);
  const largest = (BigInt(d) * BigInt(coefficient)) << BigInt(format.operandBits - 1);
  return largest.toString(2).length + 1;
}

type Terms = Omit<AlocCode, "code">;

/** Sign and exponents of x, before any window. */
function leadingTerms(x: number, format: AlocFormat): Terms {
  checkFormat(format);
  checkOperand(x, format);
  const m = Math.min(Math.abs(x), (1 << (format.operandBits - 1)) - 1);
  if (m === 0) return { sign: 0, exponent: null, exponent2: null };
  const sign = x < 0 ? 1 : 0;
  const e = highestBit(m);
  if (format.rounding === "nearest") return { sign, exponent: e > 0 ? e + ((m >> (e - 1)) & 1) : e, exponent2: null };
  const rest = m - (1 << e);
  return { sign, exponent: e, exponent2: format.terms === 2 && rest > 0 ? highestBit(rest) : null };
}

/** Index of the highest set bit of m > 0. */
function highestBit(m: number): number {
  return 31 - Math.clz32(m);
}

function shiftAdd(y: number, sign: 0 | 1, exponent: number | null, exponent2: number | null): number {
  const magnitude = (exponent === null ? 0 : y << exponent) + (exponent2 === null ? 0 : y << exponent2);
  // 0 - m rather than -m: a zero must not come out as the number -0.
  return sign === 1 ? 0 - magnitude : magnitude;
}

function pack(sign: 0 | 1, exponent: number | null, exponent2: number | null, format: AlocFormat, g: CodeGeometry): number {
  const first = (sign << g.fieldBits) | (exponent ?? g.zeroField);
  return format.terms === 1 ? first : (first << g.fieldBits) | (exponent2 ?? g.zeroField);
}

function unpack(code: number, format: AlocFormat, g: CodeGeometry): Terms {
  const field = (bits: number): number | null => ((bits & g.zeroField) === g.zeroField ? null : bits & g.zeroField);
  const exponent = field(format.terms === 1 ? code : code >> g.fieldBits);
  const exponent2 = format.terms === 1 ? null : field(code);
  const sign = code >> (g.codeBits - 1) === 0 ? 0 : 1;
  const legal = exponent === null ? sign === 0 && exponent2 === null : exponent <= g.maxExponent && (exponent2 ?? -1) < exponent;
  if (!legal || !Number.isInteger(code) || code < 0 || code >= 1 << g.codeBits) {
    throw new RangeError(`${code} is not a code of ${JSON.stringify(format)}`);
  }
  return { sign, exponent, exponent2 };
}

function checkOperand(value: number, format: AlocFormat): void {
  const limit = 1 << (format.operandBits - 1);
  if (!Number.isInteger(value) || value < -limit || value >= limit) {
    throw new RangeError(`${value} is not a two's-complement integer of ${format.operandBits} bits`);
  }
}
