/**
 * `npm run test:mutation`: does the verdict of `lapa verify` mean something? Seeds faults in units, runs the vectors that it
 * would run, and prints how many are noticed and which are not. See docs/verification.md.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { UserError } from "lapa";
import { readConfiguration } from "../generator/cli/configuration";
import { exitCodes } from "../generator/cli/command";
import { simulatedDesign } from "../generator/cli/design";
import { reportOf } from "../generator/cli/report";
import { stallOptions } from "../generator/cli/stalls";
import { type KnownSurvivor, knownSurvivors } from "../sim/mutation/known";
import { modulesText, survivorLines, totalText } from "../sim/mutation/report";
import { byKind, byModule, scoreOf, scoresBy, type Study, study } from "../sim/mutation/study";
import { identity } from "../sim/mutation/fault";
import { all, verifiedSources } from "../sim/unit-vectors";

const usage = `npm run test:mutation -- [options]
  --config NAME    a configuration, as lapa verify takes it; may be repeated (default: tiny and top-tiny)
  --set KEY=VALUE  sets one key of every configuration; may be repeated
  --faults N       how many faults a configuration is given, fairly over its modules; or all (default: 400)
  --seed N         another one takes other faults (default: 1)
  --module NAME    only faults of this module
  --least PERCENT  of the faults that could be noticed, so many must be (default: 98)
  --proof SECONDS  for each attempt to prove that a survivor changes nothing; 0: none (default: 5)
  --json           print one JSON object
  --help           this`;

interface Options {
  readonly configs: readonly string[];
  readonly set: readonly string[];
  readonly count: number;
  readonly seed: number;
  readonly module: string | null;
  readonly least: number;
  readonly proofSeconds: number;
  readonly json: boolean;
}

/** @returns null where help is asked for. @throws UserError for what is no such option or value. */
function optionsOf(args: string[]): Options | null {
  const { values } = parsed(args);
  if (values.help) return null;
  const configs = values.config ?? ["tiny", "top-tiny"];
  return {
    configs, set: values.set ?? [], module: values.module ?? null, json: values.json,
    count: values.faults === "all" ? Infinity : number("--faults", values.faults, 1, 1_000_000),
    seed: number("--seed", values.seed, 0, 0xffffffff),
    least: number("--least", values.least, 0, 100, false),
    proofSeconds: number("--proof", values.proof, 0, 3600),
  };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        config: { type: "string", multiple: true }, set: { type: "string", multiple: true }, faults: { type: "string", default: "400" }, seed: { type: "string", default: "1" },
        module: { type: "string" }, least: { type: "string", default: "98" }, proof: { type: "string", default: "5" }, json: { type: "boolean", default: false }, help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new UserError((error as Error).message, usage);
  }
}

function number(option: string, text: string, min: number, max: number, isWhole = true): number {
  const value = Number(text);
  const isGood = text.trim() !== "" && value >= min && value <= max && (!isWhole || Number.isInteger(value));
  if (!isGood) throw new UserError(`${option} is ${text}; allowed: ${isWhole ? "an integer" : "a number"} from ${min} to ${max}${option === "--faults" ? ", or all" : ""}`, usage);
  return value;
}

/** The list is about the bundled configurations as they are. */
function known(config: string, set: readonly string[]): KnownSurvivor[] {
  if (set.length > 0) return [];
  const file = join(__dirname, "..", "..", "sim", "mutation", "known-survivors.json");
  return knownSurvivors(readFileSync(file, "utf8"), "sim/mutation/known-survivors.json").filter((k) => k.config === config);
}

async function studied(name: string, { set, count, seed, module, proofSeconds }: Options): Promise<Study> {
  const { config, design } = simulatedDesign(readConfiguration({ config: name, set }));
  // What `lapa verify --config NAME` runs in Verilator.
  const [verifySeed, input, output] = [stallOptions.seed.default, stallOptions["stall-in"].default, stallOptions["stall-out"].default];
  const run = { stalls: { seed: verifySeed, input, output }, initSeed: verifySeed, limit: Infinity };
  return study(design.circuit, config.name, verifiedSources(config, [all], verifySeed), { run, count, seed, module, proofSeconds }, known(name, set),
    (what, done, total) => progress(`${name}: ${done} of ${total} ${what === "seeded" ? "faults run" : "survivors looked at by Yosys"}`));
}

/** A line that the next one replaces, where somebody watches. */
function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
}

/** What --json prints of a study. */
function machineReadable(config: string, { population, judged, figures, listFaults }: Study): object {
  const survivors = judged.filter((j) => j.outcome !== "noticed").map(({ fault, outcome, proof, reason }) => ({ fault: identity(fault), outcome, proof, reason }));
  return { config, population, ...scoreOf(judged), modules: scoresBy(judged, byModule), kinds: scoresBy(judged, byKind), survivors, listFaults, figures };
}

async function main(): Promise<void> {
  const options = optionsOf(process.argv.slice(2));
  if (options === null) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const results: object[] = [];
  let ok = true;
  for (const config of options.configs) {
    const result = await studied(config, options);
    progress("");
    ok &&= scoreOf(result.judged).score >= options.least && result.listFaults.length === 0;
    results.push(machineReadable(config, result));
    if (!options.json) process.stdout.write(`${[modulesText(result), ...survivorLines(result), totalText(config, result, options.least)].join("\n")}\n\n`);
  }
  if (options.json) process.stdout.write(`${JSON.stringify({ ok, seed: options.seed, least: options.least, studies: results }, null, 2)}\n`);
  process.exitCode = ok ? exitCodes.ok : exitCodes.failed;
}

main().catch((error: unknown) => {
  progress("");
  const { code, text } = reportOf(error, true);
  process.stderr.write(`${text}\n`);
  process.exitCode = code;
});
