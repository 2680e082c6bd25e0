/** Random statements, registers and hierarchies in the built-in engine are what the definitions say. */

import { type Expr, type Instance, mask, type Ref, type Stmt } from "lapa";
import { Simulator } from "../../sim/engines/builtin";
import { assign, bin, cast, cat, circuit, extend, logic, not, ref, slice } from "../emit/build";
import { perform } from "../emit/evaluate";
import { Random, randomStatements } from "../emit/random";

const widths = [1, 2, 8, 31, 32, 33, 64, 70, 100];
const inputs: readonly Ref[] = widths.map((w, i) => ref(`i${w}`, w, i % 2 === 1));
const declared = (kind: string, s: Ref): string => `${kind} ${s.name} ${s.signed ? "s" : ""}${s.width}`;

/** Wires in layers, each reading those before it, and registers; half of them, those named `hold`, without reset. */
function randomProcess(seed: number) {
  const r = new Random(seed);
  const random = (name: string): Ref => ref(name, r.pick(widths), r.below(3) === 0);
  const layers = Array.from({ length: 5 }, (_, l) => Array.from({ length: 3 }, (_, i) => random(`w${l}_${i}`)));
  const registers = Array.from({ length: 6 }, (_, i) => random(`${i % 2 === 0 ? "hold" : "q"}${i}`));
  const readable = (n: number): Ref[] => [...inputs, ...registers, ...layers.slice(0, n).flat()];
  const body = [
    ...layers.flatMap((layer, l) => randomStatements(r, readable(l), layer, 3)),
    ...randomStatements(r, readable(5), registers, 3), ...randomStatements(r, readable(5), registers, 3),
  ];
  const resets = new Map(registers.filter((s) => !s.name.startsWith("hold")).map((s) => [s.name, r.bits(s.width)]));
  const child = logic("process", {
    ports: inputs.map((s) => declared("input", s)),
    signals: [
      ...layers.flat().map((s) => declared("wire", s)),
      ...registers.map((s) => declared("reg", s) + (resets.has(s.name) ? ` = ${resets.get(s.name)}` : "")),
    ],
    body,
  });
  return { r, layers, registers, resets, body, child };
}

/** `count` instances of a module; the odd ones get the inputs inverted. */
function instances(module: string, count: number): Instance[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `u_${i}`, module, loc: null, outputs: [], inputs: inputs.map((s) => ({ port: s.name, value: i % 2 === 0 ? s : not(s) })),
  }));
}

test.each([[1, 1], [2, 1], [3, 1], [4, 5], [5, 5], [6, 5], [7, 1], [8, 5]])("random process %i, %i instances", (seed, count) => {
  const { r, layers, registers, resets, body, child } = randomProcess(seed);
  const top = logic("top", { ports: inputs.map((s) => declared("input", s)), instances: instances("process", count), clocked: true, resettable: true });
  const sim = new Simulator(circuit([child, top]), { initSeed: seed });
  const read = (i: number, s: Ref): bigint => sim.peek(`u_${i}.${s.name}`);
  for (const s of inputs) sim.poke(s.name, 0n);
  sim.reset();
  const state = Array.from({ length: count }, (_, i) => new Map(registers.map((s) => [s.name, read(i, s)])));
  for (const now of state) expect(now).toEqual(new Map([...now, ...resets]));

  for (let t = 0; t < 12; t++) {
    const given = new Map(inputs.map((s) => [s.name, r.bits(s.width)]));
    for (const s of inputs) sim.poke(s.name, s.signed ? BigInt.asIntN(s.width, given.get(s.name)!) : given.get(s.name)!);
    for (const [i, now] of state.entries()) {
      const values = new Map(now);
      for (const s of inputs) values.set(s.name, given.get(s.name)! ^ (i % 2 === 0 ? 0n : mask(s.width)));
      for (const s of layers.flat()) values.set(s.name, perform(body, s.name, values, 0n));
      for (const s of [...layers.flat(), ...registers]) expect([t, i, s.name, read(i, s)]).toEqual([t, i, s.name, values.get(s.name)]);
      for (const s of registers) now.set(s.name, perform(body, s.name, values, now.get(s.name)!));
    }
    sim.step();
  }
});

describe("a word whose bits depend on each other in order", () => {
  const [b, c, w] = [ref("b", 40), ref("c", 1), ref("w", 40)];
  const up = (e: Expr): Stmt => assign("w", cat(slice(e, 38, 0), c));
  const down = (e: Expr): Stmt => assign("w", cat(c, slice(e, 39, 1)));
  const amount = slice(b, 2, 0);
  const negative = (e: Expr): Expr => cast(e, true);
  test.each<[string, Stmt[]]>([
    ["sum", [up(bin("add", w, b))]],
    ["difference", [up(bin("sub", b, w))]],
    ["product", [up(bin("mul", w, b))]],
    ["signed product", [up(bin("mul", negative(w), negative(slice(b, 9, 0))))]],
    ["shift to the left", [up(bin("shl", w, amount))]],
    ["shift to the right", [down(bin("shr", w, amount))]],
    ["signed shift to the right", [down(bin("shr", negative(w), amount))]],
    ["logic", [up(bin("xor", w, not(b)))]],
    ["zeros above", [assign("w", cat(extend(slice(w, 1, 0), 38), slice(b, 1, 0)))]],
    ["signs above", [assign("w", slice(b, 5, 0)), assign("w", slice(extend(negative(slice(w, 5, 0)), 41), 40, 7), 6)]],
    ["parts", [assign("w", slice(w, 7, 0), 8), assign("w", slice(w, 31, 8), 16), assign("w", slice(b, 7, 0))]],
  ])("%s", (_, body) => {
    const sim = new Simulator(circuit([logic("top", { ports: ["input b 40", "input c 1", "output w 40"], body })]));
    const r = new Random(1);
    for (let n = 0; n < 20; n++) {
      const values = new Map([["b", r.bits(40)], ["c", r.bits(1)], ["w", 0n]]);
      for (const name of ["b", "c"]) sim.poke(name, values.get(name)!);
      // A bit settles a round, at the latest.
      for (let round = 0; round < 40; round++) values.set("w", perform(body, "w", values, 0n));
      expect(sim.peek("w")).toBe(values.get("w"));
    }
  });
});
