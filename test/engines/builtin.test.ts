import fc from "fast-check";
import { type Circuit, elaborate, type LogicModule, type MemoryModule, Module, type ResetKind, type Stmt, UInt } from "lapa";
import { Simulator } from "../../sim/engines/builtin";
import { assign, lit, ref } from "../emit/build";
import { evaluate } from "../emit/evaluate";
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
    expect(() => sim.peek("u_x.y")).toThrow(/no instance "u_x"/);
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
