/** Heads through the speculation unit and the attention unit: vectors and cycles of any, and those of a trace. */

import type { FilterParameters, SpeculationFormat } from "../generator/lapa/config";
import type { AttentionConfig, SpeculationConfig } from "../generator/lapa/unit-config";
import { attentionParameters, speculationParameters } from "../generator/lapa/units";
import { attentionTimes } from "./cycles/attention";
import { AttentionWork } from "./cycles/attention-work";
import { type RowWork, speculationTimes } from "./cycles/speculation";
import { rowWorks } from "./cycles/speculation-work";
import { radiusParameters } from "./metrics/radius";
import { runnable } from "./run";
import type { Trace } from "./traces/trace";
import { type AttentionHead, attentionVectors } from "./vectors/attention-vectors";
import type { DescribedVectors } from "./vectors/described";
import { type Head, speculationVectors } from "./vectors/speculation-vectors";
import type { Coverage } from "./verification/coverage";
import { HeadObserver } from "./verification/head-coverage";

/** Margin of mode radius, in natural-log units of score, and its guard. */
const margin = 4;
const usualGuard = 6;
/** Rows of a trace that are run again, with the keys in place, in each of the other modes. */
const rowsAgain = 16;

/** Vectors, the cycles that they take without stalls, and what they exercise. */
export interface HeadVectors extends DescribedVectors {
  readonly cycles: number;
  readonly coverage: Coverage;
}

/** Vectors of the speculation unit for some heads. */
export function vectorsOfHeads(config: SpeculationConfig, heads: readonly Head[]): HeadVectors {
  const { name, headDim, maxKeys, survivorForm } = config;
  const params = speculationParameters(config);
  const works: RowWork[][] = heads.map(() => []);
  const workOf = rowWorks(params);
  const spec = { design: name, headDim, maxKeys, survivorForm, keysPerCycle: params.keysPerCycle, format: config };
  const observer = new HeadObserver(config, heads);
  const made = speculationVectors(spec, heads, (row, h) => {
    works[h].push(workOf(row, heads[h].parameters));
    observer.row({ query: row.query, speculated: row, executed: null }, h);
  });
  const { cycles } = speculationTimes(params, heads.map(({ loads, keys, dim, parameters }, h) =>
    ({ keys: loads ? keys.length / dim : 0, mode: parameters.mode, rows: works[h] })));
  return { ...made, cycles, coverage: observer.coverage };
}

/** Vectors of the attention unit for some heads. */
export function attentionVectorsOfHeads(config: AttentionConfig, heads: readonly AttentionHead[]): HeadVectors {
  const { name, headDim, maxKeys } = config;
  const params = attentionParameters(config);
  const works = heads.map(({ parameters }) => new AttentionWork(params, parameters));
  const observer = new HeadObserver(config, heads);
  const made = attentionVectors({ design: name, headDim, maxKeys, format: config }, heads, (row, h) => works[h].add(row), (row, h) => observer.row(row, h));
  const { cycles } = attentionTimes(params, heads.map((head, h) => works[h].ofHead(head)));
  return { ...made, cycles, coverage: observer.coverage };
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
