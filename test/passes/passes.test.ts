import fc from "fast-check";
import {
  Bool, type Circuit, concat, elaborate, type Expr, type Lit, literal, type LogicModule, Module, mux, type Port, Reporter, runPasses, type Stmt, UInt, when,
} from "lapa";
import { checkDrivers } from "../../generator/passes/drivers";
import { fold } from "../../generator/passes/fold";
import { verify } from "../../generator/ir/verify";
import { Simulator } from "../../sim/engines/builtin";
import { evaluate } from "../emit/evaluate";
import { anyExpression, expression, inputs, moduleOf, patternsOf, stimulus } from "../engines/random-circuit";
import { MacArray } from "../../generator/rivals/mac-array";
import { Fifo } from "../../examples/4-fifo";

type None = Record<string, never>;

test("folding keeps the value and the type of every expression", () => {
  fc.assert(
    fc.property(fc.array(anyExpression(4), { minLength: 8, maxLength: 8 }), stimulus, (expressions, values) => {
      const before = moduleOf(expressions);
      const after = fold(before);
      verify(after);
      const [top] = after.modules as [LogicModule];
      const byTarget = new Map(top.body.map((s) => (s.kind === "assign" ? [s.target, s.value] : ["", null]) as [string, Expr | null]));
      expressions.forEach((e, i) => {
        const folded = byTarget.get(`y${i}`)!;
        expect([folded.width, folded.signed]).toEqual([e.width, e.signed]);
        expect(evaluate(folded, patternsOf(values))).toBe(evaluate(e, patternsOf(values)));
      });
    }),
    { numRuns: 120, seed: 11 },
  );
});

/** Statements over outputs y0 .. y3 (8 bits) and f0, f1 (1 bit). */
function statements(depth: number): fc.Arbitrary<Stmt[]> {
  const wide = fc.integer({ min: 0, max: 3 }).chain((n) => fc.oneof(
    expression(8, false, 1).map((value): Stmt => ({ kind: "assign", target: `y${n}`, lo: 0, value, loc: null })),
    fc.integer({ min: 0, max: 5 }).chain((lo) => expression(3, false, 1).map((value): Stmt => ({ kind: "assign", target: `y${n}`, lo, value, loc: null }))),
  ));
  const flag = fc.tuple(fc.constantFrom("f0", "f1"), fc.oneof(fc.constantFrom("0x0", "0x1")
    .map((value): Expr => ({ kind: "lit", value, width: 1, signed: false })), expression(1, false, 1)))
    .map(([target, value]): Stmt => ({ kind: "assign", target, lo: 0, value, loc: null }));
  const one: fc.Arbitrary<Stmt>[] = [wide, flag];
  if (depth > 0) {
    const inner = statements(depth - 1);
    const zero: Expr = { kind: "lit", value: "0x0", width: 1, signed: false };
    one.push(
      fc.tuple(fc.oneof({ weight: 5, arbitrary: expression(1, false, 1) }, { weight: 1, arbitrary: fc.constant(zero) }), inner, fc.oneof(fc.constant([]), inner))
        .map(([cond, then, other]): Stmt => ({ kind: "if", cond, then, else: other, loc: null })),
      fc.tuple(expression(2, false, 1), inner, inner, inner).map(([on, a, b, rest]): Stmt => ({
        kind: "switch", on, loc: null, default: rest,
        cases: [{ values: [0, 2].map((n) => ({ kind: "lit", value: `0x${n}`, width: 2, signed: false })), body: a, loc: null },
          { values: [{ kind: "lit", value: "0x3", width: 2, signed: false }], body: b, loc: null }],
      })),
    );
  }
  return fc.array(fc.oneof(...one), { minLength: 1, maxLength: 4 });
}

