/** `lapa run`: whole heads of attention, from Q, K and V to O, by the golden model and in RTL, and how good the output is. */

import type { Options } from "yargs";
import type { Engine } from "../../sim/engines/engine";
import type { Choice, HeadRun, RunnableHead } from "../../sim/run";
import type { RtlRun } from "../../sim/run-rtl";
import { UserError } from "../errors";
import type { AttentionConfig, SpeculationConfig, TopConfig } from "../lapa/unit-config";
import { checkOutputFile, writeOutputFile } from "../output-file";
import { type Arguments, command, type Context } from "./command";
import { configurationOptions, predictionConfiguration } from "./configuration";
import { paced } from "./paced";
import { settingOf, settingOptions } from "./prediction-setting";
import { runLines, runResult } from "./run-report";

const { set } = configurationOptions;

const options = {
  config: { type: "string", default: "base", describe: "A JSON file, or a preset's name (lapa presets), of a speculation or attention unit, or a top" },
  set,
  trace: { type: "string", array: true, describe: "A safetensors file, a folder of .npy files, a bundled trace, or all bundled ones (default: all)" },
  ...settingOptions,
  dense: { type: "boolean", describe: "Filter off: attend to every key" },
  engine: { choices: ["builtin", "icarus", "verilator"], describe: "Run the heads through the RTL of an attention unit or a top as well, filtered and dense: bit for bit, and in how many cycles" },
  out: { type: "string", describe: "Write O, a .npy file of int8 [queries][features], int16 with operandBits above 8; with one trace" },
} as const satisfies Record<string, Options>;

type RunArguments = Arguments<typeof options>;

export const runCommand = command({
  positional: null,
  options,
  examples: [
    ["run", "The preset base on every bundled trace, radius 4"],
    ["run --trace head.safetensors --radius 6,5 --guard 8 --out o.npy", "A trace of your own, a radius for each round, and the output"],
    ["run --dense --json", "Dense attention in the same arithmetic, for other programs"],
    ["run --config attention-edge --trace use_in0_L00_H0 --engine verilator", "The head through the RTL, and how much faster it is than dense"],
  ],
  run: async (args, context) => {
    const { config, whole } = predictionConfiguration(args, "a head needs the units speculation or attention");
    const engine = await engineOf(args, whole);
    const choice = choiceOf(args, config);
    const { runSources } = require("../../sim/run") as typeof import("../../sim/run");
    const { heads, skipped } = runSources(config, args.trace ?? ["all"]);
    if (args.out !== undefined) checkOut(args.out, heads.length);
    skipped.forEach(({ trace, why }) => context.say(`${trace}: skipped: ${why}`));
    const runs = await runAll(heads, config, choice, context);
    if (args.out !== undefined) writeOutput(args.out, runs[0]);
    runLines(config, choice, runs).forEach(context.say);
    if (args.out !== undefined) context.say(`${args.out}: the output, int${config.operandBits <= 8 ? 8 : 16} [${runs[0].trace.nQ}][${runs[0].trace.dim}]`);
    const rtl = engine === null ? [] : await throughRtl(whole!, runs, engine, context);
    return { ok: rtl.every((r) => r.ok), result: { ...runResult(config, choice, runs), skipped, rtl, out: args.out ?? null } };
  },
});

/** @throws UserError for an engine that is not installed, or a configuration without hardware for a whole head. */
async function engineOf({ engine, config }: RunArguments, whole: AttentionConfig | TopConfig | null): Promise<Engine | null> {
  if (engine === undefined) return null;
  if (whole === null) throw new UserError(`--engine runs RTL from Q, K and V to O, and ${config} is a configuration of speculation`, "take one of attention or top: attention-tiny, attention-edge, attention-base, top-tiny, top-base");
  const { engines } = require("../../sim/engines") as typeof import("../../sim/engines");
  const chosen = engines().find((e) => e.name === engine)!;
  if ((await chosen.version()) === null) throw new UserError(`the engine ${engine} is not installed`, "lapa doctor says what is missing");
  return chosen;
}

async function throughRtl(config: AttentionConfig | TopConfig, runs: readonly HeadRun[], engine: Engine, { say, progress }: Context): Promise<RtlRun[]> {
  const { simulatedDesign } = require("./design") as typeof import("./design");
  const { runRtl } = require("../../sim/run-rtl") as typeof import("../../sim/run-rtl");
  const { design } = simulatedDesign(config);
  const all: RtlRun[] = [];
  for (const run of runs) {
    const name = `${run.trace.name} in ${engine.name}`;
    progress(`${name}: building`);
    for await (const rtl of runRtl(design, config, run, engine, (done, total) => progress(`${name}: ${done} of ${total} words`))) {
      all.push(rtl);
      progress("");
      const filtered = all.find((r) => r.trace === rtl.trace && !r.dense);
      const gain = rtl.dense && filtered !== undefined ? `, ${(rtl.cycles / filtered.cycles).toFixed(2)} times as many as filtered` : "";
      say(`${name}${rtl.dense ? ", dense" : ""}: ${rtl.verdict}, ${rtl.compared.toLocaleString("en")} words compared, ${rtl.cycles.toLocaleString("en")} cycles${gain}, utilisation ${(100 * rtl.utilisation).toFixed(1)} %`);
    }
  }
  return all;
}

/** @throws UserError as `settingOf` does, and for a filter that is set and switched off. */
function choiceOf(args: RunArguments, config: SpeculationConfig): Choice {
  if (args.dense !== true) return settingOf(args, config);
  const given = (["radius", "rho", "blend", "guard"] as const).find((name) => args[name] !== undefined);
  if (given !== undefined) throw new UserError(`--dense switches the filter off, and --${given} sets it: only one of them`, `leave out --dense or --${given}`);
  return null;
}

async function runAll(heads: readonly RunnableHead[], config: SpeculationConfig, choice: Choice, { progress }: Context): Promise<HeadRun[]> {
  const { runHead } = require("../../sim/run") as typeof import("../../sim/run");
  const runs: HeadRun[] = [];
  for (const head of heads) {
    const { name, nQ } = head.trace;
    runs.push(await paced(runHead(head, config, choice), (done) => progress(`${name}: ${done.toLocaleString("en")} of ${nQ.toLocaleString("en")} queries`)));
  }
  progress("");
  return runs;
}

/** @throws UserError when there is not one output, or it cannot be written. */
function checkOut(file: string, heads: number): void {
  if (heads !== 1) throw new UserError(`--out takes the output of one trace, and these are ${heads}`, "add --trace NAME");
  checkOutputFile(file);
}

function writeOutput(file: string, { output, trace: { nQ, dim, operandBits } }: HeadRun): void {
  const { npyOfOperands } = require("../../sim/traces/npy-writer") as typeof import("../../sim/traces/npy-writer");
  writeOutputFile(file, npyOfOperands(output, [nQ, dim], operandBits));
}
