/** Cycles of the attention unit for a head of a trace, filtered and dense: alone, and in a stream of heads. */

import { type AttentionShape, attentionParts } from "../generator/lapa/attention";
import type { AttentionConfig, TopConfig } from "../generator/lapa/unit-config";
import { attentionParameters } from "../generator/lapa/units";
import { type ArrayCycles, arrayCycles, cyclesOf, type ElementWork, elementWork, meanCycles } from "./cycles/array-account";
import { attentionTimes } from "./cycles/attention";
import { AttentionWork, type CountedHeadWork } from "./cycles/attention-work";
import { topCycles } from "./cycles/top";
import { aliveRows } from "./golden/execution";
import { speculate } from "./golden/speculation";
import { filterOf, type Setting } from "./predict";
import type { Trace } from "./traces/trace";

/** Heads of the stream that are counted, after the first ones, whose keys do not come while another head runs. */
const [warmUp, counted] = [2, 4];

export interface RunCycles {
  /** Of a head. */
  readonly cycles: number;
  /** Where they go. */
  readonly parts: ArrayCycles;
  /** Share of them in which the array has operands. */
  readonly busy: number;
  /** Multiply-accumulates that attention needs, of those that the elements have time for in all cycles. */
  readonly utilisation: number;
}

export interface ChoiceCycles {
  /** From the head's word to its last output, with nothing before it. */
  readonly alone: RunCycles;
  /** From a head's last output to the next one's, the same head again and again. */
  readonly stream: RunCycles;
  /** While the array works. */
  readonly elements: ElementWork;
  /** Of a top: what its register CYCLES counts for the head alone, where the bus never waits. Null of an attention unit. */
  readonly bus: number | null;
}

export interface AttentionCycles {
  readonly queries: number;
  readonly keys: number;
  /** Pairs that are attended to, of those that are alive. */
  readonly kept: number;
  readonly filtered: ChoiceCycles;
  readonly dense: ChoiceCycles;
}

/** A head of a trace, by the golden model; gives the number of rows that are done, after each. */
export function* attentionCycles(trace: Trace, config: AttentionConfig | TopConfig, setting: Setting): Generator<number, AttentionCycles, undefined> {
  const { q, k, dim, nQ, nK, causal } = trace;
  const params = attentionParameters(config);
  const filter = filterOf(setting, trace, config);
  const limits = { nValid: nK, causal, offset: 0 };
  const [filtered, dense] = [new AttentionWork(params, limits), new AttentionWork(params, limits)];
  for (const row of speculate(q, k, dim, config, { ...filter, ...limits })) {
    filtered.add(row);
    yield row.query + 1;
  }
  for (const row of aliveRows(nQ, limits)) dense.add(row);
  const works = [filtered.head(nK, filter.mode), dense.head(nK, "radius")];
  const [pairs, alive] = works.map(({ tiles }) => tiles.reduce((sum, tile) => sum + tile.pairs, 0));
  const [ofFiltered, ofDense] = works.map((work) => choiceCycles(params, work, dim, config.unit === "top" ? config.beatBytes : null));
  return { queries: nQ, keys: nK, kept: pairs / alive, filtered: ofFiltered, dense: ofDense };
}

function choiceCycles(params: AttentionShape, work: CountedHeadWork, dim: number, beatBytes: number | null): ChoiceCycles {
  const { execution } = attentionParts(params);
  const elements = elementWork(execution, work.tiles, dim);
  const { heads } = attentionTimes(params, Array.from({ length: warmUp + counted }, () => work));
  const all = heads.map((head, h) => arrayCycles(head, heads[h - 1] ?? null));
  const run = (parts: ArrayCycles): RunCycles => {
    const cycles = cyclesOf(parts);
    return { cycles, parts, busy: parts.working / cycles, utilisation: elements.needed / (execution.rows * execution.columns * cycles) };
  };
  return {
    alone: run(all[0]), stream: run(meanCycles(all.slice(warmUp))), elements, bus: beatBytes === null ? null : topCycles(params, beatBytes, work),
  };
}