test("all passes together keep what a module computes", () => {
  const outputs = [...[0, 1, 2, 3].map((n) => [`y${n}`, 8] as const), ["f0", 1] as const, ["f1", 1] as const];
  const defaults = outputs.map(([target, width]): Stmt => ({ kind: "assign", target, lo: 0, value: { kind: "lit", value: "0x0", width, signed: false }, loc: null }));
  fc.assert(
    fc.property(statements(3), fc.array(stimulus, { minLength: 6, maxLength: 6 }), (body, steps) => {
      const top: LogicModule = {
        kind: "logic", name: "top", doc: "", parameters: {}, loc: null, clocked: false, resettable: false, streams: [], signals: [], instances: [], latency: null,
        ports: [...inputs, ...outputs.map(([name, width]) => ({ name, direction: "output" as const, width, signed: false, source: name, loc: null }))],
        body: [...defaults, ...body],
      };
      const circuit: Circuit = { schema: "lapa-ir/1", top: "top", reset: "sync-high", modules: [top] };
      const [before, after] = [new Simulator(circuit), new Simulator(runPasses(circuit).circuit)];
      for (const values of steps) {
        for (const [name, value] of values) for (const sim of [before, after]) sim.poke(name, value);
        for (const [name] of outputs) expect(after.peek(name)).toBe(before.peek(name));
      }
    }),
    { numRuns: 60, seed: 3 },
  );
});

describe("what the passes leave", () => {
  class Flags extends Module<None> {
    readonly a = this.input(Bool());
    readonly b = this.input(UInt(4));
    readonly y = this.output(Bool());
    readonly z = this.output(UInt(4));
    build(): void {
      this.y.set(0n);
      this.z.set(this.b);
      when(this.a, () => {
        this.y.set(1n);
        this.z.set(this.b.addWrap(1n));
      });
    }
  }
  const top = (circuit: Circuit): LogicModule => circuit.modules.at(-1) as LogicModule;

  test("a flag that a condition sets is the condition", () => {
    const { body } = top(runPasses(elaborate(Flags, {})).circuit);
    expect(body.find((s) => s.kind === "assign" && s.target === "y")).toMatchObject({ value: { kind: "ref", name: "a" } });
    expect(body).toHaveLength(3);
  });

  test("instances connect to ports and operands by name, without wires between", () => {
    const { signals, body, instances } = top(runPasses(elaborate(MacArray, { rows: 2, columns: 2, operandBits: 8, accumulatorBits: 32 })).circuit);
    expect(body.filter((s) => s.kind === "assign" && s.target !== "unused_ok")).toEqual([]);
    expect(signals.map((s) => s.name)).not.toContain("mac_0_0_total");
    expect(instances[0]!.outputs).toContainEqual({ port: "total", signal: "total_0_0" });
  });

  test("what nobody reads is gone, and bits that nobody reads are gathered", () => {
    class Partly extends Module<None> {
      readonly a = this.input(UInt(8));
      readonly y = this.output(UInt(4));
      build(): void {
        const spare = this.reg(UInt(8), { reset: 0n });
        spare.set(spare.addWrap(this.a));
        this.y.set(this.a.trunc(4));
      }
    }
    const { circuit, warnings } = runPasses(elaborate(Partly, {}));
    expect(warnings.map((w) => w.code)).toEqual(["LAPA-W003"]);
    expect(top(circuit).signals.map((s) => s.name)).toEqual(["unused_ok"]);
    expect([top(circuit).clocked, top(circuit).resettable]).toEqual([false, false]);
    expect(JSON.stringify(top(circuit).body)).toContain('"hi":7,"lo":4');
  });

  test("modules that do the same are one", () => {
    class Twin extends Module<{ name: string }> {
      readonly a = this.input(UInt(4));
      readonly y = this.output(UInt(4));
      build(): void {
        this.y.set(this.a.not());
      }
    }
    class Both extends Module<None> {
      readonly a = this.input(UInt(4));
      readonly y = this.output(UInt(4));
      build(): void {
        const [one, two] = [this.instance(Twin, { name: "one" }), this.instance(Twin, { name: "two" })];
        one.a.set(this.a);
        two.a.set(one.y);
        this.y.set(two.y);
      }
    }
    expect(elaborate(Both, {}).modules).toHaveLength(3);
    expect(runPasses(elaborate(Both, {})).circuit.modules.map((m) => m.name)).toEqual(["twin_one", "both"]);
  });

  test("a design that is in order has no warnings, and the same result every time", () => {
    const once = runPasses(elaborate(Fifo, Fifo.defaults));
    expect(once.warnings).toEqual([]);
    expect(JSON.stringify(runPasses(elaborate(Fifo, Fifo.defaults)).circuit)).toBe(JSON.stringify(once.circuit));
  });
});

