/** Execution once more, as literally as the contract has it and in bigint throughout, with the table written out. */

import * as fc from "fast-check";
import type { ExecutionParameters } from "../../generator/lapa/config";
import { operand } from "./definition";

/** 255 * 2^(-f/64), rounded to nearest, worked out with 80 decimal digits. */
export const definedTable = [
  255, 252, 250, 247, 244, 242, 239, 236, 234, 231, 229, 226, 224, 222, 219, 217, 214, 212, 210, 208, 205, 203, 201, 199, 197, 195, 192, 190, 188, 186, 184, 182,
  180, 178, 176, 175, 173, 171, 169, 167, 165, 164, 162, 160, 158, 157, 155, 153, 152, 150, 148, 147, 145, 144, 142, 141, 139, 138, 136, 135, 133, 132, 130, 129,
];

export interface DefinedExecution {
  readonly scores: bigint[];
  readonly max: bigint | null;
  readonly weights: bigint[];
  readonly numerators: bigint[];
  readonly denominator: bigint;
  readonly output: bigint[];
}

/** A row. @param q its query. @param k all keys. @param v all values. @param survivors which of them. */
export function definedExecution(
  q: readonly number[], k: readonly number[][], v: readonly number[][], survivors: readonly number[], parameters: ExecutionParameters,
): DefinedExecution {
  const scores = survivors.map((j) => definedScore(q, k[j]));
  if (scores.length === 0) return { scores, max: null, weights: [], numerators: q.map(() => 0n), denominator: 0n, output: q.map(() => 0n) };
  const max = scores.reduce((a, b) => (b > a ? b : a));
  const weights = scores.map((score) => definedWeight(max - score, parameters));
  const numerators = q.map((_, c) => survivors.reduce((sum, j, n) => sum + weights[n] * BigInt(v[j][c]), 0n));
  const denominator = weights.reduce((a, b) => a + b);
  return { scores, max, weights, numerators, denominator, output: numerators.map((num) => definedQuotient(num, denominator)) };
}

export const definedScore = (q: readonly number[], key: readonly number[]): bigint => q.reduce((sum, x, c) => sum + BigInt(x) * BigInt(key[c]), 0n);

/** P of a score that is `difference` below the row's best. */
export function definedWeight(difference: bigint, { c, s }: ExecutionParameters): bigint {
  const t = (difference * BigInt(c)) >> BigInt(s);
  const [i, f] = [t >> 6n, t & 63n];
  return i >= 9n ? 0n : (BigInt(definedTable[Number(f)]) + ((1n << i) >> 1n)) >> i;
}

export function definedQuotient(num: bigint, den: bigint): bigint {
  const magnitude = (2n * (num < 0n ? -num : num) + den) / (2n * den);
  return num < 0n ? -magnitude : magnitude;
}

export interface ExecutedHead {
  readonly operandBits: number;
  readonly dim: number;
  readonly queries: number[][];
  readonly keys: number[][];
  readonly values: number[][];
  /** Of each query, ascending. */
  readonly survivors: number[][];
  readonly parameters: ExecutionParameters;
}

/** Any registers, extremes often. */
export const anyExecution: fc.Arbitrary<ExecutionParameters> = fc.record({
  c: fc.oneof(fc.constantFrom(0, 1, 65535), fc.integer({ min: 0, max: 65535 })), s: fc.oneof(fc.constantFrom(0, 31), fc.integer({ min: 0, max: 31 })),
});

/** Registers by which a difference of `span` comes to about `steps` 64ths of a power of two: where weights are neither all 255 nor all 0 but one. */
function scaled(span: bigint, steps: bigint, s: number): ExecutionParameters {
  const c = (steps << BigInt(s)) / (span > 0n ? span : 1n);
  return { c: c < 65536n ? Number(c) : 65535, s };
}

/** Rows of operands: any, or all of them the most negative or the most positive number. */
function rows(w: number, dim: number, count: { readonly minLength: number; readonly maxLength: number }): fc.Arbitrary<number[][]> {
  const any = fc.array(operand(w), { minLength: dim, maxLength: dim });
  const extreme = fc.constantFrom(-(2 ** (w - 1)), 2 ** (w - 1) - 1).map((x) => new Array<number>(dim).fill(x));
  return fc.array(fc.oneof({ weight: 4, arbitrary: any }, extreme), count);
}

/** A small head of any width, with any keys surviving, from none to all, and any registers. */
export const anyExecutedHead: fc.Arbitrary<ExecutedHead> = fc.tuple(
  fc.integer({ min: 2, max: 16 }), fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 12 }),
).chain(([operandBits, dim, n]) =>
  fc.record({
    queries: rows(operandBits, dim, { minLength: 1, maxLength: 4 }),
    keys: rows(operandBits, dim, { minLength: n, maxLength: n }), values: rows(operandBits, dim, { minLength: n, maxLength: n }),
  }).chain(({ queries, keys, values }) => {
    const all = queries.flatMap((q) => keys.map((key) => definedScore(q, key)));
    const span = all.length === 0 ? 0n : all.reduce((a, b) => (b > a ? b : a)) - all.reduce((a, b) => (b < a ? b : a));
    const some = fc.tuple(fc.bigInt({ min: 1n, max: 1200n }), fc.integer({ min: 0, max: 31 })).map(([steps, s]) => scaled(span, steps, s));
    const every = keys.map((_, j) => j);
    return fc.record({
      survivors: fc.tuple(...queries.map(() => fc.oneof(fc.constant(every), fc.subarray(every)))),
      parameters: fc.oneof({ weight: 3, arbitrary: some }, anyExecution),
    }).map(({ survivors, parameters }): ExecutedHead => ({ operandBits, dim, queries, keys, values, survivors, parameters }));
  }));
