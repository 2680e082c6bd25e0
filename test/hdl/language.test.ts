import {
  assignAt, Bits, Bool, Bundle, connect, DiagnosticError, elaborate, emitFolder, Enum, literal, type LogicModule, Module, mux, pack, Reporter, runPasses, select, SInt, switchOn, UInt,
  unpack, Vec, when,
} from "lapa";
import { Simulator } from "../../sim/engines/builtin";
import { Queue } from "./designs/queue";

type None = Record<string, never>;

/** The codes of what elaborating a module reports. */
function codesOf(module: new (p: None) => Module<None>): string[] {
  const reporter = new Reporter();
  try {
    elaborate(module, {}, { reporter });
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
  }
  return reporter.diagnostics.map((d) => d.code);
}

class Numbers extends Module<None> {
  readonly u = this.input(UInt(8));
  readonly s = this.input(SInt(8));
  readonly n = this.input(UInt(4));
  readonly low = this.output(UInt(5));
  readonly clamped = this.output(SInt(5));
  readonly times8 = this.output(SInt(11));
  readonly over4 = this.output(SInt(6));
  readonly thrice = this.output(Bits(12));
  readonly picked = this.output(Bool());
  readonly patched = this.output(Bits(8));

  build(): void {
    this.low.set(this.u.saturate(5));
    this.clamped.set(this.s.saturate(5));
    this.times8.set(this.s.shl(3));
    this.over4.set(this.s.shr(2));
    this.thrice.set(this.n.repeat(3));
    this.picked.set(this.u.bit(this.n.trunc(3)));
    this.patched.set(this.u.asBits());
    this.patched.setBits(6, 3, this.n.asBits());
    this.patched.setBit(0, 1n);
  }
}

const Op = Enum("Op", "add", "sub", "hold");
const Pair = Bundle({ value: SInt(6), tag: Bits(3) });

class Aggregates extends Module<None> {
  readonly op = this.input(Bits(2));
  readonly index = this.input(UInt(2));
  readonly pair = this.input(Pair);
  readonly flip = this.input(Bool());
  readonly items = this.output(Vec(3, Pair));
  readonly chosen = this.output(Pair);
  readonly bits = this.output(Bits(9));
  readonly total = this.output(SInt(8));

  build(): void {
    const state = this.reg(Vec(3, Pair), { reset: { 0: { value: 1n, tag: 2n }, 1: 0n, 2: 0n } });
    const swapped = unpack(Pair, pack(this.pair).not());
    assignAt(state, this.index, mux(this.flip, swapped, this.pair));
    for (const [i, item] of this.items.entries()) {
      item.value.set(state[i]!.value);
      item.tag.set(state[i]!.tag);
    }
    const front = select(state, this.index);
    this.chosen.value.set(front.value);
    this.chosen.tag.set(front.tag);
    this.bits.set(pack(this.pair));
    const total = this.reg(SInt(8), { reset: -3n, enable: this.flip.not() });
    switchOn(this.op.asEnum(Op))
      .is(Op.add, () => total.set(total.addWrap(this.pair.value.sext(8))))
      .is([Op.sub, Op.hold], () => total.set(total.subWrap(1n)))
      .otherwise(() => total.set(0n));
    this.total.set(total);
  }
}

class LaneWords extends Module<None> {
  readonly at = this.input(UInt(2));
  readonly word = this.input(UInt(12));
  readonly lanes = this.input(Bits(3));
  readonly write = this.input(Bool());
  readonly second = this.input(Bool());
  readonly out = this.output(UInt(12));

  build(): void {
    const memory = this.memory(UInt(12), { depth: 4, lanes: 3 });
    when(this.write, () => memory.write(this.at, this.word, this.lanes)).elsewhen(this.second, () => memory.write(literal(UInt(2), 3n), this.word));
    this.out.set(memory.read(this.at));
  }
}

