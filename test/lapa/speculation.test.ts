import fc from "fast-check";
import { build } from "../../generator/build";
import { parseConfig } from "../../generator/lapa/config-schema";
import { presets } from "../../generator/lapa/presets";
import type { SpeculationConfig } from "../../generator/lapa/unit-config";
import { elaborateUnit } from "../../generator/lapa/units";
import { engines } from "../../sim/engines";
import { runBench } from "../../sim/engines/builtin/bench";
import { Simulator } from "../../sim/engines/builtin";
import type { Design, EngineName } from "../../sim/engines/engine";
import { traceCycles } from "../../sim/head-cycles";
import { lintVerilog } from "../../sim/lint";
import { traceHeads, vectorsOfHeads } from "../../sim/speculation-heads";
import { cornerHeads } from "../../sim/verification/corner-heads";
import { bundledTraces } from "../../sim/traces/bundled";
import { readTrace } from "../../sim/traces/trace";
import type { Head } from "../../sim/vectors/speculation-vectors";
import { advanceStall } from "../../sim/vectors/stalls";
import { wordField } from "../../sim/vectors/words";
import { expectCase, randomHeads, speculationCases } from "./speculation-cases";

const configOf = (config: object): SpeculationConfig => parseConfig({ unit: "speculation", ...config }, "test") as SpeculationConfig;
const designOf = (config: SpeculationConfig): Design => build(elaborateUnit(config), { configuration: null, dialect: "verilog" }).design;
const engine = (name: EngineName) => engines().find((e) => e.name === name)!;
const tiny = configOf(presets["tiny"]!.config);
const none = { seed: 1, input: 0, output: 0 };

test("random units: every survivor, every statistic, with stalls; and without, every cycle", async () => {
  // Always the same ones, so that what fails here is what has changed; test:long draws others.
  await fc.assert(fc.asyncProperty(speculationCases, expectCase), { numRuns: 20, seed: 4 });
}, 300_000);

describe("corners", () => {
  test.each([
    ["tiny", tiny],
    ["a window of one exponent, three rounds of different lanes", configOf({ headDim: 7, maxKeys: 50, slices: [2, 1, 5], keysPerCycle: [7, 3, 2], window: 1 })],
    ["a window of all exponents, groups", configOf({ headDim: 5, maxKeys: 70, window: 8, keysPerCycle: [6, 4], survivorForm: "groups" })],
    ["keys as log operand, features folded", configOf({ headDim: 7, maxKeys: 40, logSide: "key", featuresPerCycle: 3, keysPerCycle: 5, rounding: "nearest" })],
    ["one round, two terms, one lane", configOf({ headDim: 3, maxKeys: 40, slices: [8], terms: 2, window: null, keysPerCycle: 1 })],
    ["one key of one feature", configOf({ headDim: 1, maxKeys: 1 })],
    ["more lanes than a name could tell", configOf({ headDim: 2, maxKeys: 300, keysPerCycle: [64, 48], survivorForm: "groups", window: 2 })],
    ["as many rounds as bits", configOf({ headDim: 3, maxKeys: 9, operandBits: 4, slices: [1, 1, 1, 1], keysPerCycle: 4, window: 2 })],
  ])("%s", async (_, config) => {
    const { headDim, maxKeys } = config;
    const { vectors, cycles } = vectorsOfHeads(config, cornerHeads(headDim, maxKeys, config, 7));
    const design = designOf(config);
    expect(await engine("builtin").run(design, vectors, { stalls: none })).toMatchObject({ verdict: "pass", cycles });
    expect(await engine("icarus").run(design, vectors, { stalls: { seed: 3, input: 100, output: 100 } })).toMatchObject({ verdict: "pass", mismatches: [] });
  }, 120_000);

  test("the list has what it should", () => {
    const heads = cornerHeads(8, 100, tiny, 1);
    const has = (what: (h: Head) => boolean): void => expect(heads.some(what)).toBe(true);
    has((h) => h.parameters.nValid === 0);
    has((h) => h.parameters.causal && h.parameters.offset < 0);
    has((h) => h.parameters.causal && h.parameters.offset > 0);
    has((h) => h.keys.length === h.dim);
    has((h) => h.keys.every((x) => x === 0) && h.keys.length > 0);
    has((h) => h.queries.every((x) => x === 0) && h.queries.length > 0);
    has((h) => h.keys.every((x) => x === -128) && h.queries.every((x) => x === -128) && h.keys.length > 0);
    for (const a of [-15, 0, 15]) has(({ parameters: p }) => p.mode === "blend" && p.rounds.every((r) => r.a === a));
    for (const guard of [0, 63]) has(({ parameters: p }) => p.mode === "radius" && p.rounds.every((r) => r.guard === guard && r.rho === 0));
    has((h) => !h.loads);
  });
});

