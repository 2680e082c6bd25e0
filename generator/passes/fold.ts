/** Constants are computed, operators that change nothing disappear, branches that are never taken too. */

import { fromHex, mask, toHex } from "../ir/bits";
import { mapSame } from "../ir/map-same";
import { branches, visitStmts } from "../ir/traverse";
import type { Assign, Binary, Cat, Circuit, Expr, Extend, If, Lit, LogicModule, Mux, Ref, Slice, Stmt, Switch, Unary } from "../ir/types";

export function fold(circuit: Circuit): Circuit {
  return { ...circuit, modules: circuit.modules.map((m) => (m.kind === "logic" ? foldModule(m) : m)) };
}

function foldModule(module: LogicModule): LogicModule {
  const folder = new Folder();
  const instances = mapSame(module.instances, (i) => {
    const inputs = mapSame(i.inputs, (c) => {
      const value = folder.expr(c.value);
      return value === c.value ? c : { ...c, value };
    });
    return inputs === i.inputs ? i : { ...i, inputs };
  });
  if (module.body.length === 0) return instances === module.instances ? module : { ...module, instances };
  const body = withoutOverwritten(folder.statements(module.body), new Map([...module.signals, ...module.ports].map((s) => [s.name, s.width])));
  return { ...module, body: asConditions(body, module), instances };
}

class Folder {
  private readonly done = new Map<Expr, Expr>();

  statements(body: readonly Stmt[]): Stmt[] {
    return body.flatMap((s): Stmt[] => {
      if (s.kind === "assign") return [{ ...s, value: this.expr(s.value) }];
      return s.kind === "if" ? this.branch(s) : this.choice(s);
    });
  }

  private branch(s: If): Stmt[] {
    const cond = this.expr(s.cond);
    if (cond.kind === "lit") return this.statements(isZero(cond) ? s.else : s.then);
    const then = this.statements(s.then);
    const other = this.statements(s.else);
    return unlessEmpty({ ...s, cond, then, else: other });
  }

  private choice(s: Switch): Stmt[] {
    const on = this.expr(s.on);
    if (on.kind === "lit") return this.statements(s.cases.find((c) => c.values.some((v) => BigInt(v.value) === BigInt(on.value)))?.body ?? s.default);
    const cases = s.cases.map((c) => ({ ...c, body: this.statements(c.body) }));
    const rest = this.statements(s.default);
    return unlessEmpty({ ...s, on, cases, default: rest });
  }

  /** Nodes are shared, so each is folded once. */
  expr(e: Expr): Expr {
    if (e.kind === "ref" || e.kind === "lit") return e;
    const known = this.done.get(e);
    if (known) return known;
    const folded = this.fresh(e);
    this.done.set(e, folded);
    return folded;
  }

  private fresh(e: Exclude<Expr, Ref | Lit>): Expr {
    switch (e.kind) {
      case "unary": return unary({ ...e, a: this.expr(e.a) });
      case "binary": return binary({ ...e, a: this.expr(e.a), b: this.expr(e.b) });
      case "mux": return mux({ ...e, cond: this.expr(e.cond), a: this.expr(e.a), b: this.expr(e.b) });
      case "cat": return cat({ ...e, parts: e.parts.map((p) => this.expr(p)) });
      case "slice": return e.a.kind === "ref" && e.width < e.a.width ? e : slice({ ...e, a: this.expr(e.a) });
      case "extend": return extend({ ...e, a: this.expr(e.a) });
      case "cast": return cast(this.expr(e.a), e.signed);
      case "select": {
        const index = this.expr(e.index);
        const items = e.items.map((item) => this.expr(item));
        if (index.kind === "lit") return items[Number(BigInt(index.value) < BigInt(items.length) ? BigInt(index.value) : BigInt(items.length - 1))]!;
        return items.length === 1 ? items[0]! : { ...e, index, items };
      }
    }
  }
}

const isZero = (e: Expr): boolean => e.kind === "lit" && e.value === "0x0";
const isOnes = (e: Expr): boolean => e.kind === "lit" && BigInt(e.value) === mask(e.width);
const number = (e: Lit): bigint => fromHex(e.value, e.width, e.signed);

function constant(value: bigint, { width, signed }: { readonly width: number; readonly signed: boolean }): Lit {
  return { kind: "lit", value: toHex(value, width), width, signed };
}

