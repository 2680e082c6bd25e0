import fc from "fast-check";
import { type Circuit, type Expr, type LogicModule, type Port, Reporter, runPasses, type Stmt } from "lapa";
import type { Signal } from "../../generator/ir/types";
import { checkDrivers } from "../../generator/passes/drivers";
import { Simulator } from "../../sim/engines/builtin";
import { expression, inputs, stimulus } from "../engines/random-circuit";

/** Names of random expressions that are registers, and those that instances drive, in place of inputs. */
const registers = ["u8", "s16", "u33", "s65"];
const driven = ["u7", "s31", "u100"];
const typeOf = (name: string): Port => inputs.find((p) => p.name === name)!;
const wiresAndRegisters: Signal[] = [...registers, ...driven].map((name) => {
  const { width, signed } = typeOf(name);
  return { name, kind: registers.includes(name) ? "reg" : "wire", width, signed, reset: registers.includes(name) ? "0x1" : null, source: name, loc: null };
});

const set = (target: string, value: Expr, lo = 0): Stmt => ({ kind: "assign", target, lo, value, loc: null });

/** An assignment to a register, of all its bits or of some, or a condition around such. */
function update(names: readonly string[], depth: number): fc.Arbitrary<Stmt> {
  const whole = fc.constantFrom(...names).chain((name) => expression(typeOf(name).width, typeOf(name).signed, 2).map((value) => set(name, value)));
  const part = fc.constantFrom(...names).chain((name) => fc.integer({ min: 0, max: typeOf(name).width - 2 })
    .chain((lo) => expression(2, false, 1).map((value) => set(name, value, lo))));
  if (depth === 0) return fc.oneof(whole, part);
  const inner = fc.array(update(names, depth - 1), { maxLength: 2 });
  return fc.oneof(whole, part, fc.tuple(expression(1, false, 1), inner, inner).map(([cond, then, other]): Stmt => ({ kind: "if", cond, then, else: other, loc: null })));
}

const base = { kind: "logic", doc: "", parameters: {}, loc: null, clocked: true, resettable: true, streams: [], latency: null } as const;
const output = (name: string, like: string): Port => ({ ...typeOf(like), name, direction: "output" });

/** A child: every input, some registers, and one of them as its output `q`. */
const child = (name: string, q: string): fc.Arbitrary<LogicModule> => fc.array(update(registers, 2), { minLength: 1, maxLength: 4 }).map((body) => ({
  ...base, name, instances: [], ports: [...inputs.filter((p) => !registers.includes(p.name)), output("q", q)],
  signals: wiresAndRegisters.filter((s) => s.kind === "reg"),
  body: [...body, set("q", { kind: "ref", name: q, width: typeOf(q).width, signed: typeOf(q).signed })],
}));

/** A wire of the parent, of the type of what an instance's output drives. */
const fed = (name: string, from: string): Signal => ({ ...typeOf(from), kind: "wire", name, reset: null });

/** A parent of three instances, two of them of modules that do the same. */
const circuit: fc.Arbitrary<Circuit> = fc.tuple(child("first", "u8"), child("second", "s16"), fc.array(update(registers, 2), { minLength: 1, maxLength: 4 }),
  fc.array(expression(8, false, 3), { minLength: 2, maxLength: 2 }), fc.array(fc.tuple(...inputs.map((p) => expression(p.width, p.signed, 1))), { minLength: 3, maxLength: 3 }))
  .map(([first, second, body, values, connections]) => {
    const twin = { ...first, name: "twin" };
    const extended = (name: string, q: string): Stmt => {
      const { width, signed } = typeOf(name);
      const from: Expr = { kind: "ref", name: q, ...{ width: q === "q2" ? 16 : 8, signed: q === "q2" } };
      const bits: Expr = width <= from.width ? { kind: "slice", a: from, hi: width - 1, lo: 0, width, signed: false }
        : { kind: "extend", a: { kind: "cast", a: from, width: from.width, signed: false }, width, signed: false };
      return set(name, signed ? { kind: "cast", a: bits, width, signed } : bits);
    };
    const instances = [first, twin, second].map((m, i) => ({
      name: `u_${m.name}`, module: m.name, loc: null,
      inputs: m.ports.filter((p) => p.direction === "input").map((p) => ({ port: p.name, value: connections[i]![inputs.findIndex((x) => x.name === p.name)]! })),
      outputs: [{ port: "q", signal: `q${i}` }],
    }));
    const top: LogicModule = {
      ...base, name: "top", instances,
      ports: [...inputs.filter((p) => !registers.includes(p.name) && !driven.includes(p.name)), output("y0", "u8"), output("y1", "u8"), output("direct", "s16"), output("again", "s16")],
      signals: [...wiresAndRegisters, fed("q0", "u8"), fed("q1", "u8"), fed("q2", "s16")],
      body: [
        ...body, extended("u7", "q0"), extended("s31", "q1"), extended("u100", "q2"), ...values.map((v, i) => set(`y${i}`, v)),
        set("direct", { kind: "ref", name: "q2", width: 16, signed: true }), set("again", { kind: "ref", name: "direct", width: 16, signed: true }),
      ],
    };
    return { schema: "lapa-ir/1", top: "top", reset: "sync-high", modules: [first, twin, second, top] };
  });

test("all passes together keep what a hierarchy with state does, and drive all that they leave", () => {
  fc.assert(
    fc.property(circuit, fc.array(stimulus, { minLength: 5, maxLength: 5 }), (before, steps) => {
      const after = runPasses(before).circuit;
      // Of the two modules that do the same one is left, or none where nothing reads them.
      expect(after.modules.filter((m) => m.name === "first" || m.name === "twin").length).toBeLessThan(2);
      const reporter = new Reporter();
      checkDrivers(after, reporter);
      reporter.check();
      const sims = [new Simulator(before), new Simulator(after)] as const;
      for (const sim of sims) sim.reset();
      for (const values of steps) {
        for (const sim of sims) {
          for (const p of (before.modules.at(-1) as LogicModule).ports) if (p.direction === "input") sim.poke(p.name, values.get(p.name)!);
          sim.step();
        }
        for (const name of ["y0", "y1", "direct", "again"]) expect([name, sims[1].peek(name)]).toEqual([name, sims[0].peek(name)]);
      }
    }),
    { numRuns: 40, seed: 7 },
  );
});
