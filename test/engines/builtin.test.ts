import fc from "fast-check";
import { type Circuit, elaborate, type Expr, type LogicModule, mask, type MemoryModule, memoryPorts, Module, type Ref, type ResetKind, type Stmt, UInt } from "lapa";
import { simulate, Simulator } from "../../sim/engines/builtin";
import { assign, bin, choose, circuit, lit, logic, ref, slice } from "../emit/build";
import { evaluate } from "../emit/evaluate";
import { Random, randomExpr } from "../emit/random";
import { Queue } from "../hdl/designs/queue";
import { anyExpression, moduleOf, patternsOf, stimulus } from "./random-circuit";

test("every operator, at every width, as the IR defines it", () => {
  fc.assert(
    fc.property(fc.array(anyExpression(3), { minLength: 12, maxLength: 12 }), fc.array(stimulus, { minLength: 4, maxLength: 4 }), (expressions, steps) => {
      const sim = new Simulator(moduleOf(expressions));
      for (const values of steps) {
        for (const [name, value] of values) sim.poke(name, value);
        expressions.forEach((e, i) => {
          const pattern = evaluate(e, patternsOf(values));
          expect(sim.peek(`y${i}`)).toBe(pattern);
          expect(sim.peekSigned(`y${i}`)).toBe(BigInt.asIntN(e.width, pattern));
        });
      }
    }),
    { numRuns: 150, seed: 7 },
  );
});

test.each([127, 300, 512, 2048])("every operator on %i bits", (width) => {
  const r = new Random(width);
  const refs = [ref("a", width), ref("b", width, true), ref("c", 12)];
  const outputs = Array.from({ length: 60 }, (_, i) => ref(`y${i}`, r.pick([1, width]), r.below(2) === 0));
  const body = outputs.map((y) => assign(y.name, randomExpr(r, refs, y.width, y.signed, 3)));
  const declared = (direction: string, s: Ref): string => `${direction} ${s.name} ${s.signed ? "s" : ""}${s.width}`;
  const sim = simulate(circuit([logic("wide", { ports: [...refs.map((s) => declared("input", s)), ...outputs.map((s) => declared("output", s))], body })]));
  for (let n = 0; n < 5; n++) {
    const values = new Map(refs.map((s) => [s.name, r.bits(s.width)]));
    for (const s of refs) sim.poke(s.name, s.signed ? BigInt.asIntN(s.width, values.get(s.name)!) : values.get(s.name)!);
    for (const y of body) expect([y.target, sim.peek(y.target)]).toEqual([y.target, evaluate(y.value, (name) => values.get(name)!)]);
  }
});

test("lanes that are alike, which share code, and those that differ from them in a constant or in where their bits lie", () => {
  const r = new Random(9);
  const lanes = Array.from({ length: 9 }, (_, k) => k);
  const packed = ref("packed", 7 * lanes.length);
  for (const [width, signed] of [[5, true], [32, false], [45, true], [130, false]] as const) {
    const operands = [ref("left", width, signed), ref("right", 9, true), ref("common", 20), ref("piece", 7)];
    const samples = Array.from({ length: 6 }, () => randomExpr(r, operands, r.pick([1, width]), r.below(2) === 0, 3));
    const ofLane = (e: Expr, k: number): Expr => {
      const text = JSON.stringify(e).replace(/"(left|right)"/g, `"$1${k}"`).replaceAll(JSON.stringify(ref("piece", 7)), JSON.stringify(slice(packed, 7 * k + 6, 7 * k)));
      return JSON.parse(text) as Expr;
    };
    const outputs = samples.flatMap((e, i) => lanes.map((k) => ({ name: `y${i}_${k}`, e: bin("xor", ofLane(e, k), lit(k < 4 ? 0 : k % 2, e.width, e.signed)) })));
    const inputs = [...lanes.flatMap((k) => [ref(`left${k}`, width, signed), ref(`right${k}`, 9, true)]), ref("common", 20), packed];
    const declared = (direction: string, { name, width: w, signed: s }: Pick<Ref, "name" | "width" | "signed">): string => `${direction} ${name} ${s ? "s" : ""}${w}`;
    const ports = [...inputs.map((i) => declared("input", i)), ...outputs.map(({ name, e }) => declared("output", { name, width: e.width, signed: e.signed }))];
    const sim = simulate(circuit([logic("lanes", { ports, body: outputs.map(({ name, e }) => assign(name, e)) })]));
    for (let n = 0; n < 4; n++) {
      const values = new Map(inputs.map((i) => [i.name, r.bits(i.width)]));
      for (const i of inputs) sim.poke(i.name, i.signed ? BigInt.asIntN(i.width, values.get(i.name)!) : values.get(i.name)!);
      for (const { name, e } of outputs) expect([name, sim.peek(name)]).toEqual([name, evaluate(e, (of) => values.get(of)!)]);
    }
  }
});