class Pass extends Module<None> {
  readonly in = this.inputStream({ data: UInt(4) });
  readonly out = this.outputStream({ data: UInt(4) });
  build(): void {
    const first = this.instance(Stage, {});
    const second = this.instance(Stage, {});
    connect(this.in, first.in);
    connect(first.out, second.in);
    connect(second.out, this.out);
  }
}

class Stage extends Module<None> {
  readonly in = this.inputStream({ data: UInt(4) });
  readonly out = this.outputStream({ data: UInt(4) });
  build(): void {
    const full = this.reg(Bool(), { reset: 0n });
    const data = this.reg(UInt(4), { reset: "none" });
    this.in.ready.set(full.not().or(this.out.ready));
    this.out.valid.set(full);
    this.out.payload.data.set(data);
    when(this.in.ready, () => full.set(this.in.valid));
    when(this.in.fire(), () => data.set(this.in.payload.data));
  }
}

describe("numbers", () => {
  const sim = new Simulator(elaborate(Numbers, {}));
  test.each([[200n, -100n, 5n], [31n, 15n, 0n], [32n, -16n, 15n], [0n, -17n, 9n], [255n, 16n, 6n]])("u = %s, s = %s, n = %s", (u, s, n) => {
    sim.poke("u", u);
    sim.poke("s", s);
    sim.poke("n", n);
    expect(sim.peek("low")).toBe(u > 31n ? 31n : u);
    expect(sim.peekSigned("clamped")).toBe(s > 15n ? 15n : s < -16n ? -16n : s);
    expect(sim.peekSigned("times8")).toBe(s * 8n);
    expect(sim.peekSigned("over4")).toBe(s >> 2n);
    expect(sim.peek("thrice")).toBe(n * 0x111n);
    expect(sim.peek("picked")).toBe((u >> (n & 7n)) & 1n);
    expect(sim.peek("patched")).toBe((u & 0x86n) | (n << 3n) | 1n);
  });
});

describe("aggregates, enumerations and switches", () => {
  test("reset, writes at an index, choice by index, packing", () => {
    const sim = new Simulator(elaborate(Aggregates, {}));
    sim.reset();
    expect([sim.peek("items_0_value"), sim.peek("items_0_tag"), sim.peek("items_1_value")]).toEqual([1n, 2n, 0n]);
    expect(sim.peekSigned("total")).toBe(-3n);
    sim.poke("pair_value", -5n);
    sim.poke("pair_tag", 6n);
    sim.poke("index", 2n);
    expect(sim.peek("bits")).toBe((6n << 6n) | 59n);
    sim.step();
    expect([sim.peekSigned("items_2_value"), sim.peek("items_2_tag"), sim.peekSigned("chosen_value")]).toEqual([-5n, 6n, -5n]);
    expect(sim.peekSigned("total")).toBe(-8n);
    sim.poke("index", 3n);
    sim.poke("flip", 1n);
    sim.step();
    expect(sim.peekSigned("total")).toBe(-8n);
    expect(sim.peekSigned("chosen_value")).toBe(-5n);
    sim.poke("index", 1n);
    sim.step();
    expect([sim.peekSigned("items_1_value"), sim.peek("items_1_tag")]).toEqual([4n, 1n]);
    sim.poke("flip", 0n);
    for (const [op, total] of [[2n, -9n], [1n, -10n], [0n, -15n], [3n, 0n]] as const) {
      sim.poke("op", op);
      sim.step();
      expect(sim.peekSigned("total")).toBe(total);
    }
  });

  test("names follow fields and indices", () => {
    const [top] = elaborate(Aggregates, {}).modules as LogicModule[];
    expect(top!.ports.map((p) => p.name)).toContain("items_2_tag");
    expect(top!.ports.find((p) => p.name === "items_2_tag")!.source).toBe("items[2].tag");
    expect(JSON.stringify(top!.body)).toContain('"label":"OP_SUB"');
  });
});

