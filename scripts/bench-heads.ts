/** Whole heads through the accelerator's RTL from bus to bus, in Verilator. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "../generator/build";
import { parseConfig } from "../generator/lapa/config-schema";
import { presets } from "../generator/lapa/presets";
import type { TopConfig } from "../generator/lapa/unit-config";
import { elaborateBench } from "../generator/lapa/units";
import type { Engine } from "../sim/engines/engine";
import { type HeadRun, runHead, runnable } from "../sim/run";
import { type RtlRun, runRtl } from "../sim/run-rtl";
import { resolveTrace } from "../sim/traces/bundled";
import { readTrace, type Trace } from "../sim/traces/trace";
import { type Figure, present, randomTrace } from "./bench-figure";

const configOf = (preset: string): TopConfig => parseConfig(presets[preset]!.config, preset) as TopConfig;

function golden(trace: Trace, config: TopConfig): HeadRun {
  const rows = runHead(runnable(trace), config, { mode: "radius", margins: config.slices.map(() => 4), guards: config.slices.map(() => 6) });
  for (;;) {
    const next = rows.next();
    if (next.done === true) return next.value;
  }
}

/** The head filtered, then dense. @throws Error where it is not as the golden model has it, or takes other cycles than the model. */
async function through(engine: Engine, config: TopConfig, trace: Trace): Promise<[RtlRun, RtlRun]> {
  const { design } = build(elaborateBench(config), { configuration: null, dialect: "verilog" });
  const runs: RtlRun[] = [];
  for await (const run of runRtl(design, config, golden(trace, config), engine, undefined)) {
    if (!run.ok) throw new Error(`${trace.name} in ${engine.name}: ${run.verdict}, ${run.cycles} cycles, by the model ${run.modelCycles}`);
    runs.push(run);
  }
  const [filtered, dense] = runs;
  return [filtered!, dense!];
}

/** Seconds in which the command line writes the preset. */
function generated(preset: string, folder: string): number {
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [join(__dirname, "..", "generator", "cli", "main.js"), "generate", "--config", preset, "--out", join(folder, preset)], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return (performance.now() - begin) / 1000;
}

/** `top-base`: from the command to its Verilog, from that to a simulator, and whole heads in it, every output and counter compared. */
export async function wholeHeads(): Promise<Figure[]> {
  const engine = (await present()).find((e) => e.name === "verilator");
  if (engine === undefined) return [];
  const cache = process.env["XDG_CACHE_HOME"];
  const folder = mkdtempSync(join(tmpdir(), "lapa-bench-"));
  // Nothing is built yet but Verilator's own library, which all designs share.
  process.env["XDG_CACHE_HOME"] = folder;
  try {
    const real = (name: string): Trace => readTrace(resolveTrace(name), { operandBits: 8 });
    const [one] = await through(engine, configOf("top-tiny"), randomTrace(8, 8));
    const config = configOf("top-base");
    const heads = [randomTrace(480, 8), real("use_in0_L00_H0"), randomTrace(1024, 64)];
    const figures: Figure[] = [{ name: "generate top-base", value: generated("top-base", folder), unit: "s", beside: "the whole command" }];
    for (const [i, trace] of heads.entries()) {
      const [filtered, dense] = await through(engine, config, trace);
      if (i === 0) figures.push({ name: "build top-base, verilator", value: filtered.buildMs / 1000, unit: "s", beside: `top-tiny with the library: ${(one.buildMs / 1000).toFixed(1)} s` });
      const rate = (run: RtlRun): number => (1000 * run.cycles) / run.runMs;
      const name = `head ${trace.nQ} x ${trace.nK} x ${trace.dim}, verilator`;
      figures.push({ name, value: rate(filtered), unit: "cycles/s", beside: `${filtered.cycles} cycles, dense ${dense.cycles} at ${Math.round(rate(dense))} cycles/s; as the model has them` });
    }
    return figures;
  } finally {
    if (cache === undefined) delete process.env["XDG_CACHE_HOME"];
    else process.env["XDG_CACHE_HOME"] = cache;
    rmSync(folder, { recursive: true });
  }
}