test("two-state and four-state simulators agree with the golden model on a real head", async () => {
  const trace = readTrace(bundledTraces().find((t) => t.name === "ocr_in0_L00_H0")!.path, { operandBits: 8 });
  const config = configOf({ headDim: 15, maxKeys: 256, slices: [3, 5], keysPerCycle: [8, 4], survivorForm: "groups" });
  const design = designOf(config);
  const heads = traceHeads(trace, config, 24);
  expect(heads.map((h) => h.parameters.mode)).toEqual(["radius", "radius", "radius", "radius", "blend", "blend"]);
  const { vectors, cycles } = vectorsOfHeads(config, heads);
  for (const name of ["icarus", "verilator"] as const) {
    expect(await engine(name).run(design, vectors, { stalls: none })).toMatchObject({ verdict: "pass", cycles });
    expect(await engine(name).run(design, vectors, { stalls: { seed: 9, input: 90, output: 150 } })).toMatchObject({ verdict: "pass" });
  }
}, 240_000);

test("a reset in the middle of a head leaves nothing behind", async () => {
  const { circuit } = designOf(tiny);
  const { vectors, cycles } = vectorsOfHeads(tiny, randomHeads(tiny, 5));
  const sim = new Simulator(circuit);
  let state = 77;
  for (let run = 0; run < 12; run++) {
    state = advanceStall(state);
    disturb(sim, vectors.channels, state % cycles);
    expect(await runBench(sim, vectors, { stalls: none })).toMatchObject({ verdict: "pass", cycles });
  }
});

/** Offers the input channels' words for some cycles; nobody looks at what comes out, or takes it, every other time. */
function disturb(sim: Simulator, channels: ReturnType<typeof vectorsOfHeads>["vectors"]["channels"], cycles: number): void {
  sim.reset();
  const next = new Map(channels.filter((c) => c.direction === "input").map((c) => [c, 0]));
  for (let t = 0; t < cycles; t++) {
    for (const c of channels) if (c.direction === "output") sim.poke(`${c.name}_ready`, BigInt(cycles % 2));
    for (const [c, at] of next) {
      sim.poke(`${c.name}_valid`, at < c.count ? 1n : 0n);
      c.fields.forEach((f, i) => sim.poke(f.port, at < c.count ? wordField(c, at, i) : 0n));
    }
    for (const [c, at] of next) if (at < c.count && sim.peek(`${c.name}_ready`) === 1n) next.set(c, at + 1);
    sim.step();
  }
}

test("round 1 reads keys in at least 95 % of its cycles where the rounds behind it keep up", () => {
  const setting = { mode: "radius", margins: [4, 4], guards: [6, 6] } as const;
  for (const preset of ["edge", "base", "wide"]) {
    const config = configOf({ ...presets[preset]!.config, survivorForm: "groups" });
    for (const { path } of bundledTraces()) {
      const trace = readTrace(path, { operandBits: 8 });
      if (trace.dim > config.headDim || trace.nK > config.maxKeys) continue;
      const steps = traceCycles(trace, config, setting);
      let step = steps.next();
      while (!step.done) step = steps.next();
      expect(step.value.firstRoundBusy).toBeGreaterThan(0.95);
    }
  }
});

test.each(["verilog", "systemverilog"] as const)("%s is clean in all tools", async (dialect) => {
  const configs = [
    tiny, configOf({ headDim: 3, maxKeys: 21, slices: [2, 6], keysPerCycle: [5, 2], featuresPerCycle: 2, survivorForm: "groups", reset: "async-low" }),
    configOf({ headDim: 1, maxKeys: 8192, keysPerCycle: [64, 1] }),
  ];
  for (const config of configs) {
    const { synthesis, warnings } = build(elaborateUnit(config), { configuration: null, dialect });
    expect(warnings).toEqual([]);
    for (const { tool, version, messages } of await lintVerilog("lapa_speculation", synthesis)) expect([tool, version === null, messages]).toEqual([tool, false, ""]);
  }
});