/** A module with inputs a, b (8 bits), c (1 bit) and output y, of these statements. */
function withBody(body: readonly Stmt[], signals: LogicModule["signals"] = [], reset: ResetKind = "sync-high"): Circuit {
  const port = (name: string, direction: "input" | "output", width: number): LogicModule["ports"][number] =>
    ({ name, direction, width, signed: false, source: name, loc: null });
  const top: LogicModule = {
    kind: "logic", name: "top", doc: "", parameters: {}, loc: null, clocked: signals.some((s) => s.kind === "reg"),
    resettable: signals.some((s) => s.reset !== null), streams: [], signals, instances: [], latency: null, body,
    ports: [port("a", "input", 8), port("b", "input", 8), port("c", "input", 1), port("y", "output", 8)],
  };
  return { schema: "lapa-ir/1", top: "top", reset, modules: [top] };
}

describe("statements", () => {
  test("the last assignment to a bit wins, through branches", () => {
    const sim = new Simulator(withBody([
      assign("y", ref("a", 8)),
      { kind: "if", cond: ref("c", 1), then: [assign("y", { kind: "slice", a: ref("b", 8), hi: 3, lo: 0, width: 4, signed: false }, 4)], else: [], loc: null },
      {
        kind: "switch", on: ref("a", 8), loc: null, default: [],
        cases: [{ values: [lit(5, 8), lit(7, 8)], body: [assign("y", lit(1, 1), 7)], loc: null }, { values: [lit(9, 8)], body: [assign("y", lit(0xee, 8))], loc: null }],
      },
    ]));
    const y = (a: bigint, b: bigint, c: bigint): bigint => {
      sim.poke("a", a);
      sim.poke("b", b);
      sim.poke("c", c);
      return sim.peek("y");
    };
    expect([y(0x12n, 0x34n, 0n), y(0x12n, 0x34n, 1n), y(5n, 0n, 0n), y(7n, 3n, 1n), y(9n, 3n, 1n)]).toEqual([0x12n, 0x42n, 0x85n, 0xb7n, 0xeen]);
  });

  test("a switch on a value wider than a machine word", () => {
    const [first, second] = [1n << 69n, (1n << 69n) + 1n];
    const body = [choose(ref("on", 70, true), [[[lit(0, 70, true), lit(first, 70, true)], [assign("y", lit(1, 2))]], [[lit(second, 70, true)], [assign("y", lit(2, 2))]]], [assign("y", lit(3, 2))])];
    const sim = simulate(circuit([logic("top", { ports: ["input on s70", "output y 2"], body })]));
    const y = (on: bigint): bigint => {
      sim.poke("on", BigInt.asIntN(70, on));
      return sim.peek("y");
    };
    expect([0n, first, second, 1n, 1n << 32n].map(y)).toEqual([1n, 1n, 2n, 3n, 3n]);
  });

  test("a wire whose bits depend on its other bits is no loop", () => {
    const wire = { name: "w", kind: "wire" as const, width: 3, signed: false, reset: null, source: "w", loc: null };
    const bit = (i: number) => ({ kind: "slice" as const, a: ref("w", 3), hi: i, lo: i, width: 1, signed: false });
    const sim = new Simulator(withBody([
      assign("w", bit(1), 2), assign("w", bit(0), 1), assign("w", ref("c", 1)),
      assign("y", { kind: "extend", a: ref("w", 3), width: 8, signed: false }),
    ], [wire]));
    sim.poke("c", 1n);
    expect(sim.peek("y")).toBe(7n);
  });

  test("a true loop is refused, with its path", () => {
    const wires = ["v", "w"].map((name) => ({ name, kind: "wire" as const, width: 8, signed: false, reset: null, source: name, loc: null }));
    expect(() => new Simulator(withBody([assign("v", { kind: "unary", op: "not", a: ref("w", 8), width: 8, signed: false }), assign("w", ref("v", 8)), assign("y", ref("w", 8))], wires))).toThrow(/combinational loop: .*->/);
  });
});

