/** Everything that the speculation unit works out for one query, by the golden model: for docs/speculation.md. */

import type { SpeculationParameters } from "../generator/lapa/speculation-format";
import { speculationFormat } from "../generator/lapa/speculation-format";
import { coefficients, encodeRow } from "./golden/aloc";
import { type Statistics, threshold } from "./golden/ddf";
import { slicesOf } from "./golden/mrsa";
import { speculate } from "./golden/speculation";
import type { Head } from "./vectors/speculation-vectors";

export interface KeyAccount {
  readonly key: number;
  /** Where it is in round 1. */
  readonly group: number;
  readonly lane: number;
  /** What the round reads of it. */
  readonly slices: readonly number[];
  readonly score: number;
  readonly stays: boolean;
}

export interface RoundAccount {
  /** Of the keys that are alive. */
  readonly keys: readonly KeyAccount[];
  /** Null where no key is alive, and so no threshold. */
  readonly filter: { readonly statistics: Statistics; readonly threshold: number } | null;
}

export interface RowAccount {
  readonly query: readonly number[];
  /** What each feature's code stands for, in units of 2^b. */
  readonly coefficients: readonly number[];
  readonly base: number;
  /** G. */
  readonly reach: number;
  readonly rounds: readonly RoundAccount[];
  readonly survivors: readonly number[];
}

/** @param at which query of the head, from 0. @throws RangeError where there is none, or where the keys are the log operand. */
export function rowAccount(params: SpeculationParameters, { queries, keys, dim, parameters }: Head, at: number): RowAccount {
  if (params.logSide !== "query") throw new RangeError("an account is of a query that is the log operand");
  const row = [...speculate(queries, keys, dim, params, parameters)].at(at);
  if (row === undefined) throw new RangeError(`there is no query ${at} among ${queries.length / dim}`);
  const query = Array.from(queries.subarray(at * dim, (at + 1) * dim));
  const { lanes } = speculationFormat(params).rounds[0];
  const slices = (key: number, r: number): number[] => Array.from(keys.subarray(key * dim, (key + 1) * dim), (y) => slicesOf(y, params)[r]);
  const rounds = row.rounds.map(({ keys: alive, scores, statistics, survivors }, r): RoundAccount => ({
    keys: Array.from(alive, (key, i) => ({ key, group: Math.floor(key / lanes), lane: key % lanes, slices: slices(key, r), score: scores[i], stays: survivors.includes(key) })),
    filter: statistics === null ? null : { statistics, threshold: threshold(statistics, parameters, r, row.base, r === params.slices.length - 1 ? 0 : row.reach) },
  }));
  return {
    query, coefficients: Array.from(coefficients(encodeRow(query, params).codes, params)), base: row.base, reach: row.reach, rounds,
    survivors: Array.from(row.survivors),
  };
}
