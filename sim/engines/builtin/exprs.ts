/** Bit-accurate questions about expressions: which bits a slice of an expression reads, and that slice as an expression. */

import type { Assign, Expr, Stmt } from "../../../generator/ir/types";
import { fromHex, toHex } from "../../../generator/ir/bits";

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
      return e.op === "not" ? { ...e, ...type, a: unsigned(sliceOf(e.a, hi, lo)) } : { kind: "slice", ...type, a: e, hi, lo };
    case "extend":
      if (hi < e.a.width) return unsigned(sliceOf(e.a, hi, lo));
      break;
    case "binary":
      if (e.op === "and" || e.op === "or" || e.op === "xor") {
        return { ...e, ...type, a: unsigned(sliceOf(e.a, hi, lo)), b: unsigned(sliceOf(e.b, hi, lo)) };
      }
      // A carry only goes up.
      if ((e.op === "add" || e.op === "sub") && hi < e.width - 1) {
        const low: Expr = { ...e, width: hi + 1, signed: false, a: unsigned(sliceOf(e.a, hi, 0)), b: unsigned(sliceOf(e.b, hi, 0)) };
        return lo === 0 ? low : { kind: "slice", ...type, a: low, hi, lo };
      }
      break;
    case "ref":
      break;
  }
  return { kind: "slice", ...type, a: e, hi, lo };
}

const unsigned = (e: Expr): Expr => (e.signed ? { kind: "cast", width: e.width, signed: false, a: e } : e);

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
  const own = Math.ceil(e.width / 32);
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
