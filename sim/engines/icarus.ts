/** Icarus Verilog: slow, and four-valued: it shows state that was never initialised. */

import { performance } from "node:perf_hooks";
import { UserError } from "../../generator/errors";
import type { VectorSet } from "../vectors/vectors";
import { benchSources, engineBench, keepWave, parseReport, plusargs, progressListener, writeWords } from "./bench-run";
import { checkOptions } from "./check-options";
import type { Design, Engine, RunOptions, RunResult } from "./engine";
import { runProcess, shortened, versionLine } from "./process";
import { withTemporary, writeBelow } from "./temporary";

const progressCycles = 256;

async function version(): Promise<string | null> {
  const [compiler, runtime] = await Promise.all([versionLine("iverilog", "-V"), versionLine("vvp", "-V")]);
  return runtime === null ? null : /version (\S+)/.exec(compiler ?? "")?.[1] ?? null;
}

async function compile(folder: string, design: Design, vectors: VectorSet, signal?: AbortSignal): Promise<void> {
  const files = await writeBelow(folder, benchSources(design, engineBench(design, vectors)));
  // -s: a module that nobody instantiates would be another root, and simulated too.
  const language = files.some((f) => f.endsWith(".sv")) ? "-g2012" : "-g2005";
  const result = await runProcess("iverilog", [language, "-s", "tb", "-o", "tb.vvp", ...files], { cwd: folder, signal });
  if (result.code !== 0) throw new Error(`icarus rejects ${design.circuit.top}:\n${shortened(result, folder)}`);
}

async function run(design: Design, vectors: VectorSet, options: RunOptions): Promise<RunResult> {
  const found = await version();
  if (found === null) throw new UserError("Icarus Verilog is not installed: iverilog and vvp are not on the PATH", "apt-get install iverilog");
  await checkOptions(icarusEngine, options);
  return withTemporary(async (folder) => {
    const start = performance.now();
    await compile(folder, design, vectors, options.signal);
    await writeWords(folder, vectors);
    const built = performance.now();
    const args = ["-n", "tb.vvp", ...(options.wave?.format === "fst" ? ["-fst"] : []), ...plusargs(vectors, options, progressCycles)];
    const result = await runProcess("vvp", args, { cwd: folder, signal: options.signal, onLine: progressListener(vectors, options) });
    const report = parseReport(result.stdout);
    if (report === null) throw new Error(`icarus ended without a verdict on ${design.circuit.top}:\n${shortened(result, folder)}`);
    await keepWave(folder, options);
    return { engine: "icarus", version: found, ...report, buildMs: built - start, runMs: performance.now() - built };
  });
}

export const icarusEngine: Engine = { name: "icarus", waves: ["vcd", "fst"], version, run };
