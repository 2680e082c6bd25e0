/** Random expressions of every kind, width and sign, and the module that computes them. */

import fc from "fast-check";
import { type Circuit, type Expr, type LogicModule, type Port, toHex } from "lapa";

/** Widths where representations change: one bit, limbs of 32, and odd ones around them. */
export const widths = [1, 2, 3, 7, 8, 16, 31, 32, 33, 40, 63, 64, 65, 100, 130, 257] as const;

export const inputs: readonly Port[] = widths.flatMap((width) => [false, true].map((signed) => ({
  name: `${signed ? "s" : "u"}${width}`, direction: "input" as const, width, signed, source: "", loc: null,
})));

const width = fc.constantFrom(...widths);

function leaf(w: number, signed: boolean): fc.Arbitrary<Expr> {
  const exact = inputs.find((p) => p.width === w && p.signed === signed);
  const value = fc.oneof(fc.constantFrom(0n, 1n, -1n, 1n << BigInt(w - 1)), fc.bigInt({ min: 0n, max: (1n << BigInt(w)) - 1n }));
  const constant = value.map((v): Expr => ({ kind: "lit", value: toHex(v, w), width: w, signed }));
  return exact ? fc.oneof({ weight: 4, arbitrary: fc.constant<Expr>({ kind: "ref", name: exact.name, width: w, signed }) }, { weight: 1, arbitrary: constant }) : constant;
}

const bitwise = ["add", "sub", "and", "or", "xor"] as const;
const compares = ["eq", "ne", "lt", "le", "gt", "ge"] as const;

/** An expression of this type, `depth` operators deep at most. */
export function expression(w: number, signed: boolean, depth: number): fc.Arbitrary<Expr> {
  if (depth === 0) return leaf(w, signed);
  const sub = (ww: number, s: boolean): fc.Arbitrary<Expr> => expression(ww, s, depth - 1);
  const same = sub(w, signed);
  const node = { width: w, signed };
  const options: fc.Arbitrary<Expr>[] = [
    same.map((a): Expr => ({ kind: "unary", op: "not", a, ...node })),
    fc.tuple(fc.constantFrom(...bitwise), same, same).map(([op, a, b]): Expr => ({ kind: "binary", op, a, b, ...node })),
    fc.tuple(fc.constantFrom("shl" as const, "shr" as const), same, fc.constantFrom(1, 3, 7, 33).chain((n) => sub(n, false)))
      .map(([op, a, b]): Expr => ({ kind: "binary", op, a, b, ...node })),
    fc.tuple(sub(1, false), same, same).map(([cond, a, b]): Expr => ({ kind: "mux", cond, a, b, ...node })),
    sub(w, !signed).map((a): Expr => ({ kind: "cast", a, ...node })),
    fc.tuple(fc.constantFrom(1, 2, 5).chain((n) => sub(n, false)), fc.array(same, { minLength: 1, maxLength: 5 }))
      .map(([index, items]): Expr => ({ kind: "select", index, items, ...node })),
    fc.constantFrom(...widths.filter((n) => n <= w)).chain((n) => sub(n, signed)).map((a): Expr => ({ kind: "extend", a, ...node })),
  ];
  if (w >= 2) {
    const split = fc.integer({ min: 1, max: w - 1 });
    options.push(fc.tuple(split, fc.boolean()).chain(([n, s]) => fc.tuple(sub(n, s), sub(w - n, s)))
      .map(([a, b]): Expr => ({ kind: "binary", op: "mul", a, b, ...node }))
      .filter((e) => e.kind === "binary" && e.a.signed === signed));
  }
  if (!signed) {
    options.push(width.filter((n) => n >= w).chain((n) => fc.tuple(fc.boolean().chain((s) => sub(n, s)), fc.integer({ min: 0, max: n - w })))
      .map(([a, lo]): Expr => ({ kind: "slice", a, hi: lo + w - 1, lo, ...node })));
    if (w >= 2) {
      options.push(fc.integer({ min: 1, max: w - 1 }).chain((n) => fc.tuple(fc.boolean().chain((s) => sub(n, s)), sub(w - n, false)))
        .map(([a, b]): Expr => ({ kind: "cat", parts: [a, b], ...node })));
    }
    if (w === 1) {
      const operands = fc.tuple(width, fc.boolean()).chain(([n, s]) => fc.tuple(sub(n, s), sub(n, s)));
      options.push(
        fc.tuple(fc.constantFrom(...compares), operands).map(([op, [a, b]]): Expr => ({ kind: "binary", op, a, b, ...node })),
        fc.tuple(fc.constantFrom("redand" as const, "redor" as const, "redxor" as const), operands).map(([op, [a]]): Expr => ({ kind: "unary", op, a, ...node })),
      );
    }
  }
  return fc.oneof(...options);
}

/** An expression of any type. */
export const anyExpression = (depth: number): fc.Arbitrary<Expr> =>
  fc.tuple(width, fc.boolean()).chain(([w, signed]) => expression(w, signed, depth));

/** A combinational module with `inputs` and an output `y<i>` for each expression. */
export function moduleOf(expressions: readonly Expr[]): Circuit {
  const outputs = expressions.map(({ width: w, signed }, i): Port => ({ name: `y${i}`, direction: "output", width: w, signed, source: "", loc: null }));
  const top: LogicModule = {
    kind: "logic", name: "random_logic", doc: "", parameters: {}, loc: null, clocked: false, resettable: false, ports: [...inputs, ...outputs], streams: [],
    signals: [], instances: [], latency: null, body: expressions.map((value, i) => ({ kind: "assign", target: `y${i}`, lo: 0, value, loc: null })),
  };
  return { schema: "lapa-ir/1", top: top.name, reset: "sync-high", modules: [top] };
}

/** Values for every input. */
export const stimulus: fc.Arbitrary<ReadonlyMap<string, bigint>> = fc.tuple(...inputs.map(({ width: w, signed }) => {
  const min = signed ? -(1n << BigInt(w - 1)) : 0n;
  const max = signed ? (1n << BigInt(w - 1)) - 1n : (1n << BigInt(w)) - 1n;
  return fc.oneof(fc.constantFrom(min, max, 0n), fc.bigInt({ min, max }));
})).map((values) => new Map(values.map((v, i) => [inputs[i]!.name, v])));

const widthOf = new Map(inputs.map((p) => [p.name, p.width]));

/** Values as bit patterns, by name. */
export const patternsOf = (values: ReadonlyMap<string, bigint>) => (name: string): bigint => BigInt.asUintN(widthOf.get(name)!, values.get(name)!);
