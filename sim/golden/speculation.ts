/**
 * Golden model of the speculation unit, written from the arithmetic contract alone: for every query row, rounds of MRSA
 * (sim/golden/mrsa.ts), each filtered by DDF (sim/golden/ddf.ts). A round scores the keys that the round before kept; the
 * last round's survivors are the row's result.
 */

import type { HeadParameters, SpeculationFormat } from "../../generator/lapa/config";
import { atLeast, type Statistics, statisticsOf, threshold } from "./ddf";
import { encodeKeys, type EncodedKeys, encodeQuery, type EncodedQuery, largestDifference, scoresOf } from "./mrsa";

/** The most keys for which the ranges in sim/golden/ddf.ts hold, and the largest register rho of any unit (see `largestRho`). */
const MAX_KEYS = 8192;
const MAX_RHO = 0xff_ffff_ffff;

/** A round of one row. All lists are in ascending order of keys. */
export interface Round {
  /** The keys that were alive before the round. */
  readonly keys: Uint16Array;
  /** Their S^r, in units of 2^(W - p_r + b). */
  readonly scores: readonly number[];
  /** Null where no key was alive. */
  readonly statistics: Statistics | null;
  /** The keys that stay, among `keys`. */
  readonly survivors: Uint16Array;
}

export interface Row {
  /** i: which query. */
  readonly query: number;
  /** b: the row's window base, 0 without a window. */
  readonly base: number;
  /** G: see `EncodedQuery`. */
  readonly reach: number;
  /** One for each slice, the first round's first. */
  readonly rounds: readonly Round[];
  /** The last round's survivors. */
  readonly survivors: Uint16Array;
}

/**
 * Every row of a head in order, each when it is asked for.
 * @param queries operands of W bits, row-major [n_q][dim]. @param keys the same, [n_k][dim]; n_k at most 8,192.
 * @throws RangeError for operands, dimensions, a format or parameters that are out of range.
 */
export function* speculate(
  queries: ArrayLike<number>, keys: ArrayLike<number>, dim: number, format: SpeculationFormat, head: HeadParameters,
): Generator<Row, void, undefined> {
  const encoded = encodeKeys(keys, dim, format);
  if (queries.length % dim !== 0) throw new RangeError(`${queries.length} operands are no rows of ${dim}`);
  checkHead(head, encoded, format);
  const all = Array.from(queries);
  for (let i = 0; i * dim < all.length; i++) {
    yield speculateRow(i, encodeQuery(all.slice(i * dim, (i + 1) * dim), format), encoded, format, head);
  }
}

/**
 * One row. The parameters are not checked: `checkHead` does that, once a head.
 * @param i which query, for the causal limit.
 */
export function speculateRow(i: number, query: EncodedQuery, keys: EncodedKeys, format: SpeculationFormat, head: HeadParameters): Row {
  let alive: Uint16Array = Uint16Array.from({ length: aliveCount(i, head) }, (_, j) => j);
  let scores: readonly number[] = [];
  const rounds: Round[] = [];
  for (let r = 0; r < format.slices.length; r++) {
    const now = scoresOf(query, keys, alive, r, scores, format);
    const reach = r === format.slices.length - 1 ? 0 : query.reach;
    const statistics = statisticsOf(now);
    const kept = statistics === null ? [] : atLeast(now, threshold(statistics, head, r, query.base, reach));
    const survivors = Uint16Array.from(kept, (at) => alive[at]);
    rounds.push({ keys: alive, scores: now, statistics, survivors });
    scores = kept.map((at) => now[at]);
    alive = survivors;
  }
  return { query: i, base: query.base, reach: query.reach, rounds, survivors: alive };
}

/** How many keys are alive before the first round: they are the first ones. */
export function aliveCount(i: number, { nValid, causal, offset }: Pick<HeadParameters, "nValid" | "causal" | "offset">): number {
  return causal ? Math.max(0, Math.min(nValid, i + offset + 1)) : nValid;
}

/** @throws RangeError naming the first parameter that is out of range for these keys and this format. */
export function checkHead(head: HeadParameters, { count }: EncodedKeys, format: SpeculationFormat): void {
  const integer = (name: string, value: number, min: number, max: number): void => {
    if (!Number.isInteger(value) || value < min || value > max) throw new RangeError(`${name} must be an integer from ${min} to ${max}, not ${value}`);
  };
  integer("the number of keys", count, 0, MAX_KEYS);
  integer("nValid", head.nValid, 0, count);
  integer("offset", head.offset, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  if (head.rounds.length !== format.slices.length) {
    throw new RangeError(`there are ${format.slices.length} rounds, and parameters for ${head.rounds.length}`);
  }
  if (head.mode === "blend") {
    head.rounds.forEach(({ a }, r) => integer(`a of round ${r + 1}`, a, -15, 15));
    return;
  }
  head.rounds.forEach(({ rho, guard }, r) => {
    integer(`rho of round ${r + 1}`, rho, 0, MAX_RHO);
    integer(`guard of round ${r + 1}`, guard, 0, format.logSide === "query" ? 63 : 0);
  });
}

/**
 * The largest value of a round's register rho, which has as many bits as the largest difference of two scores: at most 40.
 * @param round r, the first one being 0. @throws RangeError for an illegal format.
 */
export function largestRho(dim: number, round: number, format: SpeculationFormat): number {
  return Number((1n << BigInt(BigInt(largestDifference(dim, round, format)).toString(2).length)) - 1n);
}

/** A row as a mask: 1 for each survivor. @param count the number of keys. */
export function maskOf({ survivors }: Pick<Row, "survivors">, count: number): Uint8Array {
  const mask = new Uint8Array(count);
  for (const key of survivors) mask[key] = 1;
  return mask;
}
