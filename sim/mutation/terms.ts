/** Expressions, well-typed, in few words. */

import { toHex } from "../../generator/ir/bits";
import type { Binary, BinaryOp, Expr, Lit, Ref, Slice } from "../../generator/ir/types";

type Typed = Pick<Expr, "width" | "signed">;

export const literal = (value: bigint, { width, signed }: Typed): Lit => ({ kind: "lit", value: toHex(value, width), width, signed });

export const reference = (name: string, { width, signed }: Typed): Ref => ({ kind: "ref", name, width, signed });

/** A binary operator whose result is of its first operand's type. */
export const operation = (op: BinaryOp, a: Expr, b: Expr): Binary => ({ kind: "binary", op, a, b, width: a.width, signed: a.signed });

export const equals = (a: Expr, b: Expr): Binary => ({ kind: "binary", op: "eq", a, b, width: 1, signed: false });

export const not = (a: Expr): Expr => ({ kind: "unary", op: "not", a, width: a.width, signed: a.signed });

export const choice = (cond: Expr, a: Expr, b: Expr): Expr => ({ kind: "mux", cond, a, b, width: a.width, signed: a.signed });

export const bits = (a: Expr, hi: number, lo: number): Slice => ({ kind: "slice", a, hi, lo, width: hi - lo + 1, signed: false });

/** The bits under the sign of `like`. */
export const cast = (a: Expr, { signed }: Pick<Typed, "signed">): Expr => (a.signed === signed ? a : { kind: "cast", a, width: a.width, signed });

/** Bits lo and up of a value, all of them too. */
export const part = (a: Expr, lo: number, width: number): Expr => (width === a.width && !a.signed ? a : bits(a, lo + width - 1, lo));

/** The value where the condition holds, 0 elsewhere. */
export const when = (cond: Expr, a: Expr): Expr => choice(cond, a, literal(0n, a));

/** Parts, the least significant first. */
export const joined = (parts: readonly Expr[]): Expr => (parts.length === 1 ? parts[0]! : { kind: "cat", parts: [...parts].reverse(), width: parts.reduce((sum, p) => sum + p.width, 0), signed: false });
