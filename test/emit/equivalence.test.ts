/** Random circuits: what Icarus makes of the Verilog is what the IR says. */

import { type Dialect, words } from "../../generator/emit/dialect";
import { literalText } from "../../generator/emit/literal";
import { printable } from "../../generator/passes/printable";
import type { Circuit, LogicModule, Ref, ResetKind, Stmt } from "../../generator/ir/types";
import { assign, circuit, logic, lit, ref } from "./build";
import { evaluate, perform } from "./evaluate";
import { Random, randomExpr, randomStatements } from "./random";
import { files, inFolder, said } from "./tools";
import { memory, ripples } from "./zoo";

const inputs: Ref[] = [
  ref("a", 1), ref("b", 1, true), ref("c", 2), ref("d", 3, true), ref("e", 8), ref("f", 8, true), ref("g", 31, true), ref("h", 32),
  ref("i", 33), ref("j", 33, true), ref("k", 65), ref("l", 65, true), ref("m", 130, true),
];
const declared = (direction: string, s: Ref): string => `${direction} ${s.name} ${s.signed ? "s" : ""}${s.width}`;

type Values = Map<string, bigint>;

/** Runs the design in Icarus: a word of inputs a clock cycle, after a reset. For each the outputs, in hexadecimal. */
function simulate(design: Circuit, given: readonly Values[], dialect: Dialect): string[] {
  const top = design.modules.at(-1) as LogicModule;
  const reset = design.reset.endsWith("low") ? "rst_n" : "rst";
  const implicit = [...(top.clocked ? ["clk"] : []), ...(top.resettable ? [reset] : [])];
  const inputPorts = top.ports.filter((p) => p.direction === "input");
  const shown = top.ports.filter((p) => p.direction === "output");
  const range = (width: number): string => (width === 1 ? "" : `[${width - 1}:0]`);
  const bench = [
    "module tb;", "reg clk = 1'b0; reg rst = 1'b1; reg rst_n = 1'b0;",
    ...inputPorts.map((p) => `reg ${range(p.width)} ${p.name};`), ...shown.map((p) => `wire ${range(p.width)} ${p.name};`),
    `${top.name} dut (${[...implicit, ...top.ports.map((p) => p.name)].map((n) => `.${n}(${n})`).join(", ")});`,
    "initial begin", ...inputPorts.map((p) => `${p.name} = 0;`), "#1 clk = 1'b1; #1 clk = 1'b0; #1 rst = 1'b0; rst_n = 1'b1;",
    ...given.flatMap((w) => [
      ...inputPorts.map((p) => `${p.name} = ${literalText({ value: `0x${w.get(p.name)!.toString(16)}`, width: p.width, signed: false })};`),
      `#1 $display("${shown.map(() => "%h").join(" ")}", ${shown.map((p) => p.name).join(", ")}); clk = 1'b1; #1 clk = 1'b0;`,
    ]),
    "end", "endmodule",
  ].join("\n");
  return inFolder(new Map([...files(design, dialect), ["tb.v", bench]]), (folder) => {
    const sources = design.modules.map((m) => m.name + words[dialect].extension);
    expect(said(folder, "iverilog", dialect === "verilog" ? "-g2005" : "-g2012", "-Wall", "-Wno-timescale", "-s", "tb", "-o", "tb.vvp", "tb.v", ...sources)).toBe("");
    return said(folder, "vvp", "-n", "tb.vvp").split("\n");
  });
}

const randomWords = (r: Random, count: number): Values[] => Array.from({ length: count }, () => new Map(inputs.map((s) => [s.name, r.bits(s.width)])));

/** Holds what Icarus printed for a word against the values that the outputs should have. */
function compare(n: number, printed: string, outputs: readonly Ref[], values: Values): void {
  const expected = outputs.map((s) => `${s.name}=${values.get(s.name)!.toString(16).padStart(Math.ceil(s.width / 4), "0")}`);
  const got = printed.split(" ").map((text, i) => `${outputs[i]!.name}=${text}`);
  const wrong = got.filter((text, i) => text !== expected[i]);
  expect({ word: n, wrong }).toEqual({ word: n, wrong: [] });
}

describe("random expressions", () => {
  test.each<[number, Dialect]>([[1, "verilog"], [2, "verilog"], [3, "verilog"], [4, "systemverilog"]])("seed %i, %s", (seed, dialect) => {
    const r = new Random(seed);
    const outputs = Array.from({ length: 150 }, (_, i) => ref(`y${i}`, r.pick([1, 2, 7, 8, 9, 31, 32, 33, 64, 65, 130]), r.below(2) === 0));
    const body = outputs.map((y) => assign(y.name, randomExpr(r, inputs, y.width, y.signed, 4)));
    const design = printable(circuit([logic("dut", { ports: [...inputs.map((s) => declared("input", s)), ...outputs.map((s) => declared("output", s))], body })]));
    const given = randomWords(r, 16);
    const results = simulate(design, given, dialect);
    for (const [n, word] of given.entries()) {
      const of = (name: string): bigint => word.get(name)!;
      const expected: Values = new Map(body.map((s) => [s.target, evaluate(s.value, of)]));
      compare(n, results[n]!, outputs, expected);
    }
    expect(results).toHaveLength(given.length);
  });
});