describe("what nothing reads", () => {
  class Inverter extends Module<None> {
    readonly a = this.input(UInt(4));
    readonly y = this.output(UInt(4));
    build(): void {
      this.y.set(this.a.not());
    }
  }
  abstract class Bench extends Module<None> {
    readonly a = this.input(UInt(4));
    readonly y = this.output(UInt(4));
  }
  const messages = (m: new (p: None) => Module<None>): string[] => runPasses(elaborate(m, {})).warnings.map((w) => w.message);

  test("of a chain the end is reported, not what leads to it", () => {
    class Chain extends Bench {
      readonly first = this.reg(UInt(4), { reset: 0n });
      readonly second = this.reg(UInt(4), { reset: 0n });
      build(): void {
        this.first.set(this.a);
        when(this.first.eq(3n), () => this.second.set(this.first));
        this.y.set(this.a);
      }
    }
    expect(messages(Chain)).toEqual(["'second' of module 'chain' is never read"]);
  });

  test("a ring that reaches no output is reported once", () => {
    class Ring extends Bench {
      readonly ping = this.reg(UInt(4), { reset: 0n });
      readonly pong = this.reg(UInt(4), { reset: 0n });
      build(): void {
        this.ping.set(this.pong);
        this.pong.set(this.ping.addWrap(this.a));
        this.y.set(this.a);
      }
    }
    expect(messages(Ring)).toEqual(["'ping' of module 'ring' reaches no output"]);
  });

  test("a register that only its own condition reads is reported", () => {
    class Alone extends Bench {
      readonly count = this.reg(UInt(4), { reset: 0n });
      build(): void {
        when(this.count.ne(this.a), () => this.count.set(this.count.addWrap(1n)));
        this.y.set(this.a);
      }
    }
    expect(messages(Alone)).toEqual(["'count' of module 'alone' reaches no output"]);
  });

  test("an instance whose outputs nobody reads is reported and removed, with its module", () => {
    class Idle extends Bench {
      build(): void {
        const inverter = this.instance(Inverter, {});
        inverter.a.set(this.a);
        this.y.set(this.a);
      }
    }
    expect(messages(Idle)).toEqual(["nothing reads an output of instance 'u_inverter' of module 'idle'"]);
    expect(runPasses(elaborate(Idle, {})).circuit.modules.map((m) => m.name)).toEqual(["idle"]);
  });

  test("what only a constant condition leaves out is removed without a word: the designer does read it", () => {
    class Chosen extends Bench {
      build(): void {
        const sum = this.wire(UInt(4));
        sum.set(this.a.addWrap(1n));
        this.y.set(mux(literal(Bool(), 1n), this.a, sum));
      }
    }
    expect(messages(Chosen)).toEqual([]);
    expect((runPasses(elaborate(Chosen, {})).circuit.modules[0] as LogicModule).signals).toEqual([]);
  });
});

describe("loops", () => {
  const loops = (m: new (p: None) => Module<None>): string[] => {
    const reporter = new Reporter();
    try {
      runPasses(elaborate(m, {}), reporter);
    } catch { /* what was found is in the reporter */ }
    return reporter.diagnostics.filter((d) => d.code === "LAPA-E010").map((d) => d.message);
  };

  test("a carry that ripples through the bits of one word is none", () => {
    class Ripple extends Module<None> {
      readonly a = this.input(UInt(4));
      readonly carry = this.output(UInt(5));
      build(): void {
        this.carry.setBit(0, 0n);
        for (let i = 0; i < 4; i++) this.carry.setBit(i + 1, this.a.bit(i).and(this.carry.bit(i)));
      }
    }
    expect(loops(Ripple)).toEqual([]);
  });

  class Swap extends Module<None> {
    readonly p = this.input(UInt(4));
    readonly q = this.input(UInt(4));
    readonly x = this.output(UInt(4));
    readonly y = this.output(UInt(4));
    build(): void {
      this.x.set(this.q.not());
      this.y.set(this.p.addWrap(1n));
    }
  }

  test("through an instance, bit by bit, with the path", () => {
    class Around extends Module<None> {
      readonly a = this.input(UInt(4));
      readonly y = this.output(UInt(4));
      build(): void {
        const swap = this.instance(Swap, {});
        const mixed = this.wire(UInt(4));
        mixed.set(swap.y);
        swap.p.set(this.a);
        swap.q.set(mixed.xor(swap.x));
        this.y.set(swap.x);
      }
    }
    expect(loops(Around)).toEqual(["combinational loop in module 'around': swap.x[0] -> swap.q[0] -> swap.x[0]"]);
  });

  test("a path that crosses an instance twice is none", () => {
    class Twice extends Module<None> {
      readonly a = this.input(UInt(4));
      readonly y = this.output(UInt(4));
      build(): void {
        const swap = this.instance(Swap, {});
        swap.p.set(this.a);
        swap.q.set(swap.y);
        this.y.set(swap.x);
      }
    }
    expect(loops(Twice)).toEqual([]);
  });

  test("a condition counts: what it reads is behind what it assigns", () => {
    class Held extends Module<None> {
      readonly a = this.input(Bool());
      readonly y = this.output(Bool());
      build(): void {
        this.y.set(0n);
        when(this.a, () => when(this.y.not(), () => this.y.set(1n)));
      }
    }
    expect(loops(Held)).toEqual(["combinational loop in module 'held': y -> y"]);
  });

  test("an adder tree within a cycle of words takes time by its size, not by its paths", () => {
    class Tree extends Module<None> {
      readonly a = this.input(UInt(64));
      readonly y = this.output(UInt(64));
      build(): void {
        const moved = this.wire(UInt(64));
        const sum = Array.from({ length: 40 }).reduce<UInt>((total) => total.addWrap(this.a), moved);
        moved.set(concat(sum.bits(62, 0), literal(UInt(1), 0n)).asUInt());
        this.y.set(sum);
      }
    }
    expect(loops(Tree)).toEqual([]);
  });
});

