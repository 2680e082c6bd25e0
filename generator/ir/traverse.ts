/** Walking expressions and statements. */

import type { Assign, Expr, If, Ref, Select, Stmt, Switch } from "./types";

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
  if (e.kind !== "ref" && e.kind !== "lit") for (const inner of operands(e)) visitExpr(inner, visit);
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

/** What decides whether statements take effect, and what is around that. */
export interface Guard {
  readonly on: Expr;
  readonly outer: Guard | null;
}

/** Calls `visit` for every assignment, with the innermost condition around it: one guard a statement. */
export function visitAssigns(body: readonly Stmt[], visit: (assign: Assign, guard: Guard | null) => void, outer: Guard | null = null): void {
  for (const s of body) {
    if (s.kind === "assign") {
      visit(s, outer);
      continue;
    }
    const guard: Guard = { on: s.kind === "if" ? s.cond : s.on, outer };
    for (const inner of branches(s)) visitAssigns(inner, visit, guard);
  }
}

/** The statements that concern each target, by target in the order in which they are first assigned. */
export function byTarget(body: readonly Stmt[]): Map<string, Stmt[]> {
  const trees = new Map<string, Stmt[]>();
  const add = (target: string, s: Stmt): void => {
    const tree = trees.get(target);
    if (tree) tree.push(s);
    else trees.set(target, [s]);
  };
  for (const s of body) {
    if (s.kind === "assign") {
      add(s.target, s);
      continue;
    }
    const inner = branches(s).map(byTarget);
    for (const target of new Set(inner.flatMap((m) => [...m.keys()]))) add(target, withBranches(s, inner.map((m) => m.get(target) ?? [])));
  }
  return trees;
}

/** A conditional statement with other branches, in the order of `branches`. */
export function withBranches(s: If | Switch, bodies: readonly (readonly Stmt[])[]): If | Switch {
  if (s.kind === "if") return { ...s, then: bodies[0]!, else: bodies[1]! };
  return { ...s, cases: s.cases.map((c, i) => ({ ...c, body: bodies[i]! })), default: bodies.at(-1)! };
}

/** The expression with whatever `replace` gives instead of an expression in it, outermost first; null keeps it. */
export function replaceExpr(e: Expr, replace: (e: Expr) => Expr | null): Expr {
  const other = replace(e);
  if (other !== null) return other;
  const each = (x: Expr): Expr => replaceExpr(x, replace);
  switch (e.kind) {
    case "ref":
    case "lit":
      return e;
    case "binary":
      return { ...e, a: each(e.a), b: each(e.b) };
    case "mux":
      return { ...e, cond: each(e.cond), a: each(e.a), b: each(e.b) };
    case "cat":
      return { ...e, parts: e.parts.map(each) };
    case "select":
      return { ...e, index: each(e.index), items: e.items.map(each) };
    default:
      return { ...e, a: each(e.a) };
  }
}

/** The statements with every expression and every assignment replaced; `assign` is given the new value. */
export function replaceStmts(body: readonly Stmt[], expr: (e: Expr) => Expr, assign: (s: Assign) => readonly Stmt[]): Stmt[] {
  return body.flatMap((s): readonly Stmt[] => {
    if (s.kind === "assign") return assign({ ...s, value: expr(s.value) });
    const bodies = branches(s).map((b) => replaceStmts(b, expr, assign));
    const inner = withBranches(s, bodies);
    return [inner.kind === "if" ? { ...inner, cond: expr(inner.cond) } : { ...inner, on: expr(inner.on) }];
  });
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
