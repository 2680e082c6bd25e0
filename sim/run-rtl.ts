/** A whole head through the RTL of the attention unit or of the accelerator, filtered and dense, against the golden model. */

import type { FilterParameters } from "../generator/lapa/config";
import type { AttentionConfig, TopConfig } from "../generator/lapa/unit-config";
import type { Design, Engine, RunOptions, RunResult } from "./engines/engine";
import type { HeadRun } from "./run";
import { attentionVectorsOfHeads } from "./speculation-heads";
import { topVectorsOfHeads } from "./top-heads";
import type { AttentionHead } from "./vectors/attention-vectors";

export interface RtlRun extends Pick<RunResult, "engine" | "version" | "verdict" | "compared" | "cycles"> {
  readonly trace: string;
  readonly dense: boolean;
  /** The verdict is `pass`, and something was compared. */
  readonly ok: boolean;
}

/** Runs the head as it is, and once more without a filter unless it has none. No stream stalls. Of a top the cycles have its registers' traffic in them. */
export async function* runRtl(design: Design, config: AttentionConfig | TopConfig, run: HeadRun, engine: Engine, progress: RunOptions["progress"]): AsyncGenerator<RtlRun> {
  for (const dense of run.filter === null ? [true] : [false, true]) {
    const heads = [headOfRun(config, run, dense)];
    const { vectors } = config.unit === "top" ? topVectorsOfHeads(config, heads) : attentionVectorsOfHeads(config, heads);
    const stalls = { seed: 1, input: 0, output: 0 };
    const { verdict, compared, cycles, version } = await engine.run(design, vectors, { stalls, ...(progress === undefined ? {} : { progress }) });
    yield { trace: run.trace.name, engine: engine.name, version, dense, verdict, compared, cycles, ok: verdict === "pass" && compared > 0 };
  }
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