describe("latches", () => {
  const latches = (last: boolean): string[] => {
    class Chain extends Module<None> {
      readonly a = this.input(UInt(2));
      readonly y = this.output(UInt(4));
      build(): void {
        const rest = when(this.a.eq(0n), () => this.y.set(1n)).elsewhen(this.a.eq(1n), () => this.y.set(this.a.zext(4))).elsewhen(this.a.eq(2n), () => {
          this.y.setBits(3, 2, 0n);
          this.y.setBits(1, 0, this.a.asBits());
        });
        rest.otherwise(() => this.y.setBits(last ? 3 : 1, 0, 0n));
      }
    }
    const reporter = new Reporter();
    checkDrivers(elaborate(Chain, {}), reporter);
    return reporter.diagnostics.map((d) => `${d.code} ${d.message}`);
  };

  test("a chain whose every branch assigns every bit has none", () => expect(latches(true)).toEqual([]));

  test("bits that one branch leaves out are named", () =>
    expect(latches(false)).toEqual(["LAPA-E009 bits [3:2] of 'y' of module 'chain' keep a value where no branch assigns them: a latch"]));
});

test("time grows with the size of the design: many cases, long chains of conditions", () => {
  const size = 4000;
  const word = { width: 16, signed: false } as const;
  const ref = (name: string): Expr => ({ kind: "ref", name, ...word });
  const lit = (n: number): Lit => ({ kind: "lit", value: `0x${n.toString(16)}`, ...word });
  const set = (target: string, n: number): Stmt => ({ kind: "assign", target, lo: 0, value: lit(n), loc: null });
  const port = (name: string, direction: "input" | "output"): Port => ({ name, direction, ...word, source: name, loc: null });
  const numbers = Array.from({ length: size }, (_, n) => n);
  const cases: Stmt = { kind: "switch", on: ref("a"), loc: null, default: [set("y", 0)], cases: numbers.map((n) => ({ values: [lit(n)], body: [set("y", n)], loc: null })) };
  const chain = numbers.slice(0, size / 10).reduce<Stmt[]>((rest, n) => [
    { kind: "if", cond: { kind: "binary", op: "eq", a: ref("a"), b: lit(n), width: 1, signed: false }, then: [set("z", n)], else: rest, loc: null },
  ], [set("z", 0)]);
  const top: LogicModule = {
    kind: "logic", name: "top", doc: "", parameters: {}, loc: null, clocked: false, resettable: false, streams: [], signals: [], instances: [], latency: null,
    ports: [port("a", "input"), port("y", "output"), port("z", "output")], body: [cases, ...chain],
  };
  const before = process.cpuUsage();
  runPasses({ schema: "lapa-ir/1", top: "top", reset: "sync-high", modules: [top] });
  const { user, system } = process.cpuUsage(before);
  // Milliseconds of this process; what grew with the square of the size took many seconds.
  expect((user + system) / 1000).toBeLessThan(2500);
});
