/**
 * Golden model of execution, written from the arithmetic contract alone: exact attention over the keys of a row that are
 * its survivors, or over all that are alive, which is dense attention.
 *
 *     S = sum over c of Q[c] * K[c],  M = max of S
 *     t = ((M - S) * c) >> s,  I = t >> 6,  f = t & 63
 *     P = I >= 9 ? 0 : (LUT[f] + ((1 << I) >> 1)) >> I,  LUT[f] = floor(255 * 2^(-f/64) + 1/2)
 *     num = sum of P * V[c],  den = sum of P
 *     O[c] = sign(num) * floor((2*|num| + den) / (2*den))
 *
 * Ranges, with W <= 16, d <= 256 and at most 8,192 keys: |S| <= d * 2^(2W-2) <= 2^38, and M - S <= d * 2^(W-1) * (2^W - 1)
 * < 2^39. (M - S) * c is below 2^55, which a double does not hold, so t is worked out in bigint. P is 255 for the row's best
 * key, so that 255 <= den <= 8,192 * 255 < 2^21, and |num| <= den * 2^(W-1) < 2^36. O is a weighted mean of V, rounded, and
 * so has W bits.
 */

import type { ExecutionParameters, HeadParameters } from "../../generator/lapa/config";
import { dotCoefficients } from "./aloc";
import { floorDivide } from "./integer";
import { aliveCount } from "./speculation";

/** The most features and keys for which the ranges above hold. */
const MAX_DIM = 256;
const MAX_KEYS = 8192;

/** LUT: 255 * 2^(-f/64), rounded to nearest, for f = 0 .. 63: from 255 down to 129. */
export const exponentTable: Uint8Array = Uint8Array.from({ length: 64 }, (_, f) => exponential(f));

/** A head whose operands have been found to be integers of W bits. */
export interface Head {
  /** Row-major [n_q][dim]. */
  readonly queries: Int16Array;
  /** Row-major [n_k][dim]. */
  readonly keys: Int16Array;
  /** Row-major [n_k][dim]. */
  readonly values: Int16Array;
  readonly dim: number;
  /** n_q. */
  readonly queryCount: number;
}

/** A row before execution: a query, and the keys to which it attends, in ascending order. */
export interface Attended {
  /** i: which query. */
  readonly query: number;
  readonly survivors: Uint16Array;
}

/** A row with everything that execution computes on the way to O. The lists are in the survivors' order, or the features'. */
export interface ExecutedRow extends Attended {
  /** S. */
  readonly scores: readonly number[];
  /** M; null where there are no survivors. */
  readonly max: number | null;
  /** P. */
  readonly weights: Uint8Array;
  /** num, [dim]. */
  readonly numerators: readonly number[];
  /** den: 255 or more, or 0 where there are no survivors. */
  readonly denominator: number;
  /** O, [dim]: zeros where there are no survivors. */
  readonly output: Int16Array;
}

/**
 * A head ready for execution.
 * @param queries operands of W bits, row-major [n_q][dim]. @param keys the same, [n_k][dim]; n_k at most 8,192.
 * @param values the same, as many as keys. @param dim d, 1 .. 256. @param operandBits W, 2 .. 16.
 * @throws RangeError when something is out of range, or the shapes do not go together.
 */
export function headOf(queries: ArrayLike<number>, keys: ArrayLike<number>, values: ArrayLike<number>, dim: number, operandBits: number): Head {
  checkInteger("operandBits", operandBits, 2, 16);
  checkInteger("dim", dim, 1, MAX_DIM);
  if (values.length !== keys.length) throw new RangeError(`${keys.length} operands of keys, but ${values.length} of values`);
  if (keys.length > MAX_KEYS * dim) throw new RangeError(`${keys.length} operands are more than ${MAX_KEYS} keys of ${dim}`);
  const [q, k, v] = [queries, keys, values].map((operands) => matrix(operands, dim, operandBits));
  let queryCount = 0;
  for (let at = 0; at < q.length; at += dim) queryCount++;
  return { queries: q, keys: k, values: v, dim, queryCount };
}

/**
 * O and what leads to it, for rows in order, each when it is asked for.
 * @param rows those of `speculate`, or of `aliveRows` for dense attention.
 * @throws RangeError for parameters that are out of range, or a query or key that the head has not.
 */
export function* execute(head: Head, rows: Iterable<Attended>, parameters: ExecutionParameters): Generator<ExecutedRow, void, undefined> {
  for (const row of rows) yield executeRow(head, row, parameters);
}

/** One row. @throws RangeError for parameters that are out of range, or a query or key that the head has not. */
export function executeRow(head: Head, { query, survivors }: Attended, parameters: ExecutionParameters): ExecutedRow {
  const { queries, keys, values, dim, queryCount } = head;
  checkInteger("the query", query, 0, queryCount - 1);
  const row = Int32Array.from(queries.subarray(query * dim, (query + 1) * dim));
  const scores = Array.from(survivors, (j) => dotCoefficients(keys, row, j * dim));
  const max = scores.length === 0 ? null : scores.reduce((a, b) => Math.max(a, b));
  const weights = weightsOf(scores.map((score) => max! - score), parameters);
  const numerators = new Array<number>(dim).fill(0);
  let denominator = 0;
  for (let n = 0; n < weights.length; n++) {
    const weight = weights[n];
    denominator += weight;
    for (let c = 0, at = survivors[n] * dim; c < dim; c++, at++) numerators[c] += weight * values[at];
  }
  const output = new Int16Array(dim);
  if (denominator > 0) numerators.forEach((num, c) => { output[c] = quotient(num, denominator); });
  return { query, survivors, scores, max, weights, numerators, denominator, output };
}

