/** A whole head through the RTL of the attention unit or of the accelerator, filtered and dense, against the golden model. */

import { attentionParts } from "../generator/lapa/attention";
import type { FilterParameters } from "../generator/lapa/config";
import type { AttentionConfig, TopConfig } from "../generator/lapa/unit-config";
import { attentionParameters } from "../generator/lapa/units";
import type { Design, Engine, RunOptions, RunResult } from "./engines/engine";
import type { HeadRun } from "./run";
import { attentionVectorsOfHeads } from "./speculation-heads";
import { expectedHeads, topVectorsOfHeads } from "./top-heads";
import type { AttentionHead } from "./vectors/attention-vectors";
import type { VectorSet } from "./vectors/vectors";

export interface RtlRun extends Pick<RunResult, "engine" | "version" | "verdict" | "compared" | "cycles" | "buildMs" | "runMs"> {
  readonly trace: string;
  readonly dense: boolean;
  /** What the cycle model says. */
  readonly modelCycles: number;
  /** Multiply-accumulates that attention needs, of those that the array's elements have time for in all cycles. */
  readonly utilisation: number;
  /** The verdict is `pass`, something was compared, and the cycles are those of the model. */
  readonly ok: boolean;
}

/** Runs the head as it is, and once more without a filter unless it has none. No stream stalls. Of a top the cycles are those that its register CYCLES has. */
export async function* runRtl(design: Design, config: AttentionConfig | TopConfig, run: HeadRun, engine: Engine, progress: RunOptions["progress"]): AsyncGenerator<RtlRun> {
  for (const dense of run.filter === null ? [true] : [false, true]) {
    const { vectors, model } = vectorsOf(config, headOfRun(config, run, dense));
    const stalls = { seed: 1, input: 0, output: 0 };
    const { cycles, verdict, compared, version, buildMs, runMs } = await engine.run(design, vectors, { stalls, ...(progress === undefined ? {} : { progress }) });
    // The run of a top has its registers' traffic in it as well.
    const counted = config.unit === "top" && verdict === "pass" ? model : cycles;
    const ok = verdict === "pass" && compared > 0 && counted === model;
    yield { trace: run.trace.name, engine: engine.name, version, dense, verdict, compared, cycles: counted, modelCycles: model, utilisation: utilisation(config, run, dense, counted), buildMs, runMs, ok };
  }
}

function utilisation(config: AttentionConfig | TopConfig, { figures }: HeadRun, dense: boolean, cycles: number): number {
  const { rows, columns } = attentionParts(attentionParameters(config)).execution;
  return (dense ? figures.denseMacs : figures.macs) / (rows * columns * cycles);
}

/** @returns with what the cycle model says, which vectors of a top compare themselves. @throws RangeError for a head without queries. */
function vectorsOf(config: AttentionConfig | TopConfig, head: AttentionHead): { readonly vectors: VectorSet; readonly model: number } {
  if (config.unit === "top") {
    const { vectors, cycles: [counted] } = topVectorsOfHeads(config, expectedHeads(config, [head]), false);
    if (counted === null || counted === undefined) throw new RangeError(`${head.label} has no queries, and CYCLES nothing to count`);
    return { vectors, model: counted };
  }
  const { vectors, cycles } = attentionVectorsOfHeads(config, [head]);
  return { vectors, model: cycles };
}

function headOfRun({ slices }: AttentionConfig | TopConfig, { trace, filter, execution }: HeadRun, dense: boolean): AttentionHead {
  const { name, q, k, v, dim, nK, causal } = trace;
  // Without a filter its registers do nothing.
  const registers: FilterParameters = filter ?? { mode: "radius", rounds: slices.map(() => ({ rho: 0, guard: 0 })) };
  return {
    label: dense ? `${name}, dense` : name, queries: q, keys: k, values: v, dim, loads: true, firstQuery: 0, dense, execution,
    parameters: { ...registers, nValid: nK, causal, offset: 0 },
  };
}
