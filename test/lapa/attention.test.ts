import fc from "fast-check";
import { build } from "../../generator/build";
import { parseConfig } from "../../generator/lapa/config-schema";
import type { AttentionConfig } from "../../generator/lapa/unit-config";
import { elaborateUnit } from "../../generator/lapa/units";
import { engines } from "../../sim/engines";
import { builtinEngine } from "../../sim/engines/builtin/engine";
import type { Design, EngineName } from "../../sim/engines/engine";
import { lintVerilog } from "../../sim/lint";
import { attentionCornerHeads, attentionTraceHeads, attentionVectorsOfHeads } from "../../sim/speculation-heads";
import { bundledTraces } from "../../sim/traces/bundled";
import { readTrace } from "../../sim/traces/trace";
import type { AttentionHead } from "../../sim/vectors/attention-vectors";
import { advanceStall } from "../../sim/vectors/stalls";
import { randomHeads, type SpeculationCase, speculationCases } from "./speculation-cases";

const configOf = (config: object): AttentionConfig => parseConfig({ unit: "attention", ...config }, "test") as AttentionConfig;
const designOf = (config: AttentionConfig): Design => build(elaborateUnit(config), { configuration: null, dialect: "verilog" }).design;

/** A speculation unit's configuration with an array behind it. */
function withArray({ config }: SpeculationCase, peRows: number): AttentionConfig {
  const { unit: _, name: __, survivorForm: ___, ...prediction } = config;
  return configOf({ ...prediction, peRows });
}

/** Random heads of the speculation unit, with values and registers of the softmax that suit scores of their size. */
function headsFor(config: AttentionConfig, seed: number): AttentionHead[] {
  let state = seed;
  const below = (n: number): number => (state = advanceStall(state)) % n;
  const span = 2 ** config.operandBits;
  let values = new Int16Array();
  return randomHeads(config, seed).map((head): AttentionHead => {
    if (head.loads) values = Int16Array.from({ length: head.keys.length }, () => below(span) - span / 2);
    return { ...head, values, execution: { c: 1 + below(65535), s: below(32) }, dense: below(4) === 0 };
  });
}

test("random units and heads, with stalls and without", async () => {
  const cases = fc.tuple(speculationCases, fc.integer({ min: 1, max: 7 }));
  await fc.assert(fc.asyncProperty(cases, async ([given, peRows]) => {
    const config = withArray(given, peRows);
    const { vectors } = attentionVectorsOfHeads(config, headsFor(config, given.seed));
    const design = designOf(config);
    for (const [input, output] of [[0, 0], [given.seed % 256, (given.seed >> 8) % 256]] as const) {
      expect(await builtinEngine.run(design, vectors, { stalls: { seed: given.seed, input, output } })).toMatchObject({ verdict: "pass", mismatches: [] });
    }
  }), { numRuns: 12 });
}, 300_000);

describe("corners", () => {
  test.each([
    ["as many rows as columns", { headDim: 8, maxKeys: 40, keysPerCycle: 4, peRows: 4 }],
    ["more rows than queries, more columns than features", { headDim: 3, maxKeys: 40, keysPerCycle: 9, peRows: 13 }],
    ["one row, one column", { headDim: 5, maxKeys: 21, keysPerCycle: 1, peRows: 1 }],
    ["features that are no multiple of anything, folded", { headDim: 19, maxKeys: 30, keysPerCycle: [5, 2], featuresPerCycle: 7, peRows: 3 }],
    ["16 bits", { headDim: 9, maxKeys: 30, operandBits: 16, slices: [6, 10], keysPerCycle: 3, peRows: 2 }],
  ])("%s", async (_, given) => {
    const config = configOf(given);
    const { vectors } = attentionVectorsOfHeads(config, attentionCornerHeads(config.headDim, config.maxKeys, config, 3));
    const design = designOf(config);
    expect(await builtinEngine.run(design, vectors, { stalls: { seed: 1, input: 0, output: 0 } })).toMatchObject({ verdict: "pass" });
    expect(await builtinEngine.run(design, vectors, { stalls: { seed: 5, input: 120, output: 120 } })).toMatchObject({ verdict: "pass" });
  }, 120_000);
});

test("a real head, filtered and dense, in Icarus and Verilator", async () => {
  const trace = readTrace(bundledTraces().find((t) => t.name === "ocr_in0_L00_H0")!.path, { operandBits: 8 });
  const config = configOf({ headDim: 15, maxKeys: 216, keysPerCycle: 4, peRows: 3 });
  const design = designOf(config);
  const { vectors } = attentionVectorsOfHeads(config, attentionTraceHeads(trace, config, 8));
  for (const name of ["icarus", "verilator"] as const satisfies readonly EngineName[]) {
    expect(await engines().find((e) => e.name === name)!.run(design, vectors, { stalls: { seed: 9, input: 40, output: 40 } })).toMatchObject({ verdict: "pass" });
  }
}, 240_000);

test("clean in all tools", async () => {
  for (const given of [{ headDim: 8, maxKeys: 16, keysPerCycle: 4, peRows: 4 }, { headDim: 7, maxKeys: 20, keysPerCycle: 3, peRows: 2, logSide: "key", reset: "async-low", dialect: "systemverilog" }]) {
    const config = configOf(given);
    const { synthesis, warnings } = build(elaborateUnit(config), { configuration: null, dialect: config.dialect });
    expect(warnings).toEqual([]);
    for (const { tool, version, messages } of await lintVerilog("lapa_attention", synthesis)) expect([tool, version === null, messages]).toEqual([tool, false, ""]);
  }
}, 120_000);