function not(a: Expr): Expr {
  return unary({ kind: "unary", op: "not", a, width: a.width, signed: a.signed });
}

function unary(e: Unary): Expr {
  const { a } = e;
  if (a.kind === "lit") {
    if (e.op === "not") return constant(~BigInt(a.value), e);
    if (e.op === "redand") return constant(isOnes(a) ? 1n : 0n, e);
    if (e.op === "redor") return constant(isZero(a) ? 0n : 1n, e);
    return constant(BigInt([...BigInt(a.value).toString(2)].filter((c) => c === "1").length % 2), e);
  }
  if (e.op === "not") return a.kind === "unary" && a.op === "not" ? a.a : e;
  return a.width === 1 ? cast(a, false) : e;
}

function binary(e: Binary): Expr {
  const { op, a, b } = e;
  if (a.kind === "lit" && b.kind === "lit") return constant(compute(op, number(a), number(b), e.width), e);
  const zero = isZero(a) ? b : isZero(b) ? a : null;
  const ones = isOnes(a) ? b : isOnes(b) ? a : null;
  if (op === "and") return zero ? constant(0n, e) : ones ?? e;
  if (op === "or") return ones ? constant(-1n, e) : zero ?? e;
  if (op === "xor") return ones ? not(ones) : zero ?? e;
  if (op === "add") return zero ?? e;
  if (op === "mul") return zero ? constant(0n, e) : e;
  if ((op === "sub" || op === "shl" || op === "shr") && isZero(b)) return a;
  if (a.width === 1 && !a.signed && (op === "eq" || op === "ne")) {
    const same = op === "eq";
    if (ones) return same ? ones : not(ones);
    if (zero) return same ? not(zero) : zero;
  }
  return e;
}

function compute(op: Binary["op"], a: bigint, b: bigint, width: number): bigint {
  const distance = b > BigInt(width) ? BigInt(width) : b;
  switch (op) {
    case "add": return a + b;
    case "sub": return a - b;
    case "mul": return a * b;
    case "and": return a & b;
    case "or": return a | b;
    case "xor": return a ^ b;
    case "shl": return a << distance;
    case "shr": return a >> distance;
    case "eq": return a === b ? 1n : 0n;
    case "ne": return a !== b ? 1n : 0n;
    case "lt": return a < b ? 1n : 0n;
    case "le": return a <= b ? 1n : 0n;
    case "gt": return a > b ? 1n : 0n;
    case "ge": return a >= b ? 1n : 0n;
  }
}

function mux(e: Mux): Expr {
  if (e.cond.kind === "lit") return isZero(e.cond) ? e.b : e.a;
  if (e.width === 1 && e.a.kind === "lit" && e.b.kind === "lit" && e.a.value !== e.b.value) {
    return cast(isZero(e.b) ? e.cond : not(e.cond), e.signed);
  }
  return e;
}

/** Neighbours join where they are constants, or touching bits of one signal. */
function cat(e: Cat): Expr {
  const parts: Expr[] = [];
  for (const p of e.parts.flatMap((x) => (x.kind === "cat" ? x.parts : [x]))) {
    const joined = parts.length > 0 ? join(parts.at(-1)!, p) : null;
    if (joined) parts[parts.length - 1] = joined;
    else parts.push(p);
  }
  return parts.length === 1 ? cast(parts[0]!, false) : { ...e, parts };
}

function join(high: Expr, low: Expr): Expr | null {
  const width = high.width + low.width;
  if (high.kind === "lit" && low.kind === "lit" && !high.label && !low.label) {
    return constant((BigInt(high.value) << BigInt(low.width)) | BigInt(low.value), { width, signed: false });
  }
  if (high.kind !== "slice" || low.kind !== "slice" || high.a.kind !== "ref" || low.a.kind !== "ref") return null;
  if (high.a.name !== low.a.name || high.lo !== low.hi + 1) return null;
  return slice({ ...high, lo: low.lo, width });
}

