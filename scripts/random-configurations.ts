/**
 * `npm run test:long -- --seed S --from I --cases N`: random configurations, generated, linted and verified, from number I on. The seed
 * draws configurations and heads, so that a run may be resumed where another one has ended, and a case be repeated by itself.
 */

import { parseArgs } from "node:util";
import { exitCodes } from "../generator/cli/command";
import { simulatedDesign, unitDesign } from "../generator/cli/design";
import { reportOf } from "../generator/cli/report";
import { UserError } from "../generator/errors";
import { engines } from "../sim/engines";
import type { Engine } from "../sim/engines/engine";
import { runCase } from "../sim/verification/random-case";
import { randomConfiguration } from "../sim/verification/random-configurations";

const usage = `npm run test:long -- --seed S --from I --cases N [options]
  --seed S     draws configurations and heads (default: 1)
  --from I     the first case (default: 0)
  --cases N    how many
  --every K    Verilator, which takes as long to build as all the rest, runs every K-th case (default: 8; 1: all; 0: none)
  --json       print one JSON object, when all is done
  --help       this`;

interface Options {
  readonly seed: number;
  readonly from: number;
  readonly cases: number;
  readonly every: number;
  readonly json: boolean;
}

interface Outcome {
  readonly index: number;
  readonly faults: readonly string[];
  readonly compared: number;
  readonly exact: number;
  readonly seconds: number;
}

/** @returns null where help is asked for. @throws UserError for what is no such option or value. */
function optionsOf(args: string[]): Options | null {
  const given = parsed(args);
  if (given.help) return null;
  const number = (name: "seed" | "from" | "cases" | "every", least: number): number => {
    const value = Number(given[name]);
    if (given[name]?.trim() === "" || !Number.isInteger(value) || value < least || value > 0xffffffff) throw new UserError(`--${name} is ${given[name] ?? "missing"}; allowed: an integer from ${least} to ${0xffffffff}`, usage);
    return value;
  };
  return { seed: number("seed", 1), from: number("from", 0), cases: number("cases", 1), every: number("every", 0), json: given.json };
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        seed: { type: "string", default: "1" }, from: { type: "string", default: "0" }, cases: { type: "string" }, every: { type: "string", default: "8" },
        json: { type: "boolean", default: false }, help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new UserError((error as Error).message, usage);
  }
}

async function present(): Promise<Engine[]> {
  const versions = await Promise.all(engines().map((e) => e.version()));
  return engines().filter((_, i) => versions[i] !== null);
}

async function outcome(index: number, { seed, every }: Options, all: readonly Engine[]): Promise<Outcome> {
  const start = performance.now();
  const isBuilt = every > 0 && index % every === 0;
  const config = randomConfiguration(seed, index);
  const built = { unit: unitDesign(config), bench: simulatedDesign(config) };
  const result = await runCase(config, built, all.filter((e) => e.name !== "verilator" || isBuilt), 1 + ((seed * 65_537 + index) % 0x7fffffff));
  return { index, ...result, seconds: (performance.now() - start) / 1000 };
}

async function main(): Promise<void> {
  const options = optionsOf(process.argv.slice(2));
  if (options === null) return void process.stdout.write(`${usage}\n`);
  const { seed, from, cases, json } = options;
  const say = (line: string): void => void (json || process.stdout.write(`${line}\n`));
  const all = await present();
  say(`seed ${seed}, cases ${from} to ${from + cases - 1}, in ${all.map((e) => e.name).join(", ")}`);
  const outcomes: Outcome[] = [];
  for (let index = from; index < from + cases; index++) {
    const done = await outcome(index, options, all);
    outcomes.push(done);
    const config = JSON.stringify(randomConfiguration(seed, index));
    say(`case ${index}: ${done.faults.length === 0 ? "ok" : "FAILED"}, ${done.compared} values, ${done.exact} runs with exact cycles, ${done.seconds.toFixed(1)} s ${config}`);
    done.faults.forEach((fault) => say(`  ${fault}`));
    if (done.faults.length > 0) say(`  again: npm run test:long -- --seed ${seed} --from ${index} --cases 1`);
  }
  const failed = outcomes.filter((o) => o.faults.length > 0 || o.compared === 0).length;
  if (json) process.stdout.write(`${JSON.stringify({ ok: failed === 0, seed, outcomes })}\n`);
  say(`${outcomes.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? exitCodes.ok : exitCodes.failed;
}

main().catch((error: unknown) => {
  const { code, text } = reportOf(error, false);
  process.stderr.write(`${text}\n`);
  process.exitCode = code;
});
