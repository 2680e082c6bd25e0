/** Programs that Verilator, a C++ compiler and make put together. Builds take seconds and are cached. */

import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { VerilogFile } from "../../generator/emit/collateral";
import { cacheFolder, cacheKey, fetchEntry, storeEntry } from "./build-cache";
import { runProcess, shortened, versionLine } from "./process";
import { writeBelow } from "./temporary";
import { fetchLibrary } from "./verilator-library";

/** Versions, of Verilator and of the compiler that it needs. */
export interface VerilatorTools {
  readonly verilator: string;
  readonly compiler: string;
}

/** @returns null when one of them, or make, is missing or too old. */
export async function verilatorTools(): Promise<VerilatorTools | null> {
  const [verilator, compiler, make] = await Promise.all([
    versionLine("verilator", "--version"), versionLine("g++", "--version"), versionLine("make", "--version"),
  ]);
  const found = /^Verilator (\d+)\S*/.exec(verilator ?? "");
  // --timing came with version 5.
  return found === null || Number(found[1]) < 5 || compiler === null || make === null
    ? null
    : { verilator: found[0].slice("Verilator ".length), compiler };
}

export interface Program {
  /** The design's name, for messages. */
  readonly design: string;
  /** Everything that is read: Verilog, C++, headers; by path relative to the folder. */
  readonly files: readonly VerilogFile[];
  /** What Verilator is told besides: the module on top, options, which of the files to compile. */
  readonly args: readonly string[];
}

/**
 * Functions of thousands of lines take the compiler most of the time: a 16 x 16 array 30 s, in pieces 11 s. Files, each of which
 * reads the same headers, are better few: the preset base took 49 s in 52 of them and takes 25 s in 17, on two cores. A
 * design's warnings are for `verilator --lint-only`, not for a simulation.
 */
const flags = [
  "--cc", "--exe", "--prefix", "Vtb", "-O3", "--x-initial", "unique", "-Wno-fatal", "--output-split", "60000", "--output-split-cfuncs", "300",
];

/**
 * Unoptimised start-up code compiles faster than it would run. For the rest, -O1 compiles a speculation unit in three
 * quarters of the time of -O2, and what it makes is no slower; the default -Os takes longer, and a quarter more in the run.
 */
const makeFlags = ["-f", "Vtb.mk", "OPT_FAST=-O1"];

/**
 * Puts the executable `program` in `folder`; the model's class is `Vtb`.
 * @throws Error with the tools' own words when they reject the design.
 */
export async function buildProgram(folder: string, { design, files, args }: Program, tools: VerilatorTools, signal?: AbortSignal): Promise<void> {
  const cache = cacheFolder("verilator");
  const [program, obj] = [join(folder, "program"), join(folder, "obj")];
  const versions = [tools.verilator, tools.compiler];
  const key = cacheKey([...versions, process.platform, process.arch, ...flags, ...args, ...makeFlags, ...files.flatMap((f) => [f.name, f.text])]);
  if (await fetchEntry(cache, key, program)) return;
  const step = async (tool: string, toolArgs: readonly string[], cwd: string): Promise<void> => {
    const result = await runProcess(tool, toolArgs, { cwd, signal });
    if (result.code !== 0) throw new Error(`verilator rejects ${design}:\n${shortened({ ...result, stdout: "" }, folder)}`);
  };
  await writeBelow(folder, files);
  await step("verilator", [...flags, "--Mdir", "obj", "-o", "../program", ...args], folder);
  const storeLibrary = await fetchLibrary(cache, obj, versions, signal);
  await step("make", ["-j", String(availableParallelism()), ...makeFlags], obj);
  await storeLibrary();
  await storeEntry(cache, key, program);
}