/** Every row of a head with all the keys that are alive in it: what execution attends to where nothing is filtered. */
export function* aliveRows(queryCount: number, limits: Pick<HeadParameters, "nValid" | "causal" | "offset">): Generator<Attended, void, undefined> {
  for (let query = 0; query < queryCount; query++) yield aliveRow(query, limits);
}

/** One of these rows. @param query i: which one, for the causal limit. */
export function aliveRow(query: number, limits: Pick<HeadParameters, "nValid" | "causal" | "offset">): Attended {
  return { query, survivors: Uint16Array.from({ length: aliveCount(query, limits) }, (_, j) => j) };
}

/**
 * P of scores that are so far below their row's best one.
 * @param differences M - S, each 0 .. 2^39 - 1. @throws RangeError for parameters that are out of range.
 */
export function weightsOf(differences: ArrayLike<number>, parameters: ExecutionParameters): Uint8Array {
  checkExecution(parameters);
  const [c, s] = [BigInt(parameters.c), BigInt(parameters.s)];
  return Uint8Array.from(differences, (difference) => {
    const t = (BigInt(difference) * c) >> s;
    return t >= 9n << 6n ? 0 : power(Number(t));
  });
}

/**
 * O of num and den: num / den to the nearest integer, halves away from zero.
 * @param denominator 1 or more.
 */
export function quotient(numerator: number, denominator: number): number {
  const rounded = Number(floorDivide(2n * BigInt(Math.abs(numerator)) + BigInt(denominator), 2n * BigInt(denominator)));
  // 0 - m rather than -m: a zero must not come out as the number -0.
  return numerator < 0 ? 0 - rounded : rounded;
}

/** @throws RangeError naming the first parameter that is out of range. */
export function checkExecution({ c, s }: ExecutionParameters): void {
  checkInteger("c", c, 0, 0xffff);
  checkInteger("s", s, 0, 31);
}

/**
 * Bits of S, in two's complement, that hold the score of any query and key; no fewer do. The largest one is d * 2^(2W-2), of
 * two rows of -2^(W-1).
 */
export function exactScoreWidth(dim: number, operandBits: number): number {
  return bitsOf(BigInt(dim) << BigInt(2 * operandBits - 2)) + 1;
}

/**
 * Bits of M - S, unsigned, that hold it for any query and two keys; no fewer do. The largest one is d * 2^(W-1) * (2^W - 1): two keys
 * are 2^W - 1 apart in every feature, and the query is -2^(W-1).
 */
export function differenceWidth(dim: number, operandBits: number): number {
  return bitsOf((BigInt(dim) << BigInt(operandBits - 1)) * ((1n << BigInt(operandBits)) - 1n));
}

/** Bits of den, unsigned, for any row of so many keys, 1 or more; no fewer do. The largest one has 255 for each. */
export function denominatorWidth(keys: number): number {
  return bitsOf(255n * BigInt(keys));
}

/** Bits of num, in two's complement, for any row of so many keys, 1 or more; no fewer do. The most negative one has V = -2^(W-1) throughout. */
export function numeratorWidth(keys: number, operandBits: number): number {
  // The negative of a power of two would need a bit less, but 255 * n is none.
  return bitsOf((255n * BigInt(keys)) << BigInt(operandBits - 1)) + 1;
}

/** 2^(-t/64) in 255ths, from the table. @param t 0 .. 575. */
function power(t: number): number {
  const shift = t >> 6;
  return (exponentTable[t & 63] + ((1 << shift) >> 1)) >> shift;
}

/** floor(255 * 2^(-f/64) + 1/2): the largest v with v - 1/2 <= 255 * 2^(-f/64), which is (2v - 1)^64 * 2^f <= 510^64. */
function exponential(f: number): number {
  const limit = power64(510n);
  let v = 255;
  while (power64(BigInt(2 * v - 1)) << BigInt(f) > limit) v--;
  return v;
}

function power64(x: bigint): bigint {
  let power = x;
  for (let squarings = 0; squarings < 6; squarings++) power *= power;
  return power;
}

function matrix(operands: ArrayLike<number>, dim: number, operandBits: number): Int16Array {
  if (operands.length % dim !== 0) throw new RangeError(`${operands.length} operands are no rows of ${dim}`);
  const limit = 1 << (operandBits - 1);
  for (let i = 0; i < operands.length; i++) {
    const x = operands[i];
    if (!Number.isInteger(x) || x < -limit || x >= limit) throw new RangeError(`${x} is not a two's-complement integer of ${operandBits} bits`);
  }
  return Int16Array.from(operands);
}

function bitsOf(n: bigint): number {
  return n.toString(2).length;
}

function checkInteger(name: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) throw new RangeError(`${name} must be an integer from ${min} to ${max}, not ${value}`);
}