describe("random statements", () => {
  const kinds: [number, ResetKind, Dialect][] = [
    [1, "sync-high", "verilog"], [2, "sync-low", "verilog"], [3, "async-high", "verilog"], [4, "async-low", "verilog"],
    [5, "sync-high", "systemverilog"], [6, "async-low", "systemverilog"],
  ];
  test.each(kinds)("seed %i, %s, %s", (seed, reset, dialect) => {
    const r = new Random(100 + seed);
    const registers = Array.from({ length: 8 }, (_, i) => ref(`q${i}`, r.pick([1, 2, 3, 8, 33]), r.below(3) === 0));
    const layers = Array.from({ length: 6 }, (_, l) => Array.from({ length: 4 }, (_, i) => ref(`w${l}_${i}`, r.pick([1, 2, 8, 33]), r.below(3) === 0)));
    const state = ref("q0_state", 2);
    const all = [...registers, state, ...layers.flat()];
    // A layer reads the layers before it: no loops. The registers are assigned last and may read everything.
    const defaults = layers.flat().map((s) => assign(s.name, lit(r.bits(s.width), s.width, s.signed)));
    const readable = (n: number): Ref[] => [...inputs, ...registers, state, ...layers.slice(0, n).flat()];
    const machine: Stmt = { kind: "switch", on: state, loc: null, default: [assign(state.name, randomExpr(r, inputs, 2, false, 1))], cases: [0, 1, 2].map((n) => ({
      values: [lit(n, 2, false, ["idle", "run", "done"][n])], loc: null, body: randomStatements(r, readable(6), [state, ...registers], 1),
    })) };
    const body = [
      ...defaults, ...layers.flatMap((layer, l) => randomStatements(r, readable(l), layer, 3)),
      ...randomStatements(r, readable(6), registers, 3), machine, ...randomStatements(r, readable(6), registers, 2),
    ];
    const initial: Values = new Map([...registers, state].map((s) => [s.name, r.bits(s.width)]));
    const outputs = all.map((s) => ref(`${s.name}_out`, s.width, s.signed));
    const design = printable(circuit([logic("dut", {
      ports: [...inputs.map((s) => declared("input", s)), ...outputs.map((s) => declared("output", s))],
      signals: [...layers.flat().map((s) => declared("wire", s)), ...[...registers, state].map((s) => `${declared("reg", s)} = ${initial.get(s.name)}`)],
      body: [...body, ...all.map((s) => assign(`${s.name}_out`, s))],
    })], reset));

    const given = randomWords(r, 40);
    const results = simulate(design, given, dialect);
    let now = initial;
    for (const [n, word] of given.entries()) {
      const values: Values = new Map([...word, ...now]);
      for (const s of layers.flat()) values.set(s.name, perform(body, s.name, values, 0n));
      compare(n, results[n]!, all, values);
      now = new Map([...now].map(([name, value]) => [name, perform(body, name, values, value)]));
    }
    expect(results).toHaveLength(given.length);
  });
});

test("vectors whose bits depend on each other", () => {
  const r = new Random(7);
  const given = Array.from({ length: 64 }, (): Values => new Map([["x", r.bits(8)], ["en", r.bits(1)]]));
  const results = simulate(printable(ripples()), given, "verilog");
  const prefix = (x: bigint, start: bigint): bigint[] => Array.from({ length: 8 }, (_, i) => x >> BigInt(i) & 1n).reduce<bigint[]>((bits, bit) => [...bits, bit & bits.at(-1)!], [start]);
  const joined = (bits: bigint[]): bigint => bits.reduceRight((sum, bit) => sum << 1n | bit, 0n);
  for (const [n, word] of given.entries()) {
    const [x, en] = [word.get("x")!, word.get("en")!];
    const carry = prefix(x, en);
    const low = carry[2]! ^ carry[3]! ^ carry[4]!;
    const expected: Values = new Map([
      ["all", en === 1n ? joined(prefix(x, 1n).slice(1)) : x], ["sum", x ^ joined(carry.slice(0, 8))], ["last", carry[8]! ^ low],
    ]);
    compare(n, results[n]!, [ref("all", 8), ref("sum", 8), ref("last", 1)], expected);
  }
});

test("a memory: lanes, the old word where a write meets the read, nothing written past the end", () => {
  const [depth, lane] = [5, 4];
  const r = new Random(11);
  const filling = Array.from({ length: depth }, (_, i): Values => new Map([["wr_en", 15n], ["wr_addr", BigInt(i)], ["wr_data", r.bits(16)], ["rd_en", 1n], ["rd_addr", 0n]]));
  const using = Array.from({ length: 200 }, (): Values => new Map([
    ["wr_en", r.bits(4)], ["wr_addr", r.bits(3)], ["wr_data", r.bits(16)], ["rd_en", r.bits(1)], ["rd_addr", BigInt(r.below(depth))],
  ]));
  const given = [...filling, ...using];
  const results = simulate(printable(memory(16, depth, lane)), given, "verilog");
  const stored = Array.from({ length: depth }, () => 0n);
  let read = 0n;
  for (const [n, word] of given.entries()) {
    const of = (name: string): bigint => word.get(name)!;
    // What is read before it has been written is unknown.
    if (n > depth) compare(n, results[n]!, [ref("rd_data", 16)], new Map([["rd_data", read]]));
    if (of("rd_en") === 1n) read = stored[Number(of("rd_addr"))]!;
    const at = Number(of("wr_addr"));
    for (let i = 0; i < 4 && at < depth; i++) {
      const bits = 15n << BigInt(lane * i);
      if ((of("wr_en") >> BigInt(i)) & 1n) stored[at] = (stored[at]! & ~bits) | (of("wr_data") & bits);
    }
  }
});