describe("memories", () => {
  test("lanes, the word before a write, the last write", () => {
    const sim = new Simulator(elaborate(LaneWords, {}));
    const write = (at: bigint, word: bigint, lanes: bigint): void => {
      for (const [port, value] of Object.entries({ at, word, lanes, write: 1n })) sim.poke(port, value);
      sim.step();
      sim.poke("write", 0n);
    };
    write(1n, 0xabcn, 7n);
    write(1n, 0x123n, 2n);
    expect(sim.peek("out")).toBe(0xabcn);
    sim.step();
    expect(sim.peek("out")).toBe(0xa2cn);
    sim.poke("second", 1n);
    sim.step();
    sim.poke("at", 3n);
    sim.step();
    expect(sim.peek("out")).toBe(0x123n);
  });

  test("a queue keeps every word, in order, whatever its depth", () => {
    for (const depth of [1, 4, 5]) {
      const sim = new Simulator(elaborate(Queue, { width: 8, depth }));
      sim.reset();
      const sent: bigint[] = [];
      const received: bigint[] = [];
      for (let t = 0; t < 200; t++) {
        sim.poke("in_valid", t % 3 === 0 ? 0n : 1n);
        sim.poke("in_data", BigInt(t));
        sim.poke("out_ready", (t >> 4) % 2 === 0 ? 1n : 0n);
        if (sim.peek("in_valid") & sim.peek("in_ready")) sent.push(BigInt(t));
        if (sim.peek("out_valid") & sim.peek("out_ready")) received.push(sim.peek("out_data"));
        sim.step();
      }
      expect(received.length).toBeGreaterThan(30);
      expect(received).toEqual(sent.slice(0, received.length));
    }
  });
});

test("streams: ports, roles, and stages in a row", () => {
  const circuit = elaborate(Pass, {});
  expect((circuit.modules.at(-1) as LogicModule).streams).toEqual([
    { name: "in", direction: "input", valid: "in_valid", ready: "in_ready", fields: [{ name: "data", port: "in_data" }] },
    { name: "out", direction: "output", valid: "out_valid", ready: "out_ready", fields: [{ name: "data", port: "out_data" }] },
  ]);
  expect(circuit.modules.map((m) => m.name)).toEqual(["stage", "pass"]);
  const sim = new Simulator(circuit);
  sim.reset();
  for (const [port, value] of Object.entries({ in_valid: 1n, in_data: 9n, out_ready: 1n })) sim.poke(port, value);
  sim.step(2);
  expect([sim.peek("out_valid"), sim.peek("out_data")]).toEqual([1n, 9n]);
});

test("expressions of any depth: a chain of thousands of operators", () => {
  class Chain extends Module<None> {
    readonly bits = this.input(Bits(5000));
    readonly count = this.output(UInt(13));
    readonly parity = this.output(Bool());
    build(): void {
      let count = literal(UInt(13), 0n);
      let parity = this.bits.bit(0);
      for (let i = 0; i < 5000; i++) count = count.addWrap(this.bits.bits(i, i).asUInt().zext(13));
      for (let i = 1; i < 5000; i++) parity = parity.xor(this.bits.bit(i));
      this.count.set(count);
      this.parity.set(parity);
    }
  }
  const { circuit } = runPasses(elaborate(Chain, {}));
  expect(emitFolder(circuit).get("chain.v")).toMatch(/assign count =/);
  const sim = new Simulator(circuit);
  sim.poke("bits", (1n << 5000n) - 1n - (1n << 77n));
  expect([sim.peek("count"), sim.peek("parity")]).toEqual([4999n, 1n]);
});

