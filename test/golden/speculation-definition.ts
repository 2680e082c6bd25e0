/**
 * MRSA and DDF once more, as literally as the contract has them and in bigint throughout: scores as sums over what has
 * been read so far, not round by round, and the filters' inequalities key by key, without thresholds.
 */

import * as fc from "fast-check";
import type { FilterParameters, HeadParameters, SpeculationFormat } from "../../generator/lapa/config";
import { largestRho } from "../../sim/golden/speculation";
import { coefficient, exponents, formatsOf, operand, windowed } from "./definition";

export interface DefinedRound {
  readonly keys: number[];
  readonly scores: bigint[];
  readonly statistics: { readonly count: bigint; readonly max: bigint; readonly min: bigint; readonly sum: bigint } | null;
  readonly survivors: number[];
}

export interface DefinedRow {
  readonly base: number;
  readonly reach: bigint;
  readonly rounds: DefinedRound[];
}

/** Row i of a head. @param q one query. @param k all keys. */
export function definedRow(i: number, q: readonly number[], k: readonly number[][], format: SpeculationFormat, head: HeadParameters): DefinedRow {
  const { operandBits: w, logSide, slices } = format;
  const queryCodes = windowed(q, format);
  const base = logSide === "query" ? queryCodes.base : 0;
  const reach = logSide === "query" ? queryCodes.rows.flat().reduce((sum, e) => sum + 2n ** BigInt(e), 0n) : 0n;
  const product = (key: readonly number[], c: number, unread: number): bigint => logSide === "query"
    ? coefficient(q[c], queryCodes.rows[c]) * BigInt(key[c] >> unread)
    : coefficient(key[c], exponents(key[c], format)) * BigInt(q[c] >> unread);
  let alive = k.map((_, j) => j).filter((j) => j < head.nValid && (!head.causal || j <= i + head.offset));
  const rounds = slices.map((_, r): DefinedRound => {
    const unread = w - slices.slice(0, r + 1).reduce((a, b) => a + b, 0);
    const keys = alive;
    const scores = keys.map((j) => q.reduce((sum, _x, c) => sum + product(k[j], c, unread), 0n));
    const statistics = keys.length === 0 ? null : {
      count: BigInt(keys.length), max: scores.reduce((a, b) => (b > a ? b : a)), min: scores.reduce((a, b) => (b < a ? b : a)), sum: scores.reduce((a, b) => a + b),
    };
    alive = keys.filter((_j, at) => stays(scores[at], statistics!, r, base, unread === 0 ? 0n : reach, head));
    return { keys, scores, statistics, survivors: alive };
  });
  return { base, reach, rounds };
}

/** Whether a key with score `s` stays in round r (the first being 0). */
export function stays(s: bigint, { count: n, max, min, sum }: NonNullable<DefinedRound["statistics"]>, r: number, b: number, g: bigint, filter: FilterParameters): boolean {
  if (filter.mode === "radius") {
    const { rho, guard } = filter.rounds[r];
    return 64n * (max - s) <= ((64n * BigInt(rho)) >> BigInt(b)) + BigInt(guard) * g;
  }
  const a = BigInt(filter.rounds[r].a);
  return a >= 0n ? 16n * n * s >= a * n * max + (16n - a) * sum : 16n * n * s >= -a * n * min + (16n + a) * sum;
}

/** Any way to write `bits` as an ordered sum: a cut or none after each bit. */
export function composition(bits: number): fc.Arbitrary<number[]> {
  return fc.integer({ min: 0, max: 2 ** (bits - 1) - 1 }).map((cuts) => {
    const parts = [1];
    for (let bit = 0; bit < bits - 1; bit++) {
      if ((cuts >> bit) & 1) parts.push(1);
      else parts[parts.length - 1]++;
    }
    return parts;
  });
}

/** Any format of the speculation unit, W from 4 to 16. */
export const anySpeculationFormat: fc.Arbitrary<SpeculationFormat> = fc.integer({ min: 4, max: 16 }).chain((w) =>
  fc.tuple(fc.constantFrom(...formatsOf(w)), fc.constantFrom("query" as const, "key" as const), composition(w))
    .map(([format, logSide, slices]) => ({ ...format, window: logSide === "query" ? format.window : null, logSide, slices })));

export interface DefinedHead {
  readonly format: SpeculationFormat;
  readonly dim: number;
  readonly queries: number[][];
  readonly keys: number[][];
  readonly head: HeadParameters;
}

/** Rows of operands: any, all zero, all the most negative number, or all alike. */
function rows(w: number, dim: number, min: number, max: number): fc.Arbitrary<number[][]> {
  const row = fc.oneof({ weight: 6, arbitrary: fc.array(operand(w), { minLength: dim, maxLength: dim }) },
    fc.constantFrom(0, -(2 ** (w - 1))).map((x) => new Array<number>(dim).fill(x)));
  const any = fc.array(row, { minLength: min, maxLength: max });
  return fc.oneof({ weight: 5, arbitrary: any }, any.map((all) => all.map(() => all[0])));
}

/** One round's radius is 0, the register's maximum, anything, or small enough to meet ties. */
function anyRho(largest: number): fc.Arbitrary<number> {
  return fc.oneof(fc.constantFrom(0, largest), fc.integer({ min: 0, max: largest }), fc.integer({ min: 0, max: Math.min(40, largest) }));
}

function anyFilter(format: SpeculationFormat, dim: number): fc.Arbitrary<FilterParameters> {
  const guard = format.logSide === "key" ? fc.constant(0) : fc.oneof(fc.constantFrom(0, 63), fc.integer({ min: 0, max: 63 }));
  const radius = fc.tuple(...format.slices.map((_, r) => fc.record({ rho: anyRho(largestRho(dim, r, format)), guard })));
  const blend = fc.tuple(...format.slices.map(() => fc.record({ a: fc.oneof(fc.constantFrom(-15, 0, 15), fc.integer({ min: -15, max: 15 })) })));
  return fc.oneof(radius.map((rounds) => ({ mode: "radius" as const, rounds })), blend.map((rounds) => ({ mode: "blend" as const, rounds })));
}

/** A small head of any format, with any parameters. */
export const anyHead: fc.Arbitrary<DefinedHead> = fc.tuple(anySpeculationFormat, fc.integer({ min: 1, max: 7 })).chain(([format, dim]) =>
  fc.record({ queries: rows(format.operandBits, dim, 1, 4), keys: rows(format.operandBits, dim, 1, 12) }).chain(({ queries, keys }) =>
    fc.record({
      filter: anyFilter(format, dim),
      nValid: fc.oneof(fc.constant(keys.length), fc.integer({ min: 0, max: keys.length })),
      causal: fc.boolean(),
      offset: fc.integer({ min: -5, max: 12 }),
    }).map(({ filter, ...limits }): DefinedHead => ({ format, dim, queries, keys, head: { ...filter, ...limits } }))));
