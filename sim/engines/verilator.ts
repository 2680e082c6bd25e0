/** Verilator: compiles to C++, is fast and two-valued. Builds take seconds and are cached. */

import { availableParallelism } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { UserError } from "../../generator/errors";
import type { VectorSet } from "../vectors/vectors";
import { engineBench, keepWave, parseReport, plusargs, progressListener, writeSources, writeWords } from "./bench-run";
import { cacheFolder, cacheKey, fetchEntry, storeEntry } from "./build-cache";
import { checkOptions } from "./check-options";
import type { Design, Engine, RunOptions, RunResult } from "./engine";
import { runProcess, shortened, versionLine } from "./process";
import { withTemporary } from "./temporary";
import { fetchLibrary } from "./verilator-library";

const progressCycles = 1 << 16;

/** Versions, of Verilator and of the compiler that it needs. */
interface Tools {
  readonly verilator: string;
  readonly compiler: string;
}

/** @returns null when one of them, or make, is missing or too old. */
async function tools(): Promise<Tools | null> {
  const [verilator, compiler, make] = await Promise.all([
    versionLine("verilator", "--version"), versionLine("g++", "--version"), versionLine("make", "--version"),
  ]);
  const found = /^Verilator (\d+)\S*/.exec(verilator ?? "");
  // --timing came with version 5.
  return found === null || Number(found[1]) < 5 || compiler === null || make === null
    ? null
    : { verilator: found[0].slice("Verilator ".length), compiler };
}

/** The design's warnings are for `verilator --lint-only`, not for a simulation. */
/** Functions of thousands of lines take the compiler most of the time: a 16 x 16 array 30 s, in pieces 11 s. */
const split = ["--output-split", "8000", "--output-split-cfuncs", "300"];

function flags({ wave }: RunOptions): string[] {
  const trace = wave ? [wave.format === "fst" ? "--trace-fst" : "--trace"] : [];
  return ["--cc", "--exe", "--main", "--timing", "--top-module", "tb", "--prefix", "Vtb", "-O3", "--x-initial", "unique", "-Wno-fatal", ...split, ...trace];
}

/**
 * Unoptimised start-up code compiles faster than it would run. For the rest, -O1 compiles a speculation unit in three
 * quarters of the time of -O2, and what it makes is no slower; the default -Os takes longer, and a quarter more in the run.
 */
const makeFlags = ["-f", "Vtb.mk", "OPT_FAST=-O1"];

/** Puts the simulator at `program` in `folder`. */
async function build(folder: string, design: Design, bench: string, { verilator, compiler }: Tools, options: RunOptions): Promise<void> {
  const cache = cacheFolder("verilator");
  const [program, obj] = [join(folder, "program"), join(folder, "obj")];
  const sources = [bench, ...design.files.flatMap((f) => [f.name, f.text])];
  const key = cacheKey([verilator, compiler, process.platform, process.arch, ...flags(options), ...makeFlags, ...sources]);
  if (await fetchEntry(cache, key, program)) return;
  const step = async (tool: string, args: readonly string[], cwd: string): Promise<void> => {
    const result = await runProcess(tool, args, { cwd, signal: options.signal });
    if (result.code !== 0) throw new Error(`verilator rejects ${design.circuit.top}:\n${shortened({ ...result, stdout: "" }, folder)}`);
  };
  const files = await writeSources(folder, design, bench);
  await step("verilator", [...flags(options), "--Mdir", "obj", "-o", "../program", ...files], folder);
  const storeLibrary = await fetchLibrary(cache, obj, [verilator, compiler], options.signal);
  await step("make", ["-j", String(availableParallelism()), ...makeFlags], obj);
  await storeLibrary();
  await storeEntry(cache, key, program);
}

async function run(design: Design, vectors: VectorSet, options: RunOptions): Promise<RunResult> {
  const found = await tools();
  if (found === null) {
    throw new UserError("Verilator 5 or newer is not installed: verilator, g++ and make must be on the PATH", "apt-get install verilator g++ make");
  }
  await checkOptions(verilatorEngine, options);
  const bench = engineBench(design, vectors);
  return withTemporary(async (folder) => {
    const start = performance.now();
    await build(folder, design, bench, found, options);
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
  version: async () => (await tools())?.verilator ?? null,
  run,
};
