/**
 * Golden model of MRSA (mixed-precision multi-round shifting accumulation), written from the arithmetic contract alone.
 * The linear operand y is cut into slices of D_1 .. D_R bits, most significant first; with p_r = D_1 + .. + D_r:
 *
 *     slice_1(y) = y >> (W - p_1)                        signed
 *     slice_r(y) = (y >> (W - p_r)) & (2^D_r - 1)        unsigned, r > 1
 *     T^r        = sum over c of coefficient_c * slice_r(y_c)
 *     S^1 = T^1,   S^r = S^(r-1) * 2^D_r + T^r
 *
 * so S^r is the predicted score in units of 2^(W - p_r), and of 2^b with a window.
 *
 * Ranges: a slice has at most 16 bits with its sign, a coefficient +-(2^e + 2^e2) is at most 2^15 in magnitude, and so
 * every T and S of d <= 256 features is at most 2^38: exact as a double. Shifts act on operands only, which fit 32 bits.
 */

import type { SpeculationFormat } from "../../generator/lapa/config";
import { checkFormat, codeGeometry, coefficients, dotCoefficients, encodeRow } from "./aloc";

/** The most features of a key for which the ranges above hold. */
const MAX_DIM = 256;

/** A head's keys, as they are loaded: for each round what the keys bring to a product, row-major [keys][d]. */
export interface EncodedKeys {
  readonly rounds: readonly (Int16Array | Int32Array)[];
  /** Number of keys. */
  readonly count: number;
  /** Features of a key. */
  readonly dim: number;
}

/** A query row: for each round what it brings to a product, [d]. */
export interface EncodedQuery {
  readonly rounds: readonly Int32Array[];
  /** b: scores of this row are in units of 2^b. 0 without a window. */
  readonly base: number;
  /** G: sum over the row's codes of 2^e + 2^e2, in units of 2^b: bits not yet read move two keys apart by less. 0 where the log operand is the key. */
  readonly reach: number;
}

/** @throws RangeError naming the first member of `format` that is out of range. */
export function checkSpeculationFormat(format: SpeculationFormat): void {
  checkFormat(format);
  const { operandBits, logSide, slices, window } = format;
  if (logSide !== "query" && logSide !== "key") throw new RangeError(`logSide must be query or key, not ${String(logSide)}`);
  if (slices.some((bits) => !Number.isInteger(bits) || bits < 1) || slices.reduce((a, b) => a + b, 0) !== operandBits) {
    throw new RangeError(`slices must be positive integers with sum operandBits (${operandBits}), not ${slices.join(", ")}`);
  }
  if (window !== null && logSide !== "query") throw new RangeError("a window needs logSide query");
}

/** p_1 .. p_R: bits of the linear operand that have been read after each round. */
export function prefixBits(slices: readonly number[]): number[] {
  let read = 0;
  return slices.map((bits) => (read += bits));
}

/** The slice of `y` that each round reads, the first round's first. @param y -2^(W-1) .. 2^(W-1) - 1; not checked. */
export function slicesOf(y: number, { operandBits, slices }: SpeculationFormat): number[] {
  return prefixBits(slices).map((p, r) => (r === 0 ? y >> (operandBits - p) : (y >> (operandBits - p)) & ((1 << slices[r]) - 1)));
}

/**
 * Keys ready for every query of a head.
 * @param keys operands of W bits, row-major [count][dim]. @param dim features of a key, 1 .. 256.
 * @throws RangeError when a key is not an integer of W bits, `dim` is out of range or does not divide the keys, or the
 *   format is illegal.
 */
export function encodeKeys(keys: ArrayLike<number>, dim: number, format: SpeculationFormat): EncodedKeys {
  checkSpeculationFormat(format);
  if (!Number.isInteger(dim) || dim < 1 || dim > MAX_DIM) throw new RangeError(`dim must be an integer from 1 to ${MAX_DIM}, not ${dim}`);
  if (keys.length % dim !== 0) throw new RangeError(`${keys.length} operands are no rows of ${dim}`);
  let count = 0;
  for (let at = 0; at < keys.length; at += dim) count++;
  if (format.logSide === "query") return { rounds: sliceMatrices(keys, format, Int16Array), count, dim };
  // Without a window the rows do not matter: each operand is encoded by itself.
  const all = coefficients(encodeRow(keys, format).codes, format);
  return { rounds: format.slices.map(() => all), count, dim };
}