describe("registers", () => {
  const register = (reset: string | null) => ({ name: "r", kind: "reg" as const, width: 8, signed: false, reset, source: "r", loc: null });
  const body = [assign("r", ref("a", 8)), assign("y", ref("r", 8))];

  test.each<[ResetKind, string, bigint, boolean]>([
    ["sync-high", "rst", 1n, false], ["sync-low", "rst_n", 0n, false], ["async-high", "rst", 1n, true], ["async-low", "rst_n", 0n, true],
  ])("%s", (kind, port, active, atOnce) => {
    const sim = new Simulator(withBody(body, [register("0x5a")], kind));
    sim.poke(port, 1n - active);
    sim.poke("a", 3n);
    sim.step();
    expect(sim.peek("y")).toBe(3n);
    sim.poke(port, active);
    expect(sim.peek("y")).toBe(atOnce ? 0x5an : 3n);
    sim.step();
    expect(sim.peek("y")).toBe(0x5an);
  });

  test("state without reset starts from values that the seed decides", () => {
    const start = (initSeed: number): bigint => {
      const sim = new Simulator(withBody([assign("y", ref("r", 8))], [register(null)]), { initSeed });
      sim.reset();
      return sim.peek("y");
    };
    expect(start(1)).toBe(start(1));
    expect(new Set([1, 2, 3, 4, 5].map(start)).size).toBeGreaterThan(1);
  });

  test("ports and values are checked", () => {
    const sim = new Simulator(withBody(body, [register("0x0")]));
    expect(() => sim.poke("aa", 0n)).toThrow(/no port "aa".*"?a"?/);
    expect(() => sim.poke("y", 0n)).toThrow(/output/);
    expect(() => sim.poke("a", 256n)).toThrow(RangeError);
    expect(() => sim.poke("rst", 2n)).toThrow(RangeError);
    expect(() => sim.poke("rst_n", 1n)).toThrow(/no port "rst_n"/);
    expect(() => sim.peek("u_x.y")).toThrow(/no instance "u_x"/);
    expect(() => sim.peek("rr")).toThrow(/no signal "rr" \(did you mean "r"\?\)/);
  });
});

describe("memories", () => {
  const memory: MemoryModule = { kind: "memory", name: "ram", width: 8, depth: 5, laneWidth: 4, blackBox: false, doc: "", parameters: {}, loc: null };
  const sim = new Simulator({ schema: "lapa-ir/1", top: "ram", reset: "sync-high", modules: [memory] });
  const write = (address: bigint, value: bigint, lanes: bigint): void => {
    for (const [port, v] of Object.entries({ wr_en: lanes, wr_addr: address, wr_data: value, rd_en: 0n })) sim.poke(port, v);
    sim.step();
    sim.poke("wr_en", 0n);
  };
  const read = (address: bigint): bigint => {
    sim.poke("rd_en", 1n);
    sim.poke("rd_addr", address);
    sim.step();
    sim.poke("rd_en", 0n);
    return sim.peek("rd_data");
  };

  test("lanes, held output, no write past the end", () => {
    for (let i = 0n; i < 5n; i++) write(i, 0x10n * i + i, 3n);
    write(2n, 0xffn, 1n);
    write(3n, 0xffn, 2n);
    write(5n, 0xaan, 3n);
    write(7n, 0xaan, 3n);
    expect([0n, 1n, 2n, 3n, 4n].map(read)).toEqual([0n, 0x11n, 0x2fn, 0xf3n, 0x44n]);
    sim.poke("rd_addr", 0n);
    sim.step();
    expect(sim.peek("rd_data")).toBe(0x44n);
  });

  test("a read at the edge of a write gives the word before", () => {
    write(1n, 0x77n, 3n);
    for (const [port, v] of Object.entries({ wr_en: 3n, wr_addr: 1n, wr_data: 0x99n, rd_en: 1n, rd_addr: 1n })) sim.poke(port, v);
    sim.step();
    expect(sim.peek("rd_data")).toBe(0x77n);
    sim.poke("wr_en", 0n);
    sim.step();
    expect(sim.peek("rd_data")).toBe(0x99n);
  });
});