describe("mistakes", () => {
  abstract class Bench extends Module<None> {
    readonly u = this.input(UInt(4));
    readonly y = this.output(UInt(4));
  }
  const cases: [string, new (p: None) => Module<None>, string[]][] = [
    ["a register that says nothing of its reset", class A extends Bench { build(): void { const r = this.reg(UInt(4)); r.set(this.u); this.y.set(r); } }, ["LAPA-W001"]],
    ["a case twice", class B extends Bench { build(): void { switchOn(this.u).is([1n, 2n], () => this.y.set(0n)).is(2n, () => this.y.set(1n)); } }, ["LAPA-E018"]],
    ["a case of another enumeration", class C extends Bench { build(): void { switchOn(this.u.trunc(2).asEnum(Op)).is(Enum("Other", "x", "y", "z").x as never, () => this.y.set(0n)); } }, ["LAPA-E002"]],
    ["a number that is no member", class D extends Bench { build(): void { this.reg(Op, { reset: 3n }); } }, ["LAPA-E003"]],
    ["an unconnected input of an instance", class E extends Bench { build(): void { const s = this.instance(Stage, {}); s.in.valid.set(1n); s.out.ready.set(1n); this.y.set(s.out.payload.data); } }, ["LAPA-E012"]],
    ["records of different fields", class F extends Bench { build(): void { mux(this.u.bit(0), { a: this.u }, { b: this.u } as never); } }, ["LAPA-E017"]],
    ["a memory read twice", class G extends Bench { build(): void { const m = this.memory(UInt(4), { depth: 16 }); m.read(this.u); m.read(this.u); } }, ["LAPA-E017"]],
    ["lanes that do not divide the word", class H extends Bench { build(): void { this.memory(UInt(4), { depth: 16, lanes: 3 }); } }, ["LAPA-E004"]],
    ["a memory's module named by a reserved word", class K extends Bench { build(): void { this.memory(UInt(4), { depth: 16, moduleName: "always" }); } }, ["LAPA-E011"]],
    ["a memory's module that is no Verilog name", class L extends Bench { build(): void { this.memory(UInt(4), { depth: 16, moduleName: "my-ram" }); } }, ["LAPA-E011"]],
    ["two memories of one name", class M extends Bench { build(): void { for (const depth of [4, 8]) this.memory(UInt(4), { depth, moduleName: "ram" }); } }, ["LAPA-E015"]],
    ["a default after what it should be before", class S extends Bench { build(): void { when(this.u.bit(0), () => this.y.set(1n)); this.y.set(0n); } }, ["LAPA-W005"]],
    ["two drivers of some bits", class T extends Bench { build(): void { this.y.set(0n); this.y.setBits(2, 1, 1n); this.y.setBits(2, 0, 2n); } }, ["LAPA-W005"]],
    ["a default, bits of it, and conditions", class V extends Bench { build(): void { this.y.set(0n); this.y.setBit(1, 1n); when(this.u.bit(0), () => this.y.set(3n)); this.y.setBit(3, 1n); } }, []],
    ["a condition that is a number", class N extends Bench { build(): void { this.y.set(0n); when(this.u as never, () => this.y.set(1n)); } }, ["LAPA-E002"]],
    ["a condition that is no signal", class O extends Bench { build(): void { this.y.set(mux(true as never, this.u, this.u)); } }, ["LAPA-E002"]],
    ["an enable of two bits", class P extends Bench { build(): void { this.reg(UInt(4), { reset: 0n, enable: this.u as never }); } }, ["LAPA-E002"]],
    ["an index with a sign", class Q extends Bench { build(): void { this.y.set(select([this.u, this.u], this.u.asSInt() as never)); } }, ["LAPA-E002"]],
    ["a shift by a signed amount", class R extends Bench { build(): void { this.y.set(this.u.shr(this.u.asSInt() as never)); } }, ["LAPA-E002"]],
    ["a number literal", class I extends Bench { build(): void { this.y.set(3 as never); } }, ["LAPA-E003"]],
    ["an enumeration's member named like a property of types", class J extends Bench { build(): void { Enum("Bad", "width"); } }, ["LAPA-E011"]],
  ];
  test.each(cases)("%s", (_, module, codes) => expect(codesOf(module)).toEqual(codes));
});
