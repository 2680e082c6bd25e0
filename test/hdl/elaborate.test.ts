import { Bool, DiagnosticError, elaborate, type LogicModule, Module, SInt, UInt } from "lapa";
import { Counter } from "./designs/counter";

/** The codes that elaborating a module with this body reports. */
function codes(describe: (m: Bench) => void): string[] {
  class Probe extends Bench {
    build(): void {
      describe(this);
    }
  }
  try {
    elaborate(Probe, {});
    return [];
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics.map((d) => d.code);
    throw error;
  }
}

abstract class Bench extends Module<Record<string, never>> {
  readonly a = this.input(UInt(8));
  readonly b = this.input(UInt(5));
  readonly s = this.input(SInt(8));
  readonly c = this.input(Bool());
  readonly wide = this.output(UInt(9));
  readonly same = this.output(UInt(8));
}

describe("elaboration", () => {
  const circuit = elaborate(Counter, { width: 8 });
  const top = circuit.modules[0] as LogicModule;

  test("a counter: ports inputs first, names from fields and bindings, places in the designer's file", () => {
    expect(top.name).toBe("counter");
    expect(top.ports.map((p) => [p.name, p.direction, p.width])).toEqual([["enable", "input", 1], ["clear", "input", 1], ["count", "output", 8]]);
    expect(top.signals.map((s) => [s.name, s.kind, s.reset])).toEqual([["value", "reg", "0x0"], ["next_value", "wire", null]]);
    expect(top.signals[0]!.loc).toEqual({ file: "test/hdl/designs/counter.ts", line: 10, column: 11 });
    expect([top.clocked, top.resettable]).toEqual([true, true]);
  });

  test("when and elsewhen nest; the last branch holds the register", () => {
    const branch = top.body.find((s) => s.kind === "if")!;
    expect(branch).toMatchObject({ cond: { name: "clear" }, then: [{ target: "value", value: { kind: "lit", value: "0x0" } }] });
    expect(branch).toMatchObject({ else: [{ kind: "if", cond: { name: "enable" }, then: [{ target: "value", value: { name: "next_value" } }], else: [] }] });
  });

  test("the circuit is plain JSON, the same every time", () => {
    expect(JSON.parse(JSON.stringify(circuit))).toEqual(circuit);
    expect(JSON.stringify(elaborate(Counter, { width: 8 }))).toBe(JSON.stringify(circuit));
  });

  test.each<[string, (m: Bench) => void, string[]]>([
    ["a sum of different widths is exact", (m) => m.wide.set(m.a.add(m.b)), []],
    ["an assignment needs equal widths", (m) => m.same.set(m.a.add(m.b)), ["LAPA-E001"]],
    ["trunc mends it", (m) => m.same.set(m.a.add(m.b).trunc(8)), []],
    ["unsigned and signed do not mix", (m) => m.same.set(m.s as never), ["LAPA-E002"]],
    ["asUInt mends it", (m) => m.same.set(m.s.asUInt()), []],
    ["a literal that fits", (m) => m.same.set(255n), []],
    ["a literal that does not fit", (m) => m.same.set(256n), ["LAPA-E003"]],
    ["a width of zero", () => void UInt(0), ["LAPA-E004"]],
    ["bits outside the signal", (m) => void m.a.bits(8, 0), ["LAPA-E005"]],
    ["bits inside the signal", (m) => void m.a.bits(7, 0), []],
    ["an input is not assigned", (m) => m.a.set(1n), ["LAPA-E013"]],
  ])("%s", (_, describe, expected) => expect(codes(describe)).toEqual(expected));

  test.each(["reg", "always", "clk"])("a port named %s is refused", (name) => {
    class Named extends Module<Record<string, never>> {
      constructor(params: Record<string, never>) {
        super(params);
        Object.assign(this, { [name]: this.input(Bool()) });
      }
      build(): void {}
    }
    expect(() => elaborate(Named, {})).toThrow(name === "clk" ? /LAPA-E015/ : /LAPA-E011.*reserved word/);
  });

  test("a module below the top is named after its prefix, class, parameters and reset", () => {
    class Leaf extends Module<{ a: number | null; isWide: boolean; word: string; b: number | null }> {
      readonly x = this.input(Bool());
      readonly y = this.output(Bool());
      override get modulePrefix(): string { return "acme_"; }
      build(): void {
        const held = this.reg(Bool(), { reset: 0n });
        held.set(this.params.isWide ? this.x : this.x.not());
        this.y.set(held);
      }
    }
    class Tree extends Module<Record<string, never>> {
      readonly x = this.input(Bool());
      readonly y = this.output(Bool());
      build(): void {
        const params = [{ a: 2, isWide: true, word: "upDown", b: null }, { a: null, isWide: false, word: "x", b: 2 }, { a: -3, isWide: false, word: "x", b: 2 }];
        const last = params.reduce((x, p) => { const leaf = this.instance(Leaf, p); leaf.x.set(x); return leaf.y; }, this.x);
        this.y.set(last);
      }
    }
    const names = (reset: "sync-high" | "async-low"): string[] => elaborate(Tree, {}, { reset }).modules.map((m) => m.name);
    expect(names("sync-high")).toEqual(["acme_leaf_2_is_wide_up_down", "acme_leaf_no_a_x_2", "acme_leaf_m3_x_2", "tree"]);
    expect(names("async-low")).toEqual(["acme_leaf_2_is_wide_up_down_async_low", "acme_leaf_no_a_x_2_async_low", "acme_leaf_m3_x_2_async_low", "tree"]);
    expect(elaborate(Leaf, { a: 1, isWide: true, word: "x", b: 1 }).top).toBe("acme_leaf");
  });

  test("parameters that JSON would not tell apart make modules of their own", () => {
    class Limit extends Module<{ limit: number | null }> {
      readonly y = this.output(UInt(2));
      build(): void { this.y.set(this.params.limit === null ? 0n : Number.isNaN(this.params.limit) ? 1n : 2n); }
    }
    class Limits extends Module<Record<string, never>> {
      readonly y = this.output(UInt(6));
      build(): void {
        const [a, b, c] = [null, NaN, Infinity].map((limit) => this.instance(Limit, { limit }).y.zext(6));
        this.y.set(a!.addWrap(b!.shlWrap(b!)).addWrap(c!));
      }
    }
    expect(elaborate(Limits, {}).modules).toHaveLength(4);
  });

  test("a name that many parameters make is cut, and stays one of its own", () => {
    class Taps extends Module<{ taps: readonly number[] }> {
      readonly y = this.output(UInt(8));
      build(): void { this.y.set(BigInt(this.params.taps.length)); }
    }
    class Filters extends Module<Record<string, never>> {
      readonly a = this.output(UInt(8));
      readonly b = this.output(UInt(8));
      build(): void {
        this.a.set(this.instance(Taps, { taps: Array<number>(100).fill(12) }).y);
        this.b.set(this.instance(Taps, { taps: Array<number>(101).fill(12) }).y);
      }
    }
    const [a, b] = elaborate(Filters, {}).modules.map((m) => m.name);
    for (const name of [a!, b!]) expect(name).toMatch(/^taps_12_12[_12]+_[0-9a-f]{16}$/);
    expect(a).not.toBe(b);
    expect(a!.length).toBe(120);
    expect(elaborate(Filters, {}).modules[0]!.name).toBe(a);
  });

  test("mistakes are collected, each at its own line", () => {
    expect(codes((m) => {
      m.same.set(m.b as never);
      m.wide.set(m.s as never);
      m.same.set(300n);
      throw new Error("and the code throws");
    })).toEqual(["LAPA-E001", "LAPA-E002", "LAPA-E003", "LAPA-W005", "LAPA-E019"]);
  });

  test("hardware outside a module is refused", () => {
    expect(() => new Counter({ width: 4 })).toThrow(/LAPA-E016/);
  });
});

test("nothing in a module is named like the module", () => {
  class Pulse extends Module<Record<string, never>> {
    readonly next = this.input(UInt(8));
    readonly last = this.output(UInt(8));
    build(): void {
      const pulse = this.reg(UInt(8), { reset: 0n });
      pulse.name = "pulse";
      pulse.set(this.next);
      this.last.set(pulse);
    }
  }
  const [module] = elaborate(Pulse, {}).modules as [LogicModule];
  expect(module.signals.map((s) => s.name)).toEqual(["pulse_1"]);
  expect(() => elaborate(Pulse, {}, { name: "last" })).toThrow(/LAPA-E015.*named 'last'/);
});
