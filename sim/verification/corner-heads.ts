/** The corners of what a head can be. */

import type { ExecutionParameters, FilterParameters, SpeculationFormat } from "../../generator/lapa/config";
import { largestRho } from "../golden/speculation";
import type { AttentionHead } from "../vectors/attention-vectors";
import type { Head } from "../vectors/speculation-vectors";
import { advanceStall } from "../vectors/stalls";

/** The corners of the speculation unit's heads with random values, extremes among them, and extreme registers. */
export function attentionCornerHeads(headDim: number, maxKeys: number, format: SpeculationFormat, seed: number): AttentionHead[] {
  const [min, max] = [-(2 ** (format.operandBits - 1)), 2 ** (format.operandBits - 1) - 1];
  let state = seed;
  const next = (): number => (state = advanceStall(state));
  const registers: readonly ExecutionParameters[] = [{ c: 40000, s: 24 }, { c: 0, s: 0 }, { c: 65535, s: 31 }, { c: 65535, s: 0 }, { c: 1, s: 3 }];
  let values = new Int16Array();
  return cornerHeads(headDim, maxKeys, format, seed).map((head, h) => {
    // Never the same for all keys, which would hide what they weigh.
    const extremeOnce = h % 3 === 0 ? 1 : 12;
    const value = (): number => (next() % extremeOnce === 0 ? [min, max][next() >>> 31]! : min + (next() % (max - min + 1)));
    if (head.loads) values = Int16Array.from({ length: head.keys.length }, value);
    return { ...head, values, execution: registers[h % registers.length]!, dense: h % 4 === 3 };
  });
}

/**
 * The corners of what a head can be: no key, one key, all keys; rows that see none or one; scores that are equal; extreme
 * operands and registers. Keys are loaded anew for some of them, and stay for others.
 * @param seed of random operands, not 0.
 */
export function cornerHeads(headDim: number, maxKeys: number, format: SpeculationFormat, seed: number): Head[] {
  const { operandBits, slices } = format;
  const [min, max] = [-(2 ** (operandBits - 1)), 2 ** (operandBits - 1) - 1];
  let state = seed;
  const next = (): number => (state = advanceStall(state));
  const vectors = (n: number, value: (i: number, c: number) => number): Int16Array =>
    Int16Array.from({ length: n * headDim }, (_, at) => value(Math.floor(at / headDim), at % headDim));
  const anything = (): number => [min, max, 0, 1, -1][next() % 12] ?? min + (next() % (max - min + 1));
  const radius = (rho: (r: number) => number, guard: number): FilterParameters =>
    ({ mode: "radius", rounds: slices.map((_, r) => ({ rho: rho(r), guard: format.logSide === "query" ? guard : 0 })) });
  const largest = (r: number): number => largestRho(headDim, r, format);
  const some = (r: number): number => Math.floor(largest(r) / 8);
  const blend = (a: number): FilterParameters => ({ mode: "blend", rounds: slices.map(() => ({ a })) });

  const few = Math.min(maxKeys, 37);
  const heads: Head[] = [];
  let keys = vectors(0, () => 0);
  const load = (n: number, value: (i: number, c: number) => number): void => { keys = vectors(n, value); };
  const add = (label: string, queries: Int16Array, filter: FilterParameters, limits: Partial<Pick<Head["parameters"], "nValid" | "causal" | "offset">> = {}): void => {
    const loads = heads.at(-1)?.keys !== keys;
    heads.push({ label: `corner: ${label}`, queries, keys, dim: headDim, loads, firstQuery: 0, parameters: { nValid: keys.length / headDim, causal: false, offset: 0, ...limits, ...filter } });
  };
  const zero = vectors(1, () => 0);
  const randoms = (n: number): Int16Array => vectors(n, anything);

  load(few, anything);
  add("no valid key", randoms(2), radius(some, 6), { nValid: 0 });
  add("query of zeros", zero, radius(() => 0, 0));
  for (const [rho, guard] of [[() => 0, 0], [() => 0, 63], [some, 6], [largest, 0], [largest, 63]] as const) add(`radius, guard ${guard}`, randoms(3), radius(rho, guard));
  for (const a of [-15, -4, 0, 3, 15]) add(`blend ${a}`, randoms(2), blend(a));
  add("rows that see none, one, some", randoms(6), radius(some, 0), { causal: true, offset: -3 });
  add("the same by blend", randoms(6), blend(5), { causal: true, offset: -3 });
  add("rows that see almost all", randoms(4), radius(some, 6), { causal: true, offset: few - 3 });
  add("fewer valid keys than there are", randoms(2), blend(-7), { nValid: Math.max(1, few - 5) });
  add("no row", vectors(0, () => 0), blend(0));
  load(1, anything);
  add("one key", randoms(3), radius(() => 0, 0));
  add("one key, by blend", randoms(2), blend(15));
  load(few, (_, c) => (c % 3) - 1);
  add("equal keys", randoms(2), radius(() => 0, 0));
  add("equal keys, by blend", randoms(2), blend(-15));
  load(few, () => 0);
  add("keys of zeros", randoms(2), radius(some, 63));
  load(few, () => min);
  add("minima on both sides", vectors(2, () => min), radius(largest, 63));
  add("minima and maxima", vectors(2, () => max), blend(15));
  load(few, (i) => (i % 2 === 0 ? min : max));
  add("keys far apart", vectors(3, (i) => [min, max, 1][i]!), radius(() => 0, 0));
  load(Math.min(maxKeys, 200), anything);
  add("more keys", randoms(4), radius(some, 6));
  return heads;
}
