/** What an expression is worth and what statements do, by the definitions in ir/types.ts and nothing else: slow, and plain to see. */

import { fromHex } from "../../generator/ir/bits";
import type { Binary, Expr, Stmt } from "../../generator/ir/types";

/** The bit pattern of `e`; `of` gives the bit patterns of signals. */
export function evaluate(e: Expr, of: (name: string) => bigint): bigint {
  const bits = (x: Expr): bigint => evaluate(x, of);
  const number = (x: Expr): bigint => (x.signed ? BigInt.asIntN(x.width, bits(x)) : bits(x));
  const wrap = (value: bigint): bigint => BigInt.asUintN(e.width, value);
  switch (e.kind) {
    case "ref":
      return of(e.name);
    case "lit":
      return fromHex(e.value, e.width, false);
    case "unary": {
      const ones = bits(e.a).toString(2).replaceAll("0", "").length;
      if (e.op === "not") return wrap(~bits(e.a));
      return BigInt(e.op === "redand" ? ones === e.a.width : e.op === "redor" ? ones > 0 : ones % 2 === 1);
    }
    case "binary":
      return wrap(operator(e, number(e.a), number(e.b)));
    case "mux":
      return bits(e.cond) === 1n ? bits(e.a) : bits(e.b);
    case "cat":
      return e.parts.reduce((sum, p) => (sum << BigInt(p.width)) | bits(p), 0n);
    case "slice":
      return wrap(bits(e.a) >> BigInt(e.lo));
    case "extend":
    case "cast":
      return wrap(number(e.a));
    case "select": {
      const last = BigInt(e.items.length - 1);
      const index = bits(e.index);
      return bits(e.items[Number(index < last ? index : last)]!);
    }
  }
}

function operator({ op, a: { width } }: Binary, a: bigint, b: bigint): bigint {
  const by = b < BigInt(width) ? b : BigInt(width);
  switch (op) {
    case "add": return a + b;
    case "sub": return a - b;
    case "mul": return a * b;
    case "and": return a & b;
    case "or": return a | b;
    case "xor": return a ^ b;
    case "eq": return BigInt(a === b);
    case "ne": return BigInt(a !== b);
    case "lt": return BigInt(a < b);
    case "le": return BigInt(a <= b);
    case "gt": return BigInt(a > b);
    case "ge": return BigInt(a >= b);
    case "shl": return a << by;
    case "shr": return a >> by;
  }
}

/**
 * What `target`, a bit pattern, becomes from `start` through the assignments in `body`, the last one winning.
 * @param values bit patterns of the signals that `target` depends on
 */
export function perform(body: readonly Stmt[], target: string, values: ReadonlyMap<string, bigint>, start: bigint): bigint {
  // Statements about other targets may read what is not known yet; their outcome does not matter here.
  const of = (name: string): bigint => values.get(name) ?? 0n;
  return body.reduce((value, s): bigint => {
    if (s.kind === "assign") {
      if (s.target !== target) return value;
      const mask = ((1n << BigInt(s.value.width)) - 1n) << BigInt(s.lo);
      return (value & ~mask) | (evaluate(s.value, of) << BigInt(s.lo));
    }
    if (s.kind === "if") return perform(evaluate(s.cond, of) === 1n ? s.then : s.else, target, values, value);
    const on = evaluate(s.on, of);
    return perform(s.cases.find((c) => c.values.some((v) => BigInt(v.value) === on))?.body ?? s.default, target, values, value);
  }, start);
}
