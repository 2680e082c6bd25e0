/** Cycles of the speculation unit for a head: of a trace, or described by numbers. */

import { speculationFormat, type SpeculationParameters } from "../generator/lapa/speculation-format";
import type { SpeculationConfig } from "../generator/lapa/unit-config";
import { speculationParameters } from "../generator/lapa/units";
import { type HeadWork, speculationTimes } from "./cycles/speculation";
import { rowWorks } from "./cycles/speculation-work";
import { speculate } from "./golden/speculation";
import { filterOf, type Setting } from "./predict";
import type { Trace } from "./traces/trace";

export interface HeadCycles {
  /** From the head's word to the last survivor. */
  readonly cycles: number;
  /** Of these, until the keys are there. */
  readonly load: number;
  readonly queries: number;
  /** From the keys on, for each query. */
  readonly cyclesPerQuery: number;
  /** Steps of each round for a query, mean: cycles that its lanes need, if nothing waits, over folds. */
  readonly steps: readonly number[];
  /** Words in which a query's survivors leave, mean: cycles that the output needs. */
  readonly words: number;
  /** Share of the cycles from round 1's first step to its last in which it reads keys. */
  readonly firstRoundBusy: number;
}

/** A head of a trace, by the golden model; gives the number of rows that are done, after each. */
export function* traceCycles(trace: Trace, config: SpeculationConfig, setting: Setting): Generator<number, HeadCycles, undefined> {
  const { q, k, dim, nK, causal } = trace;
  const params = speculationParameters(config);
  const filter = filterOf(setting, trace, config);
  const limits = { nValid: nK, causal, offset: 0 };
  const workOf = rowWorks(params);
  const rows: HeadWork["rows"][number][] = [];
  for (const row of speculate(q, k, dim, config, { ...filter, ...limits })) {
    rows.push(workOf(row, limits));
    yield rows.length;
  }
  return headCycles(params, { keys: nK, mode: filter.mode, rows });
}

/** A head by numbers, alike for all rows. */
export interface Workload {
  readonly queries: number;
  readonly keys: number;
  /** Of a row, after each round. */
  readonly survivors: readonly number[];
  readonly mode: HeadWork["mode"];
}

/** Every row sees all keys, and its survivors are neighbours: lanes have equally many, and groups are full. */
export function workloadCycles({ queries, keys, survivors, mode }: Workload, config: SpeculationConfig): HeadCycles {
  const params = speculationParameters(config);
  const { rounds } = speculationFormat(params);
  const steps = rounds.map(({ lanes }, r) => Math.max(1, Math.ceil((r === 0 ? keys : survivors[r - 1]) / lanes)));
  const last = survivors.at(-1)!;
  const groups = Math.ceil(last / rounds.at(-1)!.lanes);
  const row = { steps, words: Math.max(1, config.survivorForm === "keys" ? last : groups) };
  return headCycles(params, { keys, mode, rows: Array.from({ length: queries }, () => row) });
}

function headCycles(params: SpeculationParameters, head: HeadWork): HeadCycles {
  const { heads: [{ runs, firstRoundBusy }], cycles } = speculationTimes(params, [head]);
  const { rows } = head;
  const mean = (of: (row: HeadWork["rows"][number]) => number): number => rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
  return {
    cycles, load: runs, queries: rows.length, cyclesPerQuery: (cycles - runs) / rows.length, firstRoundBusy: firstRoundBusy!,
    steps: params.slices.map((_, r) => mean((row) => row.steps[r])), words: mean((row) => row.words),
  };
}
