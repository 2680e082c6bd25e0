/** `lapa verify`: the emitted Verilog and the circuit against the golden model. */

import type { Options } from "yargs";
import type { Engine } from "../../sim/engines/engine";
import type { CoveredKind } from "../../sim/verification/coverage";
import type { Difference, Run, VerifyOptions } from "../../sim/verify";
import { UserError } from "../errors";
import type { UnitConfig } from "../lapa/unit-config";
import { type Arguments, command, type Context } from "./command";
import { configurationOptions, generatedOtherwise, readConfiguration } from "./configuration";
import { cyclesFor, cyclesWithin } from "./head-cycles";
import { checkInteger, stallOptions, stallsOf } from "./stalls";

const engineNames = ["builtin", "icarus", "verilator", "all"] as const;

/** Icarus simulates a wide unit at about a thousand cycles a second. */
const icarusLimit = 2048;
const options = {
  ...configurationOptions,
  trace: { type: "string", array: true, describe: "A safetensors file, a folder of .npy files, a bundled trace, corners, random (heads; by --seed), sweep (aloc), or all (default: corners and every bundled trace)" },
  engine: { choices: engineNames, array: true, describe: "Which simulator (default: all that are installed)" },
  rtl: { type: "string", describe: "Check the Verilog in this folder instead of a fresh emission; its manifest gives the configuration" },
  limit: { type: "number", describe: `Vectors of a trace, at most, spread evenly (default: all; ${icarusLimit} in icarus); of units that take heads, queries (default: all; in builtin and icarus those that exercise most in some thousand cycles)` },
  ...stallOptions,
  wave: { type: "string", describe: "Write a waveform here; with one trace and one engine" },
  format: { choices: ["vcd", "fst"], describe: "Form of the waveform (default: by the file's name)" },
} as const satisfies Record<string, Options>;

type VerifyArguments = Arguments<typeof options>;

export const verifyCommand = command({
  positional: null,
  options,
  examples: [
    ["verify", "The default unit, on all bundled traces, in every engine there is"],
    ["verify --config aloc-dot-64-nearest --engine builtin", "A preset, in the engine that needs nothing installed"],
    ["verify --trace head.safetensors --limit 1000", "A trace of your own, a thousand vectors of it"],
    ["verify --config aloc-8 --trace sweep", "Every pair of operands"],
    ["verify --config top-tiny --trace corners", "The accelerator, from its bus to its outputs"],
    ["verify --config attention-edge --trace random --seed 7", "Random heads; another seed gives others"],
    ["verify --rtl rtl-out/lapa_aloc_dot", "Verilog that was emitted before, perhaps changed since"],
    ["verify --engine icarus --trace corners --wave run.fst", "With a waveform"],
  ],
  run: async (args, context) => {
    const { folderDesign, simulatedDesign } = require("./design") as typeof import("./design");
    const { verifiedSources } = require("../../sim/unit-vectors") as typeof import("../../sim/unit-vectors");
    const { Coverage } = require("../../sim/verification/coverage") as typeof import("../../sim/verification/coverage");
    const { verify } = require("../../sim/verify") as typeof import("../../sim/verify");
    const stalls = stallsOf(args);
    const engines = await chosenEngines(args, context);
    const { config, design } = args.rtl === undefined ? simulatedDesign(readConfiguration(args)) : folderDesign(args.rtl, args);
    const otherwise = args.rtl === undefined ? null : generatedOtherwise(args.rtl, config);
    if (otherwise !== null) context.warn(`note: ${otherwise}`);
    const limit = limits(args.limit, config);
    const cycles = (engine: Engine): number => (args.limit === undefined ? cyclesFor(config, engine, engines) : cyclesWithin(config, args.limit));
    const found = verifiedSources(config, args.trace ?? ["all"], stalls.seed);
    // A waveform is of one run.
    const sources = args.wave === undefined ? found : found.filter((s) => s.wakes === undefined);
    const wave = waveOf(args, engines, sources.length);
    for (const { name, skipped } of sources) if (skipped !== null) context.say(`${name}: skipped: ${skipped}`);
    const coverage = new Coverage();
    const runs = await report(rejected(args.rtl, verify(design, sources, {
      engines, run: { stalls, initSeed: stalls.seed, ...(wave ? { wave } : {}) }, limit, cycles, coverage, progress: shownBy(context),
    })), context);
    const covered = coverage.summary();
    coverageLines(covered).forEach(context.say);
    verdict(runs, context);
    return { ok: runs.length > 0 && runs.every((r) => r.ok), result: { unit: config.unit, top: config.name, runs, coverage: covered } };
  },
});

/** Those that are installed; the others are named. @throws UserError when one that is asked for is not installed, or cannot read Verilog that is given. */
async function chosenEngines({ engine = ["all"], rtl }: VerifyArguments, { say }: Context): Promise<readonly Engine[]> {
  const { engines } = require("../../sim/engines") as typeof import("../../sim/engines");
  if (rtl !== undefined && engine.includes("builtin")) {
    throw new UserError("the built-in engine simulates the circuit, not the Verilog that --rtl names", "use --engine icarus or verilator");
  }
  const wanted = engines().filter((e) => (rtl === undefined || e.name !== "builtin") && (engine.includes("all") || engine.includes(e.name)));
  const versions = await Promise.all(wanted.map((e) => e.version()));
  const missing = wanted.find((e, i) => versions[i] === null && engine.includes(e.name));
  if (missing !== undefined) throw new UserError(`the engine ${missing.name} is not installed`, "lapa doctor says what is missing");
  const present = wanted.filter((_, i) => versions[i] !== null);
  wanted.filter((e) => !present.includes(e)).forEach((e) => say(`${e.name}: not installed (lapa doctor says how to install it)`));
  if (present.length === 0) throw new UserError("neither Icarus nor Verilator is installed, and only they read Verilog", "lapa doctor says how to install them");
  return present;
}

