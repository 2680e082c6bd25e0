/** Heads to run the speculation unit on: of traces, and of its corner cases. */

import type { ExecutionParameters, FilterParameters, SpeculationFormat } from "../generator/lapa/config";
import type { AttentionConfig, SpeculationConfig } from "../generator/lapa/unit-config";
import { attentionParameters, speculationParameters } from "../generator/lapa/units";
import { attentionTimes } from "./cycles/attention";
import { AttentionWork } from "./cycles/attention-work";
import { type RowWork, speculationTimes } from "./cycles/speculation";
import { rowWorks } from "./cycles/speculation-work";
import { largestRho } from "./golden/speculation";
import { radiusParameters } from "./metrics/radius";
import { runnable } from "./run";
import type { Trace } from "./traces/trace";
import { type AttentionHead, attentionVectors } from "./vectors/attention-vectors";
import type { DescribedVectors } from "./vectors/described";
import { type Head, speculationVectors } from "./vectors/speculation-vectors";
import { advanceStall } from "./vectors/stalls";

/** Margin of mode radius, in natural-log units of score, and its guard. */
const margin = 4;
const usualGuard = 6;
/** Rows of a trace that are run again, with the keys in place, in each of the other modes. */
const rowsAgain = 16;

/** Vectors of the speculation unit for some heads, and the cycles that it takes for them without stalls. */
export function vectorsOfHeads(config: SpeculationConfig, heads: readonly Head[]): DescribedVectors & { readonly cycles: number } {
  const { name, headDim, maxKeys, survivorForm } = config;
  const params = speculationParameters(config);
  const works: RowWork[][] = heads.map(() => []);
  const workOf = rowWorks(params);
  const spec = { design: name, headDim, maxKeys, survivorForm, keysPerCycle: params.keysPerCycle, format: config };
  const made = speculationVectors(spec, heads, (row, h) => works[h].push(workOf(row, heads[h].parameters)));
  const { cycles } = speculationTimes(params, heads.map(({ loads, keys, dim, parameters }, h) =>
    ({ keys: loads ? keys.length / dim : 0, mode: parameters.mode, rows: works[h] })));
  return { ...made, cycles };
}

/** Vectors of the attention unit for some heads, and the cycles that it takes for them without stalls. */
export function attentionVectorsOfHeads(config: AttentionConfig, heads: readonly AttentionHead[]): DescribedVectors & { readonly cycles: number } {
  const { name, headDim, maxKeys } = config;
  const params = attentionParameters(config);
  const works = heads.map(({ parameters }) => new AttentionWork(params, parameters));
  const made = attentionVectors({ design: name, headDim, maxKeys, format: config }, heads, (row, h) => works[h].add(row));
  const { cycles } = attentionTimes(params, heads.map((head, h) => works[h].ofHead(head)));
  return { ...made, cycles };
}

/**
 * A trace as heads for the attention unit: those of the speculation unit, and a few rows without a filter.
 * @throws UserError as `runnable` does.
 */
export function attentionTraceHeads(trace: Trace, format: SpeculationFormat, rows: number): AttentionHead[] {
  const { trace: { v: values }, execution } = runnable(trace);
  const heads = traceHeads(trace, format, rows).map((head): AttentionHead => ({ ...head, values, execution, dense: false }));
  const last = heads.at(-1)!;
  return [...heads, { ...last, label: `${trace.name}, dense`, dense: true }];
}

/** The corners of the speculation unit's heads with random values, alternating with extreme ones and extreme registers. */
export function attentionCornerHeads(headDim: number, maxKeys: number, format: SpeculationFormat, seed: number): AttentionHead[] {
  const [min, max] = [-(2 ** (format.operandBits - 1)), 2 ** (format.operandBits - 1) - 1];
  let state = seed;
  const next = (): number => (state = advanceStall(state));
  const registers: readonly ExecutionParameters[] = [{ c: 40000, s: 24 }, { c: 0, s: 0 }, { c: 65535, s: 31 }, { c: 65535, s: 0 }, { c: 1, s: 3 }];
  let values = new Int16Array();
  return cornerHeads(headDim, maxKeys, format, seed).map((head, h) => {
    const all = [() => min, () => max, () => min + (next() % (max - min + 1))][h % 3]!;
    if (head.loads) values = Int16Array.from({ length: head.keys.length }, all);
    return { ...head, values, execution: registers[h % registers.length]!, dense: h % 4 === 3 };
  });
}

/**
 * A trace as heads: its rows in mode radius, then some of them again in mode blend.
 * @param rows at most so many rows of the first kind, in four runs of neighbours that are spread over the trace.
 */
export function traceHeads(trace: Trace, format: SpeculationFormat, rows: number): Head[] {
  const guards = format.slices.map((_, r) => (format.logSide === "query" && r < format.slices.length - 1 ? usualGuard : 0));
  const radius = radiusParameters(format.slices.map(() => margin), guards, trace, format);
  const runs = runsOfRows(trace.nQ, rows);
  const again = { first: runs.at(-1)!.first, count: Math.min(rowsAgain, Math.ceil(rows / 8), runs.at(-1)!.count) };
  const blends = [8, -3].map((a) => ({ run: again, filter: { mode: "blend", rounds: format.slices.map(() => ({ a })) } as const }));
  const all = [...runs.map((run) => ({ run, filter: radius })), ...blends];
  return all.map(({ run, filter }, h) => traceHead(trace, run, filter, h === 0));
}

interface RowRun {
  readonly first: number;
  readonly count: number;
}

/** All rows, or `rows` of them: four runs that begin at equal distances. */
function runsOfRows(nQ: number, rows: number): RowRun[] {
  if (rows >= nQ) return [{ first: 0, count: nQ }];
  const runs = Math.min(4, rows);
  return Array.from({ length: runs }, (_, i) => {
    const count = Math.floor((rows * (i + 1)) / runs) - Math.floor((rows * i) / runs);
    return { first: runs === 1 ? nQ - count : Math.floor(((nQ - count) * i) / (runs - 1)), count };
  });
}

/** Rows of a trace. What they see of the keys is what they see there. */
function traceHead({ name, q, k, dim, nK, causal }: Trace, { first, count }: RowRun, filter: FilterParameters, loads: boolean): Head {
  return {
    label: `${name}, ${filter.mode}`, queries: q.subarray(first * dim, (first + count) * dim), keys: k, dim, loads, firstQuery: first,
    parameters: { ...filter, nValid: nK, causal, offset: causal ? first : 0 },
  };
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
