import { type AlocFormat, elaborate, type LogicModule } from "lapa";
import { AlocDot, type AlocDotParameters } from "../../generator/lapa/aloc-dot";
import { builtinEngine, Simulator } from "../../sim/engines/builtin";
import type { Engine } from "../../sim/engines/engine";
import { icarusEngine } from "../../sim/engines/icarus";
import { verilatorEngine } from "../../sim/engines/verilator";
import { sumWidth } from "../../sim/golden/aloc";
import { bundledTraces } from "../../sim/traces/bundled";
import { readTrace } from "../../sim/traces/trace";
import { alocDotCorners, alocDotVectors } from "../../sim/vectors/aloc-vectors";
import type { Stalls } from "../../sim/vectors/stalls";
import type { VectorSet } from "../../sim/vectors/vectors";
import { requireTool, scratch } from "../engines/engine-suite";
import { build } from "./build";
import { formats, named } from "./formats";

process.env.XDG_CACHE_HOME = scratch();
requireTool(icarusEngine, "apt-get install iverilog");
requireTool(verilatorEngine, "apt-get install verilator g++ make");

const floor8: AlocFormat = { operandBits: 8, rounding: "floor", terms: 1, window: null };
const stalls: Stalls = { seed: 7, input: 90, output: 90 };
const none: Stalls = { seed: 1, input: 0, output: 0 };

function unit(format: AlocFormat, headDim: number, treeRegisters: number): AlocDotParameters {
  return { ...format, logSide: "query", headDim, treeRegisters };
}

function corners({ headDim, logSide, treeRegisters, ...format }: AlocDotParameters, random = 40): VectorSet {
  return alocDotCorners({ design: "lapa_aloc_dot", headDim, logSide, format }, { random }).vectors;
}

async function passes(engine: Engine, params: AlocDotParameters, vectors = corners(params), options = { stalls }): Promise<number> {
  const result = await engine.run(build(AlocDot, params), vectors, options);
  expect(result).toMatchObject({ verdict: "pass", mismatches: [], compared: vectors.channels[0]!.count });
  return result.cycles;
}

describe("every shape", () => {
  test.each([1, 2, 3, 5, 7, 16, 31, 64])("%d lanes, with every number of registers", async (headDim) => {
    const most = Math.ceil(Math.log2(headDim)) + 1;
    for (let registers = 0; registers <= most; registers++) await passes(builtinEngine, unit(floor8, headDim, registers));
    expect(() => elaborate(AlocDot, unit(floor8, headDim, most + 1))).toThrow(`treeRegisters is ${most + 1}`);
  });

  const every = formats([2, 3, 8, 13, 16], (W) => [null, 1, 3, W].filter((L) => L === null || L <= W));
  test.each(every.map((f) => [named(f), f] as const))("%s", async (_, format) => {
    for (const headDim of [1, 5, 16]) await passes(builtinEngine, unit(format, headDim, 1));
  });

  test("the largest and the smallest", async () => {
    await passes(builtinEngine, unit({ ...floor8, operandBits: 16, terms: 2 }, 256, 3), undefined, { stalls: none });
    await passes(builtinEngine, unit({ ...floor8, operandBits: 2 }, 1, 0));
    await passes(builtinEngine, unit({ ...floor8, operandBits: 4 }, 255, 9));
  });

  test("sums are exactly as wide as they can get", () => {
    for (const format of formats([2, 8, 16], (W) => [null, 2, W])) {
      for (const headDim of [1, 2, 3, 33, 256]) {
        const top = elaborate(AlocDot, unit(format, headDim, 0)).modules.at(-1) as LogicModule;
        expect(top.ports.find((p) => p.name === "out_sum")!.width).toBe(sumWidth(headDim, format));
      }
    }
  });
});

describe.each([icarusEngine, verilatorEngine])("the Verilog in $name", (engine) => {
  test.each([[7, { ...floor8, terms: 2 }, 0], [31, { ...floor8, operandBits: 5, window: 3 }, 6]] as const)(
    "%d lanes of %j, %d registers", async (headDim, format, registers) => {
      const params = unit(format, headDim, registers);
      const cycles = await passes(engine, params);
      expect(await passes(builtinEngine, params)).toBe(cycles);
    });

  test("a real head, keys encoded", async () => {
    const trace = readTrace(bundledTraces().find((t) => t.name === "lm_in0_L00_H0")!.path, { operandBits: 8 });
    const format: AlocFormat = { ...floor8, rounding: "nearest" };
    const { vectors } = alocDotVectors({ design: "lapa_aloc_dot", headDim: 64, logSide: "key", format }, trace, { rows: 2 });
    await passes(engine, { ...unit(format, 64, 3), logSide: "key" }, vectors);
  });
});

describe("flow", () => {
  test.each([0, 1, 2, 5, 7])("%d registers: a word a cycle, and so many cycles of latency", async (registers) => {
    const params = unit(floor8, 64, registers);
    const vectors = corners(params);
    expect(await passes(builtinEngine, params, vectors, { stalls: none })).toBe(vectors.channels[0]!.count + registers);
    expect((elaborate(AlocDot, params).modules.at(-1) as LogicModule).latency).toBe(registers);
  });

  test.each([[250, 0], [0, 250], [250, 250], [128, 128]])("nothing is lost at stalls of %d and %d of 256", async (input, output) => {
    for (const registers of [0, 1, 3]) {
      for (let seed = 1; seed <= 5; seed++) await passes(builtinEngine, unit(floor8, 4, registers), undefined, { stalls: { seed, input, output } });
    }
  });

  test("bubbles close while the output waits", () => {
    const sim = new Simulator(build(AlocDot, unit(floor8, 4, 3)).circuit);
    sim.reset();
    sim.poke("out_ready", 0n);
    const accepted = [1n, 0n, 0n, 1n, 0n, 1n, 1n, 1n].map((valid) => {
      sim.poke("in_valid", valid);
      const taken = valid & sim.peek("in_ready");
      sim.step();
      return taken;
    });
    // Three stages hold three words, gaps or not; then the input waits too.
    expect(accepted).toEqual([1n, 0n, 0n, 1n, 0n, 1n, 0n, 0n]);
    expect([sim.peek("out_valid"), sim.peek("in_ready")]).toEqual([1n, 0n]);
  });

  test("only valid bits are reset", () => {
    const { circuit } = build(AlocDot, unit(floor8, 4, 3));
    const registers = circuit.modules.flatMap((m) => (m.kind === "logic" ? m.signals.filter((s) => s.kind === "reg") : []));
    expect(registers.filter((r) => r.reset !== null).map((r) => r.name)).toEqual(["full_0", "full_1", "full_2"]);
    expect(registers.length).toBeGreaterThan(3);
  });
});

describe("refused", () => {
  test.each<[string, Partial<AlocDotParameters>]>([
    ["headDim is 0", { headDim: 0 }],
    ["headDim is 257", { headDim: 257 }],
    ["headDim is 1.5", { headDim: 1.5 }],
    ["treeRegisters is -1", { treeRegisters: -1 }],
    ["treeRegisters is 8", { treeRegisters: 8 }],
    ["operandBits is 1", { operandBits: 1 }],
    ["operandBits is 17", { operandBits: 17 }],
    ["window is 9", { window: 9 }],
    ["window is 0", { window: 0 }],
    ["two terms with rounding nearest", { terms: 2, rounding: "nearest" }],
    ["a window where the key is the log operand", { window: 4, logSide: "key" }],
  ])("%s", (message, change) => {
    expect(() => elaborate(AlocDot, { ...unit(floor8, 64, 0), ...change })).toThrow(message);
  });
});
