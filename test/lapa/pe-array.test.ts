import fc from "fast-check";
import { elaborate, type ResetKind } from "lapa";
import { build as buildCircuit } from "../../generator/build";
import { PeArray, peArrayLatency, type PeArrayParameters } from "../../generator/lapa/pe-array";
import { Simulator } from "../../sim/engines/builtin";
import { icarusEngine } from "../../sim/engines/icarus";
import { verilatorEngine } from "../../sim/engines/verilator";
import { lintVerilog } from "../../sim/lint";
import { requireTool, scratch } from "../engines/engine-suite";
import { arrayVectors, inputPorts, outputPorts, type Schedule, scheduled, type Step, type Tile, tile } from "./array-schedule";
import { build } from "./build";
import { emptyAfter, EmptiedArray } from "./designs/emptied-array";

const shape = (rows: number, columns: number, rest: Partial<PeArrayParameters> = {}): PeArrayParameters => ({ ...PeArray.defaults, rows, columns, ...rest });

/** Operands that nobody should see. */
const noise = (): (() => number) => {
  let state = 1;
  return () => (state = (Math.imul(state, 1103515245) + 12345) | 0) >> 16;
};

/** What comes out in each cycle, with `look` at the circuit in each. */
function run(sim: Simulator, { inputs }: Schedule, params: PeArrayParameters, look: (cycle: number) => void = () => undefined): bigint[][] {
  const [ins, outs] = [inputPorts(params), outputPorts(params)];
  return inputs.map((word, t) => {
    ins.forEach(([port], i) => sim.poke(port, word[i]!));
    const seen = outs.map(([port]) => sim.peek(port));
    look(t);
    sim.step();
    return seen;
  });
}

/** Zeros for as long as anything is in the array. */
function emptied(sim: Simulator, params: PeArrayParameters): void {
  for (const [port] of inputPorts(params)) sim.poke(port, 0n);
  for (let i = 0; i < emptyAfter(params); i++) sim.step();
}

function started(params: PeArrayParameters, initSeed = 1): Simulator {
  const sim = new Simulator(build(PeArray, params).circuit, { initSeed });
  emptied(sim, params);
  return sim;
}

/** A register of the element of row r and column c. */
const inside = (sim: Simulator, r: number, c: number, register: string): bigint => sim.peek(`u_row_${r}.u_elements_${c}.${register}`);

/** Tiles without masks, bubbles or rows that have no operand. */
const full = ({ rows, columns }: PeArrayParameters, steps: readonly number[]): Tile[] => steps.map((k, i) => ({
  steps: Array.from({ length: k }, (_, s): Step => ({
    a: Array.from({ length: rows }, (_, r) => ((7 * s + 31 * r + 3 * i) % 511) - 255), b: Array.from({ length: columns }, (_, c) => ((13 * s + 29 * c + i) % 255) - 127),
  })),
  mask: null, pause: 0,
}));

test.each<[PeArrayParameters, number]>([
  [shape(1, 1), 60], [shape(1, 7), 40], [shape(7, 1), 40], [shape(5, 3), 40], [shape(3, 5, { aBits: 4, bBits: 6, accumulatorBits: 10 }), 40],
  [shape(2, 2, { aBits: 1, bBits: 1, accumulatorBits: 2 }), 40], [shape(6, 6, { aBits: 33, bBits: 20, accumulatorBits: 70 }), 10], [shape(16, 16), 5],
])("%j: products of matrices, in their cycles and in no other", (params, numRuns) => {
  const tiles = fc.array(tile(params, fc.integer({ min: 1, max: 2 * params.columns + 5 })), { minLength: 1, maxLength: 6 });
  fc.assert(fc.property(tiles, fc.integer({ min: 1, max: 1000 }), (given, seed) => {
    const schedule = scheduled(given, params, noise());
    expect(run(started(params, seed), schedule, params)).toEqual(schedule.outputs);
  }), { numRuns });
});

test("any shape", () => {
  const size = fc.integer({ min: 1, max: 9 });
  const cases = fc.tuple(size, size).map(([rows, columns]) => shape(rows, columns)).chain((params) =>
    fc.tuple(fc.constant(params), fc.array(tile(params, fc.integer({ min: 1, max: 20 })), { minLength: 1, maxLength: 4 })));
  fc.assert(fc.property(cases, ([params, tiles]) => {
    const schedule = scheduled(tiles, params, noise());
    expect(run(started(params), schedule, params)).toEqual(schedule.outputs);
  }), { numRuns: 40 });
});

