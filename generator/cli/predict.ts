/** `lapa predict`: what the speculation unit keeps of attention, and what that costs, by the golden model. */

import type { Options } from "yargs";
import type { HeadPrediction, HeadSource } from "../../sim/predict";
import type { Sweep } from "../../sim/sweep";
import type { Trace } from "../../sim/traces/trace";
import { UserError } from "../errors";
import type { SpeculationConfig } from "../lapa/unit-config";
import { checkOutputFile, writeOutputFile } from "../output-file";
import { type Arguments, command, type Context, type Outcome } from "./command";
import { configurationOptions, predictionConfiguration } from "./configuration";
import { paced } from "./paced";
import { settingOf, sweepOf } from "./prediction-setting";
import { predictionLines, predictionResult, sweepLines } from "./prediction-report";

const { set } = configurationOptions;

const options = {
  config: { type: "string", default: "base", describe: "A JSON file, or a preset's name (lapa presets), of a speculation or attention unit" },
  set,
  trace: { type: "string", array: true, describe: "A safetensors file, a folder of .npy files, a bundled trace, or all bundled ones (default: all)" },
  radius: { type: "string", describe: "Keep keys so far below a row's best, in natural-log units of score; one number, or one a round (default: 4)" },
  rho: { type: "string", describe: "The same as the registers have it, in units of 2^(W - p_r)" },
  blend: { type: "string", describe: "Keep keys above the mean moved a/16 of the way to the best, or with a < 0 to the worst; -15 to 15 (write --blend=-3)" },
  guard: { type: "string", describe: "Allowance for bits not yet read, 0 to 63, with --radius and --rho (default: 6; 0 with logSide key)" },
  masks: { type: "string", describe: "Write which keys were kept, a .npy file of bool [queries][keys]; with one trace" },
  sweep: { type: "boolean", describe: "Kept keys against lost attention for many values; those of --radius or --blend, each for all rounds" },
  out: { type: "string", describe: "With --sweep: write a chart, FILE.svg or FILE.html" },
} as const satisfies Record<string, Options>;

type PredictArguments = Arguments<typeof options>;

export const predictCommand = command({
  positional: null,
  options,
  examples: [
    ["predict", "The preset base on every bundled trace, radius 4"],
    ["predict --set slices=2,2,4 --radius 6,5,4 --guard 8", "Three rounds, a radius for each"],
    ["predict --trace head.safetensors --blend 8 --masks mask.npy", "A trace of your own, another filter, and the masks"],
    ["predict --config edge --trace use_in0_L00_H0 --json", "For other programs"],
    ["predict --sweep --out sweep.html", "The curve, as a page that stands alone"],
    ["predict --sweep --blend=-8,-4,0,4,8,12", "The same over blends"],
  ],
  run: async (args, context) => {
    const { config } = predictionConfiguration(args, "only the units speculation and attention predict");
    return args.sweep === true ? runSweep(args, config, context) : runPrediction(args, config, context);
  },
});

async function runPrediction(args: PredictArguments, config: SpeculationConfig, context: Context): Promise<Outcome> {
  if (args.out !== undefined) throw new UserError("--out is for the chart of a sweep", "add --sweep, or write masks: --masks FILE");
  const setting = settingOf(args, config);
  const sources = chosenSources(args, config, context);
  const heads: { trace: Trace; prediction: HeadPrediction }[] = [];
  if (args.masks !== undefined) {
    const count = sources.filter((s) => s.skipped === null).length;
    if (count !== 1) throw new UserError(`masks are of one trace, and these are ${count}`, "add --trace NAME");
    checkOutputFile(args.masks);
  }
  const { predictHead } = require("../../sim/predict") as typeof import("../../sim/predict");
  for (const { trace, skipped } of sources) {
    if (skipped === null) heads.push({ trace, prediction: await paced(predictHead(trace, config, setting), shownBy(context, trace)) });
  }
  context.progress("");
  if (args.masks !== undefined) writeMasks(args.masks, heads[0].trace, heads[0].prediction.mask);
  predictionLines(config, setting, heads).forEach(context.say);
  if (args.masks !== undefined) context.say(`${args.masks}: the mask, bool [${heads[0].trace.nQ}][${heads[0].trace.nK}]`);
  return { ok: true, result: { ...predictionResult(config, setting, heads), skipped: skippedOf(sources), masks: args.masks ?? null } };
}

async function runSweep(args: PredictArguments, config: SpeculationConfig, context: Context): Promise<Outcome> {
  if (args.masks !== undefined) throw new UserError("--masks is for one prediction, not for a sweep", "leave out --sweep");
  const { out } = args;
  if (out !== undefined && !/\.(svg|html)$/.test(out)) throw new UserError(`--out is ${out}; allowed: a name that ends in .svg or .html`);
  if (out !== undefined) checkOutputFile(out);
  const sweep = sweepOf(args, config);
  const sources = chosenSources(args, config, context);
  const { SweepMeter } = require("../../sim/sweep") as typeof import("../../sim/sweep");
  const meter = new SweepMeter(config, sweep);
  const traces = sources.filter((s) => s.skipped === null).map((s) => s.trace);
  for (const trace of traces) await paced(meter.add(trace), shownBy(context, trace));
  context.progress("");
  const curves = meter.curves();
  sweepLines(sweep.mode, curves).forEach(context.say);
  if (out !== undefined) {
    writeOutputFile(out, chart(out, curves, sweep.mode, traces));
    context.say(`${out}: the chart`);
  }
  return { ok: true, result: { configuration: config, ...sweep, traces: traces.map((t) => t.name), skipped: skippedOf(sources), curves, out: out ?? null } };
}

function chart(file: string, curves: Parameters<typeof sweepLines>[1], mode: Sweep["mode"], traces: readonly Trace[]): string {
  const { sweepPage, sweepSvg } = require("../../sim/charts/sweep-chart") as typeof import("../../sim/charts/sweep-chart");
  const title = `Attention lost against keys kept, ${traces.length === 1 ? traces[0].name : `${traces.length} heads`}`;
  return (file.endsWith(".svg") ? sweepSvg : sweepPage)(curves, mode, title);
}

function chosenSources({ trace = ["all"] }: PredictArguments, config: SpeculationConfig, { say }: Context): HeadSource[] {
  const { headSources } = require("../../sim/predict") as typeof import("../../sim/predict");
  const sources = headSources(config, trace);
  for (const { trace: { name }, skipped } of sources) if (skipped !== null) say(`${name}: skipped: ${skipped}`);
  return sources;
}

const skippedOf = (sources: readonly HeadSource[]) => sources.flatMap(({ trace, skipped }) => (skipped === null ? [] : [{ trace: trace.name, why: skipped }]));

function shownBy({ progress }: Context, { name, nQ }: Trace): (done: number) => void {
  return (done) => progress(`${name}: ${done.toLocaleString("en")} of ${nQ.toLocaleString("en")} queries`);
}

function writeMasks(file: string, { nQ, nK }: Trace, mask: Uint8Array): void {
  const { npyOfBool } = require("../../sim/traces/npy-writer") as typeof import("../../sim/traces/npy-writer");
  writeOutputFile(file, npyOfBool(mask, [nQ, nK]));
}

