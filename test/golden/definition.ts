/** The arithmetic contract once more, written as differently from the golden model as can be: strings, lists and bigint. */

import * as fc from "fast-check";
import type { AlocFormat } from "../../generator/lapa/config";

/** Exponents of x's leading ones, largest first: none, one, or two. */
export function exponents(x: number, { operandBits, rounding, terms }: AlocFormat): number[] {
  const limit = 2n ** BigInt(operandBits - 1) - 1n;
  const wide = x < 0 ? -BigInt(x) : BigInt(x);
  const digits = [...(wide > limit ? limit : wide).toString(2)];
  const ones = digits.flatMap((digit, i) => (digit === "1" ? [digits.length - 1 - i] : []));
  if (rounding === "nearest") return ones.slice(0, 1).map((e) => (ones.includes(e - 1) ? e + 1 : e));
  return ones.slice(0, terms);
}

/** What multiplies the linear operand: the exponents' powers with x's sign. */
export function coefficient(x: number, kept: readonly number[]): bigint {
  const sum = kept.reduce((s, e) => s + 2n ** BigInt(e), 0n);
  return x < 0 ? -sum : sum;
}

/** The row's base and its exponents in units of the base, those below it left out. */
export function windowed(xs: readonly number[], format: AlocFormat): { base: number; rows: number[][] } {
  const all = xs.map((x) => exponents(x, format));
  const largest = Math.max(-1, ...all.flat());
  const base = format.window === null || largest < format.window ? 0 : largest - format.window + 1;
  return { base, rows: all.map((es) => es.filter((e) => e >= base).map((e) => e - base)) };
}

/** Rounding and terms that go together. */
export const KINDS = [
  { rounding: "floor", terms: 1 },
  { rounding: "floor", terms: 2 },
  { rounding: "nearest", terms: 1 },
] as const;

/** Every legal format of W bits, without a window and with each. */
export function formatsOf(operandBits: number): AlocFormat[] {
  const windows = [null, ...Array.from({ length: operandBits }, (_, i) => i + 1)];
  return KINDS.flatMap((kind) => windows.map((window) => ({ operandBits, ...kind, window })));
}

export const anyFormat: fc.Arbitrary<AlocFormat> = fc.integer({ min: 2, max: 16 }).chain((w) => fc.constantFrom(...formatsOf(w)));

/** Operands of W bits, small and extreme ones often. */
export function operand(operandBits: number): fc.Arbitrary<number> {
  const limit = 2 ** (operandBits - 1);
  return fc.oneof(fc.integer({ min: -limit, max: limit - 1 }), fc.constantFrom(-limit, -1, 0, 1, limit - 1));
}

/** A format, and as many log as linear operands. */
export const anyDot = anyFormat.chain((format) =>
  fc.array(fc.tuple(operand(format.operandBits), operand(format.operandBits)), { minLength: 1, maxLength: 40 })
    .map((lanes) => ({ format, xs: lanes.map(([x]) => x), ys: lanes.map(([, y]) => y) })));
