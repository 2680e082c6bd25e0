import fc from "fast-check";
import { build } from "../../generator/build";
import { elaborateUnit } from "../../generator/lapa/units";
import { engines } from "../../sim/engines";
import { builtinEngine } from "../../sim/engines/builtin/engine";
import type { EngineName } from "../../sim/engines/engine";
import { lintVerilog } from "../../sim/lint";
import { attentionTraceHeads, attentionVectorsOfHeads } from "../../sim/speculation-heads";
import { attentionCornerHeads } from "../../sim/verification/corner-heads";
import { bundledTraces } from "../../sim/traces/bundled";
import { readTrace } from "../../sim/traces/trace";
import { configOf, designOf, expectAttention } from "./attention-cases";
import { speculationCases } from "./speculation-cases";

test("random units and heads, with stalls and without", async () => {
  // Always the same ones, so that what fails here is what has changed; test:long draws others.
  await fc.assert(fc.asyncProperty(speculationCases, fc.integer({ min: 1, max: 7 }), expectAttention), { numRuns: 12, seed: 4 });
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
    const { vectors, cycles } = attentionVectorsOfHeads(config, attentionCornerHeads(config.headDim, config.maxKeys, config, 3));
    const design = designOf(config);
    expect(await builtinEngine.run(design, vectors, { stalls: { seed: 1, input: 0, output: 0 } })).toMatchObject({ verdict: "pass", cycles });
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
