/** Verilator: compiles to C++, is fast and two-valued. */

import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { UserError } from "../../generator/errors";
import type { VectorSet } from "../vectors/vectors";
import { benchSources, engineBench, keepWave, parseReport, plusargs, progressListener, writeWords } from "./bench-run";
import { checkOptions } from "./check-options";
import type { Design, Engine, RunOptions, RunResult } from "./engine";
import { runProcess, shortened } from "./process";
import { withTemporary } from "./temporary";
import { buildProgram, type Program, verilatorTools } from "./verilator-build";

const progressCycles = 1 << 16;

function simulator(design: Design, bench: string, { wave }: RunOptions): Program {
  const files = benchSources(design, bench);
  const trace = wave ? [wave.format === "fst" ? "--trace-fst" : "--trace"] : [];
  return { design: design.circuit.top, files, args: ["--main", "--timing", "--top-module", "tb", ...trace, ...files.map((f) => f.name)] };
}

async function run(design: Design, vectors: VectorSet, options: RunOptions): Promise<RunResult> {
  const found = await verilatorTools();
  if (found === null) {
    throw new UserError("Verilator 5 or newer is not installed: verilator, g++ and make must be on the PATH", "apt-get install verilator g++ make");
  }
  await checkOptions(verilatorEngine, options);
  const program = simulator(design, engineBench(design, vectors), options);
  return withTemporary(async (folder) => {
    const start = performance.now();
    await buildProgram(folder, program, found, options.signal);
    await writeWords(folder, vectors);
    const built = performance.now();
    const args = [...plusargs(vectors, options, progressCycles), ...initialValues(options)];
    const result = await runProcess(join(folder, "program"), args, { cwd: folder, signal: options.signal, onLine: progressListener(vectors, options) });
    const report = parseReport(result.stdout);
    if (report === null) throw new Error(`verilator ended without a verdict on ${design.circuit.top}:\n${shortened(result, folder)}`);
    await keepWave(folder, options);
    return { engine: "verilator", version: found.verilator, ...report, buildMs: built - start, runMs: performance.now() - built };
  });
}

/** State starts from random values. Verilator takes a seed of 1 .. 2^31 - 1. */
function initialValues({ initSeed = 1 }: RunOptions): string[] {
  return ["+verilator+rand+reset+2", `+verilator+seed+${1 + (initSeed >>> 0) % 0x7fffffff}`];
}

export const verilatorEngine: Engine = {
  name: "verilator",
  waves: ["vcd", "fst"],
  version: async () => (await verilatorTools())?.verilator ?? null,
  run,
};