function slice(e: Slice): Expr {
  const { a, hi, lo } = e;
  if (e.width === a.width) return cast(a, false);
  switch (a.kind) {
    case "lit": return constant(BigInt(a.value) >> BigInt(lo), e);
    case "cast": return slice({ ...e, a: a.a });
    case "slice": return slice({ ...e, a: a.a, hi: a.lo + hi, lo: a.lo + lo });
    case "extend": return hi < a.a.width ? slice({ ...e, a: a.a }) : !a.signed && lo >= a.a.width ? constant(0n, e) : e;
    case "cat": {
      let from = a.width;
      for (const p of a.parts) {
        from -= p.width;
        if (lo >= from && hi < from + p.width) return slice({ ...e, a: p, hi: hi - from, lo: lo - from });
      }
      return e;
    }
    default: return e;
  }
}

function extend(e: Extend): Expr {
  const { a } = e;
  if (a.width === e.width) return a;
  if (a.kind === "lit") return constant(number(a), e);
  return a.kind === "extend" ? { ...e, a: a.a } : e;
}

function cast(a: Expr, signed: boolean): Expr {
  if (a.signed === signed) return a;
  if (a.kind === "lit") return { ...a, signed };
  return a.kind === "cast" ? cast(a.a, signed) : { kind: "cast", a, width: a.width, signed };
}

/** Signals that are assigned wholly further down, in the list at hand or after it. */
interface Overwritten {
  has(name: string): boolean;
}

/** The list without assignments that a later one always overwrites, and without what is empty then. */
function withoutOverwritten(body: readonly Stmt[], widths: ReadonlyMap<string, number>, after: Overwritten = new Set<string>()): Stmt[] {
  const here = new Set<string>();
  const later: Overwritten = { has: (name) => here.has(name) || after.has(name) };
  const kept: Stmt[] = [];
  for (const s of body.toReversed()) {
    if (s.kind !== "assign") {
      const inner = (list: readonly Stmt[]): Stmt[] => withoutOverwritten(list, widths, later);
      kept.push(...unlessEmpty(s.kind === "if"
        ? { ...s, then: inner(s.then), else: inner(s.else) }
        : { ...s, cases: s.cases.map((c) => ({ ...c, body: inner(c.body) })), default: inner(s.default) }));
    } else if (!later.has(s.target)) {
      kept.push(s);
      if (s.lo === 0 && s.value.width === widths.get(s.target)) here.add(s.target);
    }
  }
  return kept.reverse();
}

/** Nothing for a statement that assigns nothing; a condition with only an `else` is turned around. */
function unlessEmpty(s: If | Switch): Stmt[] {
  if (branches(s).every((list) => list.length === 0)) return [];
  return s.kind === "if" && s.then.length === 0 ? [{ ...s, cond: not(s.cond), then: s.else, else: [] }] : [s];
}

/** `y = 0` and then `if (c) y = 1`, and nothing else for y, says no more than `y = c`. */
function asConditions(body: readonly Stmt[], module: LogicModule): Stmt[] {
  const count = new Map<string, number>();
  visitStmts(body, (s) => { if (s.kind === "assign") count.set(s.target, (count.get(s.target) ?? 0) + 1); });
  const flags = new Map<string, Assign>();
  for (const s of body) {
    if (s.kind === "assign" && s.value.kind === "lit" && s.value.width === 1 && !s.value.signed && count.get(s.target) === 2) flags.set(s.target, s);
  }
  for (const s of module.signals) if (s.kind === "reg" || s.width !== 1) flags.delete(s.name);
  for (const p of module.ports) if (p.width !== 1) flags.delete(p.name);
  if (flags.size === 0) return [...body];
  const replaced = new Set<string>();
  const rewritten = body.flatMap((s): Stmt[] => {
    if (s.kind !== "if") return [s];
    const values: Assign[] = [];
    const rest = s.then.filter((t) => {
      const initial = t.kind === "assign" ? flags.get(t.target) : undefined;
      if (t.kind !== "assign" || !initial || t.value.kind !== "lit") return true;
      const value = isZero(t.value) === isZero(initial.value) ? initial.value : isZero(t.value) ? not(s.cond) : s.cond;
      values.push({ ...t, value });
      replaced.add(t.target);
      return false;
    });
    if (rest.length === s.then.length) return [s];
    return [...values, ...unlessEmpty({ ...s, then: rest })];
  });
  return rewritten.filter((s) => s.kind !== "assign" || !replaced.has(s.target) || s !== flags.get(s.target));
}