function limits(limit: number | undefined, { unit }: UnitConfig): VerifyOptions["limit"] {
  if (limit !== undefined) checkInteger("--limit", limit, 1, Number.MAX_SAFE_INTEGER);
  if (unit === "speculation" || unit === "attention" || unit === "top") return () => limit ?? Infinity;
  return (engine) => limit ?? (engine.name === "icarus" ? icarusLimit : Infinity);
}

type Wave = { readonly file: string; readonly format: "vcd" | "fst" };

function waveOf({ wave, format }: VerifyArguments, engines: readonly Engine[], sources: number): Wave | null {
  if (wave === undefined) {
    if (format !== undefined) throw new UserError("--format is for a waveform, and there is none", "add --wave FILE");
    return null;
  }
  if (sources !== 1 || engines.length !== 1) {
    throw new UserError(`a waveform is of one run, and these are ${sources * engines.length}`, "add --trace NAME and --engine NAME");
  }
  const chosen = format ?? (wave.endsWith(".fst") ? "fst" : "vcd");
  const [{ name, waves }] = engines;
  if (!waves.includes(chosen)) throw new UserError(`the engine ${name} does not write ${chosen}`, `it writes ${waves.join(", ")}`);
  return { file: wave, format: chosen };
}

function shownBy({ progress }: Context): VerifyOptions["progress"] {
  return (source, engine, done, total) => progress(`${engine} on ${source}: ${count(done)} of ${count(total)}`);
}

/** What a simulator says against Verilog that was given is the giver's mistake; against our own it would be ours. */
async function* rejected(rtl: string | undefined, runs: AsyncIterable<Run>): AsyncGenerator<Run> {
  try {
    yield* runs;
  } catch (error) {
    if (rtl === undefined || error instanceof UserError || !(error instanceof Error)) throw error;
    throw new UserError(`${rtl}: ${error.message}`, "mend the Verilog, or emit it again: lapa generate");
  }
}

/** Prints runs as they end. */
async function report(runs: AsyncIterable<Run>, { say, progress }: Context): Promise<Run[]> {
  const all: Run[] = [];
  for await (const run of runs) {
    progress("");
    all.push(run);
    say(runLine(run));
    if (run.verdict === "hang") say("  hang: words are missing, and none that is expected has moved since; is a valid or a ready stuck?");
    if (run.verdict === "extra") say("  extra: a word came out that nobody expects");
    if (run.difference !== null) differenceLines(run.difference).forEach((line) => say(line));
  }
  return all;
}

/** Points that are named, of a kind that has missed some. */
const namedPoints = 4;

/** What was exercised, a line a kind; of what was not, the first by name. */
function coverageLines(kinds: readonly CoveredKind[]): string[] {
  const width = Math.max(0, ...kinds.map(({ kind }) => kind.length));
  return kinds.filter(({ points }) => points > 0).map(({ kind, points, hit, missing }) => {
    const rest = missing.length > namedPoints ? `, and ${count(missing.length - namedPoints)} more` : "";
    return `exercised  ${kind.padEnd(width)}  ${`${count(hit)} of ${count(points)}`.padStart(14)}${missing.length === 0 ? "" : `   not: ${missing.slice(0, namedPoints).join("; ")}${rest}`}`;
  });
}

function verdict(all: readonly Run[], { say }: Context): void {
  const failed = all.filter((r) => !r.ok).length;
  const compared = all.reduce((sum, r) => sum + r.compared, 0);
  say(failed === 0 && all.length > 0
    ? `PASS: ${count(compared)} values compared in ${all.length} run${all.length === 1 ? "" : "s"}, all as the golden model has them`
    : `FAIL: ${failed} of ${all.length} runs failed; ${count(compared)} values compared`);
}

const count = (n: number): string => n.toLocaleString("en");

/** How the cycles are beside those of the model, where the run is held to it. */
function modelText({ isCounted, verdict, modelCycles, cycles }: Run): string {
  if (isCounted) return verdict === "pass" ? ", CYCLES as modelled" : "";
  if (modelCycles === null) return "";
  return modelCycles === cycles ? ", cycles as modelled" : `, and the model has ${count(modelCycles)} cycles`;
}

function runLine(run: Run): string {
  const { engine, source, compared, available, cycles, runMs, verdict, stalled } = run;
  const share = compared === available ? count(compared) : `${count(compared)} of ${count(available)}`;
  const rate = Math.round(compared / Math.max(runMs, 1) * 1000);
  const result = verdict === "pass" && compared === 0 ? "nothing compared" : verdict;
  const model = modelText(run);
  const stalls = stalled || model === "" ? "" : ", without stalls";
  return `${engine.padEnd(9)}  ${source.padEnd(18)}  ${share.padStart(18)} compared  ${count(cycles).padStart(9)} cycles  ${count(rate).padStart(9)}/s  ${result}${stalls}${model}`;
}

/** The first differing vector, and the integers that it was made from. */
function differenceLines({ channel, index, cycle, field, expected, got, origin }: Difference): string[] {
  const first = `  first difference: cycle ${cycle}, word ${index} of ${channel}, ${field}: expected ${expected}, got ${got}`;
  if (origin === null) return [first];
  const operands = [["log operand   ", origin.log], ["linear operand", origin.linear]] as const;
  return [first, `    made from ${origin.label}`, ...operands.filter(([, values]) => values.length > 0).map(([name, values]) => `    ${name} ${values.join(" ")}`)];
}
