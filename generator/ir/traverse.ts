/** Walking expressions and statements. */

import type { Expr, Ref, Select, Stmt } from "./types";

/** The operands of an expression, in the order of its fields. */
export function operands(e: Expr): readonly Expr[] {
  switch (e.kind) {
    case "ref":
    case "lit":
      return [];
    case "binary":
      return [e.a, e.b];
    case "mux":
      return [e.cond, e.a, e.b];
    case "cat":
      return e.parts;
    case "select":
      return [e.index, ...e.items];
    default:
      return [e.a];
  }
}

/** Calls `visit` for an expression and everything in it, outermost first. */
export function visitExpr(e: Expr, visit: (e: Expr) => void): void {
  visit(e);
  for (const inner of operands(e)) visitExpr(inner, visit);
}

/** The lists of statements right inside a statement. */
export function branches(s: Stmt): readonly (readonly Stmt[])[] {
  if (s.kind === "assign") return [];
  return s.kind === "if" ? [s.then, s.else] : [...s.cases.map((c) => c.body), s.default];
}

/** The expressions that a statement itself evaluates, those inside its branches left out. */
export function evaluated(s: Stmt): readonly Expr[] {
  if (s.kind === "assign") return [s.value];
  return s.kind === "if" ? [s.cond] : [s.on, ...s.cases.flatMap((c) => c.values)];
}

/** Calls `visit` for every statement, outermost first. */
export function visitStmts(body: readonly Stmt[], visit: (s: Stmt) => void): void {
  for (const s of body) {
    visit(s);
    for (const inner of branches(s)) visitStmts(inner, visit);
  }
}

/** The first target that a statement assigns; undefined for a statement that assigns nothing. */
export function firstTarget(s: Stmt): string | undefined {
  if (s.kind === "assign") return s.target;
  for (const body of branches(s)) {
    for (const inner of body) {
      const target = firstTarget(inner);
      if (target !== undefined) return target;
    }
  }
  return undefined;
}

/** The bits of a named signal that an expression is, whatever its sign; null when it is anything else. */
export function bitRange(e: Expr): { readonly ref: Ref; readonly hi: number; readonly lo: number } | null {
  if (e.kind === "ref") return { ref: e, hi: e.width - 1, lo: 0 };
  if (e.kind === "cast") return bitRange(e.a);
  const inner = e.kind === "slice" ? bitRange(e.a) : null;
  return inner && e.kind === "slice" ? { ref: inner.ref, hi: inner.lo + e.hi, lo: inner.lo + e.lo } : null;
}

/** The signal that a select indexes bit by bit (`v[index]`, no index past the end); null for any other select. */
export function indexedSignal({ index, items }: Select): Ref | null {
  if (index.width > 16 || items.length !== 2 ** index.width) return null;
  const first = bitRange(items[0]!);
  if (first === null || first.ref.width !== items.length) return null;
  const each = items.every((item, i) => {
    const bits = bitRange(item);
    return bits !== null && bits.ref.name === first.ref.name && bits.hi === i && bits.lo === i;
  });
  return each ? first.ref : null;
}
