/** `lapa cycles`: how many cycles the speculation unit or the attention unit takes, by the cycle models. */

import type { Options } from "yargs";
import type { HeadCycles, Workload } from "../../sim/head-cycles";
import type { Trace } from "../../sim/traces/trace";
import { UserError } from "../errors";
import type { AttentionConfig, SpeculationConfig, TopConfig } from "../lapa/unit-config";
import { attentionCycleLines } from "./attention-cycles-report";
import { type Arguments, command, type Context } from "./command";
import { configurationOptions, predictionConfiguration } from "./configuration";
import { numberList } from "./number-list";
import { paced } from "./paced";
import { settingOf, settingOptions } from "./prediction-setting";
import { checkInteger } from "./stalls";

const { set } = configurationOptions;

const options = {
  config: { type: "string", default: "base", describe: "A JSON file, or a preset's name (lapa presets), of a speculation unit, an attention unit or a top; with a head by numbers, for the speculation in it" },
  set,
  trace: { type: "string", array: true, describe: "A safetensors file, a folder of .npy files, a bundled trace, or all bundled ones (default: all)" },
  ...settingOptions,
  queries: { type: "number", describe: "Instead of a trace: number of queries" },
  keys: { type: "number", describe: "Instead of a trace: number of keys, all seen by every query" },
  survivors: { type: "string", describe: "Instead of a trace: a query's survivors after each round, with commas" },
} as const satisfies Record<string, Options>;

type CyclesArguments = Arguments<typeof options>;

type Named = HeadCycles & { readonly name: string };

export const cyclesCommand = command({
  positional: null,
  options,
  examples: [
    ["cycles", "The preset base on every bundled trace, radius 4"],
    ["cycles --config edge --trace use_in0_L00_H0 --blend 8", "One trace, another filter"],
    ["cycles --config attention-base", "Whole attention, filtered and dense, and where the cycles go"],
    ["cycles --queries 1024 --keys 1024 --survivors 400,300", "A head by numbers"],
    ["cycles --set keysPerCycle=32,8 --json", "Fewer lanes in the second round, for other programs"],
  ],
  run: async (args, context) => {
    const { config, whole } = predictionConfiguration(args, "there are cycle models of speculation and attention only");
    if (whole !== null && !isWorkload(args)) return ofAttention(args, whole, config, context);
    const heads = isWorkload(args) ? [ofWorkload(args, config)] : await ofTraces(args, config, context);
    context.progress("");
    cycleLines(whole === null ? config.name : `the speculation in ${config.name}`, config, heads).forEach(context.say);
    return { ok: true, result: { configuration: config, heads } };
  },
});

const isWorkload = ({ queries, keys, survivors }: CyclesArguments): boolean => [queries, keys, survivors].some((given) => given !== undefined);

function ofWorkload(args: CyclesArguments, config: SpeculationConfig): Named {
  const { queries, keys, survivors, trace } = args;
  if (queries === undefined || keys === undefined || survivors === undefined) {
    throw new UserError("a head by numbers needs --queries, --keys and --survivors", "add what is missing, or name a trace: --trace NAME");
  }
  if (trace !== undefined) throw new UserError("--trace and a head by numbers exclude each other", "leave out --trace, or --queries, --keys and --survivors");
  const { mode } = settingOf(args, config);
  const { workloadCycles } = require("../../sim/head-cycles") as typeof import("../../sim/head-cycles");
  const workload: Workload = { queries, keys, survivors: survivorsOf(survivors, keys, config), mode: mode === "blend" ? "blend" : "radius" };
  checkInteger("--queries", queries, 1, 65_535);
  checkInteger("--keys", keys, 1, config.maxKeys);
  return { name: `${queries} queries, ${keys} keys`, ...workloadCycles(workload, config) };
}

/** @throws UserError unless there is a number for each round, none larger than the one before. */
function survivorsOf(text: string, keys: number, { slices }: SpeculationConfig): number[] {
  const counts = numberList("--survivors", text, { min: 0, max: keys, integer: true });
  if (counts.length !== slices.length) throw new UserError(`--survivors is ${text}, ${counts.length} numbers; allowed: one for each of the ${slices.length} slices`);
  if (counts.some((n, r) => r > 0 && n > counts[r - 1])) throw new UserError(`--survivors is ${text}; allowed: no number larger than the one before it`, "a round leaves keys of those that it was given");
  return counts;
}

async function ofTraces(args: CyclesArguments, config: SpeculationConfig, context: Context): Promise<Named[]> {
  const { traceCycles } = require("../../sim/head-cycles") as typeof import("../../sim/head-cycles");
  const setting = settingOf(args, config);
  return eachTrace(args, config, context, (trace) => traceCycles(trace, config, setting));
}

async function ofAttention(args: CyclesArguments, attention: AttentionConfig | TopConfig, config: SpeculationConfig, context: Context) {
  const { attentionCycles } = require("../../sim/attention-cycles") as typeof import("../../sim/attention-cycles");
  const setting = settingOf(args, config);
  const heads = await eachTrace(args, config, context, (trace) => attentionCycles(trace, attention, setting));
  context.progress("");
  attentionCycleLines(attention, heads).forEach(context.say);
  return { ok: true, result: { configuration: attention, heads } };
}

/** Counts every trace that is asked for and fits. */
async function eachTrace<T extends object>(
  { trace: names = ["all"] }: CyclesArguments, config: SpeculationConfig, { say, progress }: Context, count: (trace: Trace) => Generator<number, T, undefined>,
): Promise<(T & { readonly name: string })[]> {
  const { headSources } = require("../../sim/predict") as typeof import("../../sim/predict");
  const heads: (T & { readonly name: string })[] = [];
  for (const { trace, skipped } of headSources(config, names)) {
    if (skipped !== null) say(`${trace.name}: skipped: ${skipped}`);
    else heads.push({ name: trace.name, ...(await paced(count(trace), (done) => progress(`${trace.name}: ${done} of ${trace.nQ} queries`))) });
  }
  return heads;
}

function cycleLines(what: string, { slices }: SpeculationConfig, heads: readonly Named[]): string[] {
  const steps = slices.map((_, r) => `steps ${r + 1}`.padStart(8));
  const title = ["head".padEnd(24), "  cycles", "    load", " a query", ...steps, "  output", "   busy"].join(" ");
  const lines = heads.map((h) => [
    h.name.padEnd(24), String(h.cycles).padStart(8), String(h.load).padStart(8), h.cyclesPerQuery.toFixed(2).padStart(8),
    ...[...h.steps, h.words].map((n) => n.toFixed(2).padStart(8)), `${(100 * h.firstRoundBusy).toFixed(1)} %`.padStart(7),
  ].join(" "));
  return [`${what}, streams that never stall`, title, ...lines, "steps, output: cycles that a query needs of each round's lanes and of the output; busy: of round 1's lanes"];
}
