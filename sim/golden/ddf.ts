/**
 * Golden model of DDF (data-feature dependent filter), written from the arithmetic contract alone. A row is filtered by
 * statistics of its own scores:
 *
 *     radius:  keep S iff 64 * (max - S) <= ((64 * rho) >> b) + guard * G
 *     blend:   keep S iff 16 * n * S >= a * n * max + (16 - a) * sum         a >= 0
 *              keep S iff 16 * n * S >= |a| * n * min + (16 - |a|) * sum     a < 0
 *
 * Both are comparisons of an integer S with something that is the same for a whole row, so both are S >= threshold with
 * the integer threshold that this file works out, once a row and in bigint: 16 * n * S may pass 2^53.
 *
 * Ranges: |S| <= 2^38 and n <= 8,192, so a sum is at most 2^51, which is exact as a double, as is the threshold, which
 * is at most 2^41 below the maximum.
 */

import type { BlendParameters, FilterParameters, RadiusParameters } from "../../generator/lapa/config";
import { ceilDivide } from "./integer";

/** Of the scores of the keys that are alive in a row. */
export interface Statistics {
  /** n, 1 or more. */
  readonly count: number;
  readonly max: number;
  readonly min: number;
  readonly sum: number;
}

/** The statistics of a row's scores; null where there are none, which have no maximum. */
export function statisticsOf(scores: readonly number[]): Statistics | null {
  if (scores.length === 0) return null;
  let [max, min, sum] = [scores[0], scores[0], 0];
  for (const s of scores) {
    if (s > max) max = s;
    if (s < min) min = s;
    sum += s;
  }
  return { count: scores.length, max, min, sum };
}

/**
 * The least score that stays in mode radius.
 * @param base b, the row's window base. @param reach G, 0 in the last round.
 */
export function radiusThreshold({ max }: Statistics, { rho, guard }: RadiusParameters, base: number, reach: number): number {
  // max - S <= floor(allowed / 64), since max - S is an integer.
  const allowed = ((64n * BigInt(rho)) >> BigInt(base)) + BigInt(guard) * BigInt(reach);
  return max - Number(allowed >> 6n);
}

/** The least score that stays in mode blend. */
export function blendThreshold({ count, max, min, sum }: Statistics, { a }: BlendParameters): number {
  const weight = BigInt(Math.abs(a));
  const right = weight * BigInt(count) * BigInt(a < 0 ? min : max) + (16n - weight) * BigInt(sum);
  return Number(ceilDivide(right, 16n * BigInt(count)));
}

/** The least score that stays in a round. @param round r, the first one being 0. @param base b. @param reach G, 0 in the last round. */
export function threshold(statistics: Statistics, filter: FilterParameters, round: number, base: number, reach: number): number {
  return filter.mode === "radius" ? radiusThreshold(statistics, filter.rounds[round], base, reach) : blendThreshold(statistics, filter.rounds[round]);
}

/** Where in `scores` those are that stay: ascending. Ties with the threshold stay. */
export function atLeast(scores: readonly number[], threshold: number): number[] {
  const kept: number[] = [];
  for (let at = 0; at < scores.length; at++) if (scores[at] >= threshold) kept.push(at);
  return kept;
}
