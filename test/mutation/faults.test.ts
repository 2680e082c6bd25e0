/** Which faults there are, which are taken, and what a circuit with them is. */

import { simulatedDesign } from "../../generator/cli/design";
import { readConfiguration } from "../../generator/cli/configuration";
import type { Circuit } from "../../generator/ir/types";
import { verilogModule } from "../../generator/emit/verilog";
import { Simulator } from "../../sim/engines/builtin";
import { type Fault, identity, isResetFault, kinds } from "../../sim/mutation/fault";
import { allFaults, grouped, sample } from "../../sim/mutation/faults";
import { withFault, withFaults } from "../../sim/mutation/instrument";
import { small } from "./duts";

const faults = allFaults(small, "dut");
const texts = (of: readonly Fault[]): string[] => of.map(identity);
const find = (text: string): Fault => {
  const fault = faults.find((f) => identity(f) === text);
  if (fault === undefined) throw new Error(`no fault ${text} among\n${texts(faults).join("\n")}`);
  return fault;
};

test("there is a fault of every kind, each with a name of its own", () => {
  expect(new Set(faults.map((f) => f.kind))).toEqual(new Set(Object.keys(kinds)));
  expect(new Set(texts(faults)).size).toBe(faults.length);
});

test.each([
  "dut large [compare] x > 8'd100 -> x >= 8'd100",
  "dut large [constant] 8'd100 -> 8'd99",
  "dut large [stuck] x > 8'd100 -> 1'b0",
  "dut y [arithmetic] count + halved -> count - halved",
  "dut y [logic] kept ^ x -> kept | x",
  "dut y [enable] large -> 1'b1",
  "dut wide [sign] {{4{s[3]}}, s} -> {4'd0, s}",
  "dut bit [index] x[at] -> x[at + 3'd1]",
  "dut entry [case] case 1 -> case 2",
  "dut entry [constant] 4'd9 -> 4'd10",
  "dut count [invert] en -> !en",
  "dut count [hold] count - 8'd1 -> count",
  "dut kept [operand] x -> halved",
  "dut u_half.a [port] x -> 8'd0",
  "dut count [reset value] 8'd3 -> 8'd4",
  "dut state [reset lost] 2'd0 -> state",
  "half b [arithmetic] a >> 3'd1 -> a << 3'd1",
])("%s", (text) => {
  expect(texts([find(text)])).toEqual([text]);
});

test("only modules below the root are given faults, and wires that nobody reads are not", () => {
  expect(new Set(allFaults(small, "half").map((f) => f.module))).toEqual(new Set(["half"]));
  expect(() => allFaults(small, "none")).toThrow("no module none");
});

test("a sample is the same for the same seed, and fair", () => {
  const taken = sample(faults, 20, 1);
  expect(texts(sample(faults, 20, 1))).toEqual(texts(taken));
  expect(texts(sample(faults, 20, 2))).not.toEqual(texts(taken));
  expect(taken).toHaveLength(20);
  expect([...grouped(taken, (f) => f.module)].map(([name, own]) => [name, own.length]).sort()).toEqual([["dut", 15], ["half", 5]]);
  expect(new Set(taken.filter((f) => f.module === "dut").map((f) => f.kind)).size).toBe(15);
  expect(sample(faults, 10_000, 1)).toEqual(faults);
});

/** What a simulation shows of a circuit: its outputs, cycle by cycle, on inputs that are the same every time. */
function shown(circuit: Circuit, held: ReadonlyMap<string, bigint> = new Map()): bigint[][] {
  const sim = new Simulator(circuit);
  for (const [name, value] of held) sim.poke(name, value);
  sim.reset();
  return Array.from({ length: 60 }, (_, cycle) => {
    const random = BigInt(cycle + 1) * 0x9e3779b97f4a7c15n;
    ["en", "x", "at"].forEach((name, i) => sim.poke(name, BigInt.asUintN([1, 8, 3][i]!, random >> BigInt(17 + 8 * i))));
    sim.poke("s", BigInt.asIntN(4, random >> 41n));
    const outputs = ["y", "entry", "wide", "full", "bit"].map((name) => sim.peek(name));
    sim.step();
    return outputs;
  });
}

test("many faults in one design: each does what it does alone, and without one there is none", () => {
  const definite = faults.filter((f) => f.kind !== "reset lost");
  const { circuit, port } = withFaults(small, definite);
  const with_ = (n: number): bigint[][] => shown(circuit, new Map([[port, BigInt(n)]]));
  // What is not reset starts from a value that depends on where it is in the circuit: nothing is compared before it is written.
  const settled = (rows: bigint[][]): bigint[][] => rows.slice(12);
  const sound = settled(shown(small));
  expect(settled(with_(0))).toEqual(sound);
  const alone = definite.map((f) => settled(shown(withFault(small, f))));
  const unsettled = new Set(["en [enable]", "en [invert]", "hold"]);
  definite.forEach((f, i) => {
    if (![...unsettled].some((text) => identity(f).includes(text))) expect([identity(f), settled(with_(i + 1))]).toEqual([identity(f), alone[i]]);
  });
  expect(alone.filter((rows) => JSON.stringify(rows, text) !== JSON.stringify(sound, text)).length).toBeGreaterThan(definite.length / 2);
});

const text = (_: string, value: unknown): unknown => (typeof value === "bigint" ? String(value) : value);

test("a register whose reset is lost starts from anything", () => {
  const fault = find("dut state [reset lost] 2'd0 -> state");
  const starts = Array.from({ length: 16 }, (_, seed) => {
    const sim = new Simulator(withFault(small, fault), { initSeed: seed + 1 });
    sim.reset();
    return sim.peek("state");
  });
  expect(new Set(starts).size).toBe(4);
});

test("a register with another reset value has that, and takes its values as before", () => {
  const sim = new Simulator(withFault(small, find("dut count [reset value] 8'd3 -> 8'd4")));
  sim.reset();
  expect(sim.peek("count")).toBe(4n);
  sim.poke("en", 1n);
  sim.step();
  expect(sim.peek("count")).toBe(3n);
});

test("every fault of a whole unit at once: an ordinary circuit, without a loop, that prints", () => {
  const { config, design } = simulatedDesign(readConfiguration({ config: "tiny" }));
  const all = allFaults(design.circuit, config.name);
  expect(new Set(texts(all)).size).toBe(all.length);
  expect(all.length).toBeGreaterThan(5000);
  const { circuit } = withFaults(design.circuit, all);
  expect(() => new Simulator(circuit)).not.toThrow();
  for (const m of circuit.modules) expect(verilogModule(m, circuit)).toContain(`module ${m.name} (`);
  // One of each kind by itself.
  for (const own of grouped(all, (f) => f.kind).values()) expect(() => withFault(design.circuit, own[0]!)).not.toThrow();
  expect(all.some(isResetFault)).toBe(true);
});
