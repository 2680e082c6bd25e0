/** Bit-accurate questions about expressions: which bits a slice of an expression reads, and that slice as an expression. */

import type { Assign, Binary, Expr, Stmt } from "../../../generator/ir/types";
import { fromHex, toHex } from "../../../generator/ir/bits";
import { limbCount } from "./limbs";

/** Bits lo .. hi of a signal of the module. */
export interface Bits {
  readonly name: string;
  readonly lo: number;
  readonly hi: number;
}

/**
 * Bits hi .. lo of `e` as an expression that names as few bits as it can: the slice moves to the leaves wherever a
 * result bit depends on some operand bits alone. Unsigned, except that the whole of `e` is `e` itself.
 */
export function sliceOf(e: Expr, hi: number, lo: number): Expr {
  if (lo === 0 && hi === e.width - 1) return e;
  const type = { width: hi - lo + 1, signed: false } as const;
  switch (e.kind) {
    case "lit":
      return { kind: "lit", ...type, value: toHex(fromHex(e.value, e.width, false) >> BigInt(lo), type.width) };
    case "slice":
      return unsigned(sliceOf(e.a, e.lo + hi, e.lo + lo));
    case "cast":
      return unsigned(sliceOf(e.a, hi, lo));
    case "cat":
      return sliceOfCat(e.parts, hi, lo);
    case "mux":
      return { ...e, ...type, a: unsigned(sliceOf(e.a, hi, lo)), b: unsigned(sliceOf(e.b, hi, lo)) };
    case "select":
      return { ...e, ...type, items: e.items.map((item) => unsigned(sliceOf(item, hi, lo))) };
    case "unary":
      return e.op === "not" ? { ...e, ...type, a: unsigned(sliceOf(e.a, hi, lo)) } : plainSlice(e, hi, lo);
    case "extend":
      return sliceOfExtended(e.a, hi, lo);
    case "binary":
      return sliceOfBinary(e, hi, lo);
    case "ref":
      return plainSlice(e, hi, lo);
  }
}

const plainSlice = (a: Expr, hi: number, lo: number): Expr => ({ kind: "slice", width: hi - lo + 1, signed: false, a, hi, lo });
const typed = (e: Expr, signed: boolean): Expr => (e.signed === signed ? e : { kind: "cast", width: e.width, signed, a: e });
const unsigned = (e: Expr): Expr => typed(e, false);

function sliceOfExtended(a: Expr, hi: number, lo: number): Expr {
  const top = a.width - 1;
  if (hi <= top) return unsigned(sliceOf(a, hi, lo));
  const width = hi - lo + 1;
  if (lo > top && !a.signed) return { kind: "lit", width, signed: false, value: "0x0" };
  const known = typed(sliceOf(a, top, Math.min(lo, top)), a.signed);
  return unsigned({ kind: "extend", width, signed: a.signed, a: known });
}

/** Bits go their own way in logic, only up in sums, products and shifts to the left, only down in shifts to the right. */
function sliceOfBinary(e: Binary, hi: number, lo: number): Expr {
  const part = (x: Expr, from: number): Expr => unsigned(sliceOf(x, hi, from));
  switch (e.op) {
    case "and":
    case "or":
    case "xor":
      return { ...e, width: hi - lo + 1, signed: false, a: part(e.a, lo), b: part(e.b, lo) };
    case "add":
    case "sub":
      if (hi === e.width - 1) break;
      return sliceOf({ ...e, width: hi + 1, signed: false, a: part(e.a, 0), b: part(e.b, 0) }, hi, lo);
    case "shl":
      if (hi === e.width - 1) break;
      return sliceOf({ ...e, width: hi + 1, signed: false, a: part(e.a, 0) }, hi, lo);
    case "shr":
      if (lo === 0) break;
      return unsigned(sliceOf({ ...e, width: e.width - lo, a: typed(sliceOf(e.a, e.width - 1, lo), e.signed) }, hi - lo, 0));
    case "mul": {
      if (hi >= Math.max(e.a.width, e.b.width) - 1) break;
      const low = (x: Expr): Expr => unsigned(sliceOf({ kind: "extend", width: Math.max(x.width, hi + 1), signed: x.signed, a: x }, hi, 0));
      return plainSlice({ ...e, width: 2 * (hi + 1), signed: false, a: low(e.a), b: low(e.b) }, hi, lo);
    }
  }
  return plainSlice(e, hi, lo);
}

function sliceOfCat(parts: readonly Expr[], hi: number, lo: number): Expr {
  const kept: Expr[] = [];
  let end = parts.reduce((sum, p) => sum + p.width, 0);
  for (const part of parts) {
    const start = end - part.width;
    if (start <= hi && end > lo) kept.push(unsigned(sliceOf(part, Math.min(hi, end - 1) - start, Math.max(lo, start) - start)));
    end = start;
  }
  return kept.length === 1 ? kept[0]! : { kind: "cat", width: hi - lo + 1, signed: false, parts: kept };
}

/** Tells `read` which bits of which signals `e` depends on. */
export function visitReads(e: Expr, read: (bits: Bits) => void): void {
  switch (e.kind) {
    case "ref":
      return read({ name: e.name, lo: 0, hi: e.width - 1 });
    case "lit":
      return;
    case "slice": {
      if (e.a.kind === "ref") return read({ name: e.a.name, lo: e.lo, hi: e.hi });
      const narrowed = sliceOf(e.a, e.hi, e.lo);
      return visitReads(narrowed.kind === "slice" && narrowed.a === e.a ? e.a : narrowed, read);
    }
    case "unary":
    case "extend":
    case "cast":
      return visitReads(e.a, read);
    case "binary":
      visitReads(e.a, read);
      return visitReads(e.b, read);
    case "mux":
      for (const operand of [e.cond, e.a, e.b]) visitReads(operand, read);
      return;
    case "cat":
      for (const part of e.parts) visitReads(part, read);
      return;
    case "select":
      visitReads(e.index, read);
      for (const item of e.items) visitReads(item, read);
  }
}

/** A rough measure of the code an expression turns into: its nodes, wide ones counting once a limb. */
export function weightOf(e: Expr): number {
  const own = limbCount(e.width);
  switch (e.kind) {
    case "ref":
    case "lit":
      return 1;
    case "slice":
      return e.a.kind === "ref" ? own : own + weightOf(e.a);
    case "unary":
    case "extend":
    case "cast":
      return own + weightOf(e.a);
    case "binary":
      return own + weightOf(e.a) + weightOf(e.b);
    case "mux":
      return own + weightOf(e.cond) + weightOf(e.a) + weightOf(e.b);
    case "cat":
      return e.parts.reduce((sum, p) => sum + weightOf(p), own);
    case "select":
      return e.items.reduce((sum, item) => sum + weightOf(item), own + weightOf(e.index));
  }
}

/** Every assignment below `body`, with the conditions that lead to it. */
export function visitAssigns(body: readonly Stmt[], visit: (assign: Assign, conditions: readonly Expr[]) => void, conditions: readonly Expr[] = []): void {
  for (const stmt of body) {
    if (stmt.kind === "assign") {
      visit(stmt, conditions);
    } else if (stmt.kind === "if") {
      const inside = [...conditions, stmt.cond];
      visitAssigns(stmt.then, visit, inside);
      visitAssigns(stmt.else, visit, inside);
    } else {
      const inside = [...conditions, stmt.on];
      for (const c of stmt.cases) visitAssigns(c.body, visit, inside);
      visitAssigns(stmt.default, visit, inside);
    }
  }
}
