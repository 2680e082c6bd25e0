/** Random attention units, and heads for them. */

import { build } from "../../generator/build";
import { parseConfig } from "../../generator/lapa/config-schema";
import type { AttentionConfig } from "../../generator/lapa/unit-config";
import { elaborateUnit } from "../../generator/lapa/units";
import { builtinEngine } from "../../sim/engines/builtin/engine";
import type { Design } from "../../sim/engines/engine";
import { attentionVectorsOfHeads } from "../../sim/speculation-heads";
import type { AttentionHead } from "../../sim/vectors/attention-vectors";
import { advanceStall } from "../../sim/vectors/stalls";
import { randomHeads, type SpeculationCase } from "./speculation-cases";

export const configOf = (config: object): AttentionConfig => parseConfig({ unit: "attention", ...config }, "test") as AttentionConfig;
export const designOf = (config: AttentionConfig): Design => build(elaborateUnit(config), { configuration: null, dialect: "verilog" }).design;

/** A speculation unit's configuration with an array behind it. */
export function withArray({ config }: SpeculationCase, peRows: number): AttentionConfig {
  const { unit: _, name: __, survivorForm: ___, ...prediction } = config;
  return configOf({ ...prediction, peRows });
}

/** Random heads of the speculation unit, with values and registers of the softmax that suit scores of their size. */
export function headsFor(config: AttentionConfig, seed: number): AttentionHead[] {
  let state = seed;
  const below = (n: number): number => (state = advanceStall(state)) % n;
  const span = 2 ** config.operandBits;
  let values = new Int16Array();
  return randomHeads(config, seed).map((head): AttentionHead => {
    if (head.loads) values = Int16Array.from({ length: head.keys.length }, () => below(span) - span / 2);
    return { ...head, values, execution: { c: 1 + below(65535), s: below(32) }, dense: below(4) === 0 };
  });
}

/** Runs a case in the built-in engine, with stalls and without. @throws when a word is not as it should be. */
export async function expectAttention(given: SpeculationCase, peRows: number): Promise<void> {
  const config = withArray(given, peRows);
  const { vectors, cycles } = attentionVectorsOfHeads(config, headsFor(config, given.seed));
  const design = designOf(config);
  expect(await builtinEngine.run(design, vectors, { stalls: { seed: 1, input: 0, output: 0 } })).toMatchObject({ verdict: "pass", mismatches: [], cycles });
  const stalls = { seed: given.seed, input: given.seed % 256, output: (given.seed >> 8) % 256 };
  expect(await builtinEngine.run(design, vectors, { stalls })).toMatchObject({ verdict: "pass", mismatches: [] });
}
