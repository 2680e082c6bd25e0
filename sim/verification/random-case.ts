/** A random configuration from its generation to its verdict. */

import type { VerilogFile } from "../../generator/emit/collateral";
import type { UnitConfig } from "../../generator/lapa/unit-config";
import type { Design, Engine } from "../engines/engine";
import { lintVerilog } from "../lint";
import { corners, random, verifiedSources } from "../unit-vectors";
import { type Run, verify } from "../verify";

export interface CaseResult {
  /** What is wrong, a line each; none where all is well. */
  readonly faults: readonly string[];
  readonly compared: number;
  /** Runs that were held to a model of their cycles. */
  readonly exact: number;
}

/** What is built of a unit, for linters, and of its bench, for engines. */
export interface BuiltCase {
  readonly unit: { readonly warnings: readonly { readonly code: string; readonly message: string }[]; readonly synthesis: readonly VerilogFile[] };
  readonly bench: { readonly design: Design };
}

/** Cycles of heads for each source, and words of units that take none. */
const cyclesOf: Readonly<Record<Engine["name"], number>> = { builtin: 3000, icarus: 800, verilator: Infinity };
const wordsOf: Readonly<Record<Engine["name"], number>> = { builtin: 2000, icarus: 200, verilator: 20_000 };

/**
 * Lints what is built, and runs corners and random vectors, with stalls and without.
 * @param seed of stalls, random vectors and initial values.
 */
export async function runCase(config: UnitConfig, { unit, bench }: BuiltCase, engines: readonly Engine[], seed: number): Promise<CaseResult> {
  const faults = unit.warnings.map((w) => `warning ${w.code}: ${w.message}`);
  for (const { tool, version, clean, messages } of await lintVerilog(config.name, unit.synthesis)) {
    if (version === null) faults.push(`${tool} is not installed`);
    else if (!clean) faults.push(`${tool}: ${messages}`);
  }
  const isPair = config.unit === "aloc" || config.unit === "aloc_dot";
  const sources = verifiedSources(config, isPair ? [corners] : [corners, random], seed);
  const stalls = { seed, input: [64, 8, 160][seed % 3], output: [64, 120, 8][seed % 3] };
  let [compared, exact] = [0, 0];
  for await (const run of verify(bench.design, sources, {
    engines, run: { stalls, initSeed: seed }, limit: ({ name }) => (isPair ? wordsOf[name] : Infinity), cycles: ({ name }) => cyclesOf[name],
  })) {
    compared += run.compared;
    if (run.modelCycles !== null || run.isCounted) exact++;
    if (!run.ok) faults.push(failure(run));
  }
  return { faults, compared, exact };
}

function failure({ engine, source, stalled, verdict, cycles, modelCycles, difference }: Run): string {
  const model = modelCycles === null ? "" : `, and the model has ${modelCycles}`;
  const where = difference === null ? "" : `: word ${difference.index} of ${difference.channel}, ${difference.field}: expected ${difference.expected}, got ${difference.got}`;
  return `${engine} on ${source}, ${stalled ? "with stalls" : "without stalls"}: ${verdict} after ${cycles} cycles${model}${where}`;
}