test.each([[-128, -128], [255, -128], [-256, -128], [255, 127]])("nothing but %d * %d", (a, b) => {
  const params = shape(2, 3, { accumulatorBits: 26 });
  const steps = Array.from({ length: 300 }, (): Step => ({ a: [a, a], b: [b, b, b] }));
  const schedule = scheduled([{ steps, mask: null, pause: 0 }], params, noise());
  const seen = run(started(params), schedule, params);
  expect(seen).toEqual(schedule.outputs);
  expect(BigInt.asIntN(26, seen[299 + 3]![1]!)).toBe(300n * BigInt(a * b));
});

test("the largest array, and more steps than it has columns", () => {
  const params = shape(64, 64);
  const schedule = scheduled(full(params, [64, 70]), params, noise());
  expect(run(started(params), schedule, params)).toEqual(schedule.outputs);
});

test("16 x 16 with 64 steps takes 97 cycles from the first operand to the last result", () => {
  const params = shape(16, 16);
  const schedule = scheduled(full(params, [64]), params, noise());
  const seen = run(started(params), schedule, params);
  const cycles = seen.flatMap((word, t) => (word.some((value, i) => i % 2 === 0 && value === 1n) ? [t] : []));
  expect(schedule.starts).toEqual([0]);
  expect([cycles[0], cycles.at(-1)! + 1]).toEqual([63 + peArrayLatency(0, 0), 97]);
});

test("back to back, every element adds in every cycle", () => {
  const params = shape(5, 6);
  const schedule = scheduled(full(params, [6, 9, 6, 17]), params, noise());
  const sim = started(params);
  const adding = new Map<string, number[]>();
  expect(run(sim, schedule, params, (t) => {
    for (let r = 0; r < 5; r++) for (let c = 0; c < 6; c++) {
      if (inside(sim, r, c, "adds") === 1n) adding.set(`${r} ${c}`, [...(adding.get(`${r} ${c}`) ?? []), t]);
    }
  })).toEqual(schedule.outputs);
  expect(adding.size).toBe(30);
  for (const [element, cycles] of adding) {
    const [r, c] = element.split(" ").map(Number);
    expect(cycles).toEqual(Array.from({ length: 38 }, (_, k) => k + r! + c! + 1));
  }
});

test("what is masked, and what has no operand, stands still", () => {
  const params = shape(3, 4);
  const registers = ["multiplicand", "multiplier", "accumulator"] as const;
  const [moves, masked] = [[0, 0, 0], { steps: 0 }];
  fc.assert(fc.property(fc.array(tile(params, fc.integer({ min: 1, max: 12 })), { minLength: 2, maxLength: 6 }), (tiles) => {
    const schedule = scheduled(tiles, params, noise());
    /** Whether the element of row r and column c multiplies what enters the array in cycle t. */
    const takes = (r: number, c: number, t: number): boolean => {
      const i = schedule.starts.findLastIndex((start) => start <= t);
      const step = i < 0 ? undefined : tiles[i]!.steps[t - schedule.starts[i]!];
      if (step !== undefined && tiles[i]!.mask?.[r]![c]) masked.steps++;
      return step !== undefined && step !== null && !tiles[i]!.mask?.[r]![c] && (t === schedule.starts[i] || step.a[r] !== null);
    };
    const sim = started(params);
    const before = new Map<string, bigint>();
    run(sim, schedule, params, (t) => {
      for (let r = 0; r < 3; r++) for (let c = 0; c < 4; c++) registers.forEach((register, i) => {
        const key = `${r} ${c} ${register}`;
        const value = inside(sim, r, c, register);
        // An operand is in the multiplier's registers a cycle after it is at the element, its product in the sum two cycles after.
        const mayMove = takes(r, c, t - r - c - (register === "accumulator" ? 2 : 1));
        if (before.has(key) && before.get(key) !== value) {
          moves[i]!++;
          if (!mayMove) throw new Error(`${key} moves in cycle ${t}`);
        }
        before.set(key, value);
      });
    });
  }), { numRuns: 30 });
  expect(Math.min(...moves, masked.steps)).toBeGreaterThan(1000);
});