/**
 * A query row ready for every key.
 * @param query operands of W bits, [d].
 * @throws RangeError when one is not an integer of W bits, or the format is illegal.
 */
export function encodeQuery(query: ArrayLike<number>, format: SpeculationFormat): EncodedQuery {
  checkSpeculationFormat(format);
  if (format.logSide === "key") return { rounds: sliceMatrices(query, format, Int32Array), base: 0, reach: 0 };
  const { codes, base } = encodeRow(query, format);
  const row = coefficients(codes, format);
  return { rounds: format.slices.map(() => row), base, reach: row.reduce((sum, c) => sum + Math.abs(c), 0) };
}

/**
 * S^r of some keys, in units of 2^(W - p_r + b).
 * @param alive which keys. @param round r, the first one being 0. @param before their S^(r-1), in the same order; empty in
 *   the first round.
 * @throws RangeError when there is no such key, or the query has not as many features as the keys.
 */
export function scoresOf(
  query: EncodedQuery, keys: EncodedKeys, alive: Uint16Array, round: number, before: readonly number[], format: SpeculationFormat,
): number[] {
  const row = query.rounds[round];
  const matrix = keys.rounds[round];
  if (row.length !== keys.dim) throw new RangeError(`a query of ${row.length} features and keys of ${keys.dim}`);
  const weight = 1 << format.slices[round];
  const scores = new Array<number>(alive.length);
  for (let at = 0; at < alive.length; at++) {
    const partial = dotCoefficients(matrix, row, alive[at] * keys.dim);
    scores[at] = round === 0 ? partial : before[at] * weight + partial;
  }
  return scores;
}

/**
 * The largest difference of two keys' scores in a round, in units of 2^(W - p_r): what rho need not exceed. With
 * C the largest magnitude of a coefficient without window, two keys' linear operands differ by up to 2^p_r - 1 in what is
 * read; where the key is the log operand, their coefficients differ by up to 2C, and the linear operand is -2^(p_r - 1).
 * @param dim d, 1 .. 256. @param round r, the first one being 0. @throws RangeError for an illegal format.
 */
export function largestDifference(dim: number, round: number, format: SpeculationFormat): number {
  checkSpeculationFormat(format);
  const { maxExponent } = codeGeometry({ ...format, window: null });
  const coefficient = (1 << maxExponent) + (format.terms === 2 ? (1 << maxExponent) >> 1 : 0);
  const span = 1 << prefixBits(format.slices)[round];
  return dim * coefficient * (format.logSide === "query" ? span - 1 : span);
}

/**
 * Bits of S^r, signed: of d * C * 2^(p_r - 1), with C the largest magnitude of a coefficient, the largest score that there is.
 * @param dim d, 1 .. 256. @param round r, the first one being 0. @throws RangeError for an illegal format.
 */
export function scoreWidth(dim: number, round: number, format: SpeculationFormat): number {
  checkSpeculationFormat(format);
  const { maxExponent } = codeGeometry(format);
  const coefficient = (1 << maxExponent) + (format.terms === 2 ? (1 << maxExponent) >> 1 : 0);
  const largest = BigInt(dim * coefficient) << BigInt(prefixBits(format.slices)[round] - 1);
  return largest.toString(2).length + 1;
}

/** Every operand's slices, a matrix for each round, in the order of `ys`. */
function sliceMatrices<A extends Int16Array | Int32Array>(ys: ArrayLike<number>, format: SpeculationFormat, Numbers: new (length: number) => A): A[] {
  const limit = 1 << (format.operandBits - 1);
  const matrices = format.slices.map(() => new Numbers(ys.length));
  for (let i = 0; i < ys.length; i++) {
    if (!Number.isInteger(ys[i]) || ys[i] < -limit || ys[i] >= limit) {
      throw new RangeError(`${ys[i]} is not a two's-complement integer of ${format.operandBits} bits`);
    }
    slicesOf(ys[i], format).forEach((slice, r) => { matrices[r][i] = slice; });
  }
  return matrices;
}
