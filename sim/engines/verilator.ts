/** Verilator: compiles to C++, is fast and two-valued. */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { UserError } from "../../generator/errors";
import { roomFor } from "../vectors/testbench";
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

/** Runs a built design: on vectors that the build has room for, with arguments for the program besides. */
export type Simulate = (vectors: VectorSet, options: RunOptions, args?: readonly string[]) => Promise<RunResult>;

/**
 * Builds a design once, for work that runs it as often as it likes, also several times at once.
 * @param sets what the runs will have; of one shape.
 * @throws UserError when Verilator is missing; Error with its own words when it rejects the design.
 */
export async function withSimulator<T>(design: Design, sets: readonly VectorSet[], options: RunOptions, work: (simulate: Simulate) => Promise<T>): Promise<T> {
  const found = await verilatorTools();
  if (found === null) {
    throw new UserError("Verilator 5 or newer is not installed: verilator, g++ and make must be on the PATH", "apt-get install verilator g++ make");
  }
  await checkOptions(verilatorEngine, options);
  const program = simulator(design, engineBench(design, sets[0]!, roomFor(sets, options.room)), options);
  return withTemporary(async (folder) => {
    const start = performance.now();
    await buildProgram(folder, program, found, options.signal);
    const buildMs = performance.now() - start;
    const words = new Words(folder);
    return work(async (vectors, given, more = []) => {
      const dir = await words.folderOf(vectors);
      const began = performance.now();
      const args = [...plusargs(vectors, given, progressCycles), `+dir=${dir}`, ...initialValues(given), ...more];
      const result = await runProcess(join(folder, "program"), args, { cwd: folder, signal: given.signal, onLine: progressListener(vectors, given) });
      const report = parseReport(result.stdout);
      if (report === null) throw new Error(`verilator ended without a verdict on ${design.circuit.top}:\n${shortened(result, folder)}`);
      await keepWave(folder, given);
      return { engine: "verilator", version: found.verilator, ...report, buildMs, runMs: performance.now() - began };
    });
  });
}

/** The files of vectors, written when they are first run. */
class Words {
  private readonly written = new Map<VectorSet, Promise<string>>();

  constructor(private readonly folder: string) {}

  /** Relative to the program's folder. */
  folderOf(vectors: VectorSet): Promise<string> {
    const known = this.written.get(vectors);
    if (known) return known;
    const name = `words-${this.written.size}`;
    const path = join(this.folder, name);
    const written = mkdir(path).then(() => writeWords(path, vectors)).then(() => name);
    this.written.set(vectors, written);
    return written;
  }
}

/** Verilator takes a seed of 1 .. 2^31 - 1. */
function initialValues({ initSeed = 1 }: RunOptions): string[] {
  if (initSeed === "zeros") return ["+verilator+rand+reset+0"];
  if (initSeed === "ones") return ["+verilator+rand+reset+1"];
  return ["+verilator+rand+reset+2", `+verilator+seed+${1 + (initSeed >>> 0) % 0x7fffffff}`];
}

export const verilatorEngine: Engine = {
  name: "verilator",
  waves: ["vcd", "fst"],
  version: async () => (await verilatorTools())?.verilator ?? null,
  run: (design, vectors, options) => withSimulator(design, [vectors], options, (simulate) => simulate(vectors, options)),
};