test("a tile without a pair: results that nobody keeps, and nothing moves", () => {
  const params = shape(2, 3);
  const [first, second, third] = full(params, [5, 4, 6]) as [Tile, Tile, Tile];
  const tiles = [first, { ...second, mask: [[true, true, true], [true, true, true]] }, third];
  const schedule = scheduled(tiles, params, noise());
  expect(run(started(params), schedule, params)).toEqual(schedule.outputs);
  expect(schedule.outputs.flat().filter((value, i) => i % 2 === 0 && value === 1n)).toHaveLength(12);
});

test("cut off in the middle of anything and emptied, then tiles as if nothing had been", () => {
  const params = shape(4, 3);
  const tiles = fc.array(tile(params, fc.integer({ min: 1, max: 8 })), { minLength: 1, maxLength: 3 });
  fc.assert(fc.property(tiles, tiles, fc.nat(30), (lost, kept, at) => {
    const sim = started(params);
    const [interrupted, whole] = [lost, kept].map((t) => scheduled(t, params, noise())) as [Schedule, Schedule];
    run(sim, { ...interrupted, inputs: interrupted.inputs.slice(0, at) }, params);
    emptied(sim, params);
    expect(run(sim, whole, params)).toEqual(whole.outputs);
  }), { numRuns: 30 });
});

process.env.XDG_CACHE_HOME = scratch();
requireTool(icarusEngine, "apt-get install iverilog");
requireTool(verilatorEngine, "apt-get install verilator g++ make");

/** The same after so many cycles of nothing. */
function delayed(schedule: Schedule, cycles: number): Schedule {
  const none = (words: Schedule["inputs"]): Schedule["inputs"] => Array.from({ length: cycles }, () => words[0]!.map(() => 0n));
  return { ...schedule, inputs: [...none(schedule.inputs), ...schedule.inputs], outputs: [...none(schedule.outputs), ...schedule.outputs] };
}

test.each([icarusEngine, verilatorEngine])("$name agrees", async (engine) => {
  const params = shape(4, 4);
  const tiles = fc.sample(tile(params, fc.integer({ min: 1, max: 12 })), { seed: 4, numRuns: 40 });
  const schedule = delayed(scheduled(tiles, params, noise()), emptyAfter(params));
  const result = await engine.run(build(EmptiedArray, params), arrayVectors(schedule, params), { stalls: { seed: 1, input: 0, output: 0 } });
  expect(result).toMatchObject({ verdict: "pass", compared: schedule.outputs.length, mismatches: [] });
});

const resets: readonly ResetKind[] = ["sync-high", "sync-low", "async-high", "async-low"];

test.each([[1, 1], [3, 5], [1, 4], [4, 1], [16, 2]].flatMap(([rows, columns]) => resets.map((reset) => [rows!, columns!, reset] as const)))(
  "%d x %d, %s: the tools have nothing to say", async (rows, columns, reset) => {
    const { design, synthesis, warnings } = buildCircuit(elaborate(PeArray, shape(rows, columns), { reset }), { configuration: null, dialect: "verilog" });
    expect(warnings).toEqual([]);
    for (const { tool, version, messages } of await lintVerilog(design.circuit.top, synthesis)) {
      expect({ tool, version: version !== null, messages }).toEqual({ tool, version: true, messages: "" });
    }
  });

test("one module an element, however many", () => {
  const names = (rows: number, columns: number): string[] => build(PeArray, shape(rows, columns)).circuit.modules.map((m) => m.name);
  expect(names(16, 16)).toEqual([
    "lapa_skew_registers_16_9", "lapa_skew_registers_16_1", "lapa_skew_registers_16_8", "lapa_pe_9_8_32", "lapa_pe_row_9_8_32_16", "lapa_pe_array",
  ]);
  expect(names(64, 64)).toHaveLength(6);
});

test.each<[Partial<PeArrayParameters>, RegExp]>([
  [{ rows: 65 }, /PE array: rows is 65\n.*from 1 to 64/], [{ columns: 65 }, /PE array: columns is 65\n.*from 1 to 64/], [{ rows: 0 }, /LAPA-E004/],
  [{ accumulatorBits: 16 }, /PE array: accumulatorBits is 16\n.*17 bits or more/],
])("%j is refused", (wrong, message) => expect(() => build(PeArray, { ...shape(2, 2), ...wrong })).toThrow(message));