test.each([[100, 25, 9], [40, 1, 4], [96, 96, 1], [70, 35, 16]])("a memory of %i bits in lanes of %i, %i words deep", (width, laneWidth, depth) => {
  const memory: MemoryModule = { kind: "memory", name: "ram", width, depth, laneWidth, blackBox: true, doc: "", parameters: {}, loc: null };
  const sim = simulate({ schema: "lapa-ir/1", top: "ram", reset: "sync-high", modules: [memory] });
  const r = new Random(width);
  const words = new Map<bigint, bigint>();
  let shown: bigint | undefined;
  for (let t = 0; t < 300; t++) {
    const inputs = Object.fromEntries(memoryPorts(memory).filter((p) => p.direction === "input").map((p) => [p.name, r.bits(p.width)]));
    // The first cycles write every word whole: what was there before is random.
    if (t < depth) Object.assign(inputs, { wr_en: mask(width / laneWidth), wr_addr: BigInt(t), rd_en: 0n });
    const { wr_en, wr_addr, wr_data, rd_en, rd_addr } = inputs as Record<string, bigint>;
    for (const [port, value] of Object.entries(inputs)) sim.poke(port, value);
    sim.step();
    if (rd_en === 1n) shown = words.get(rd_addr!);
    if (shown !== undefined) expect([t, sim.peek("rd_data")]).toEqual([t, shown]);
    if (wr_addr! >= BigInt(depth)) continue;
    let lanes = 0n;
    for (let i = 0; i < width / laneWidth; i++) if ((wr_en! >> BigInt(i)) & 1n) lanes |= mask(laneWidth) << BigInt(i * laneWidth);
    words.set(wr_addr!, ((words.get(wr_addr!) ?? 0n) & ~lanes) | (wr_data! & lanes));
  }
});

test("hierarchy: a path through an instance and back is no loop", () => {
  class Crossed extends Module<Record<string, never>> {
    readonly p = this.input(UInt(8));
    readonly q = this.input(UInt(8));
    readonly x = this.output(UInt(8));
    readonly z = this.output(UInt(8));
    build(): void {
      this.x.set(this.p.not());
      this.z.set(this.q.addWrap(1n));
    }
  }
  class Around extends Module<Record<string, never>> {
    readonly a = this.input(UInt(8));
    readonly y = this.output(UInt(8));
    build(): void {
      const crossed = this.instance(Crossed, {});
      crossed.p.set(this.a);
      crossed.q.set(crossed.x);
      this.y.set(crossed.z);
    }
  }
  const sim = new Simulator(elaborate(Around, {}));
  sim.poke("a", 10n);
  expect(sim.peek("y")).toBe(246n);
  expect(sim.peek("u_crossed.x")).toBe(245n);
});

test("a waveform, to the letter", () => {
  const child = logic("counter", { ports: ["input by 2", "output n 2"], signals: ["reg r 2 = 3"], body: [assign("r", bin("add", ref("r", 2), ref("by", 2))), assign("n", ref("r", 2))] });
  const top = logic("top", {
    ports: ["input by 2", "output odd 1"], signals: ["wire n 2"], body: [assign("odd", slice(ref("n", 2), 0))], clocked: true, resettable: true,
    instances: [{ name: "u_counter", module: "counter", inputs: [{ port: "by", value: ref("by", 2) }], outputs: [{ port: "n", signal: "n" }], loc: null }],
  });
  const sim = simulate(circuit([child, top], "async-low"));
  let text = "";
  sim.setReset(true);
  sim.traceVcd({ write: (part: string) => (text += part) });
  sim.step();
  sim.setReset(false);
  sim.poke("by", 2n);
  sim.step();
  sim.endTrace();
  expect(text).toBe(`$version lapa built-in engine $end
$timescale 1ns $end
$scope module top $end
$var wire 1 ! clk $end
$var wire 1 " rst_n $end
$var wire 2 # by [1:0] $end
$var wire 1 $ odd $end
$var wire 2 % n [1:0] $end
$scope module u_counter $end
$var wire 1 ! clk $end
$var wire 1 " rst_n $end
$var wire 2 # by [1:0] $end
$var wire 2 % n [1:0] $end
$var reg 2 % r [1:0] $end
$upscope $end
$upscope $end
$enddefinitions $end
#0
$dumpvars
0!
0"
b0 #
1$
b11 %
$end
#2
1!
1"
b10 #
#3
0!
#4
1!
b1 %
#5
0!
`);
});

test("waveforms hold scopes, names and changes, and no date", () => {
  const wave = (): string => {
    let text = "";
    const sim = new Simulator(elaborate(Queue, { width: 8, depth: 4 }));
    sim.traceVcd({ write: (part: string) => (text += part) });
    sim.reset();
    sim.poke("in_valid", 1n);
    sim.poke("in_data", 0xa5n);
    sim.step(3);
    sim.endTrace();
    return text;
  };
  expect(wave()).toBe(wave());
  expect(wave()).toMatch(/\$scope module queue \$end[^]*\$var \w+ 8 \S+ in_data[^]*\$scope module u_words \$end[^]*\$enddefinitions[^]*b10100101 /);
  expect(wave()).not.toContain("$date");
});
