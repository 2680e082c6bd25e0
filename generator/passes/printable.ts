/**
 * Gives a name to whatever Verilog-2005 cannot write in place without changing its width, sign or meaning:
 * - a select is a `case` statement;
 * - bits can be taken from names only, and an extension by sign repeats one of them;
 * - a product and an arithmetic shift take their width and sign from what stands around them, and a product gives its
 *   width to its operands: the first two stand alone on the right of an assignment, a product's operands are names,
 *   constants or concatenations;
 * - a signed product of more than 512 bits, which Verilator refuses, is made of the unsigned one;
 * - parts that would make a line hard to read.
 * Before that, constant conditions are resolved, overwritten bits dropped, and vectors split whose bits depend on each
 * other.
 * A new wire is called after the signal that it is for (`acc_mul`), so that names stay when other lines change.
 */

import { fromHex, toHex, unsignedWidth } from "../ir/bits";
import { mapSame } from "../ir/map-same";
import { bitRange, firstTarget, indexedSignal, visitStmts } from "../ir/traverse";
import type { Assign, Binary, Circuit, Expr, Instance, Lit, LogicModule, Ref, Select, Signal, Slice, Stmt } from "../ir/types";
import { driveOnce } from "./drive-once";
import { splitVectors } from "./split-vectors";

/** Columns that an operand may take before it gets a name. */
const operandColumns = 60;

/** Columns that a condition, the value of a `case` or a connection may take. */
const inlineColumns = 80;

/** The circuit with every module in a form that the printer can write. What it computes does not change. */
export function printable(circuit: Circuit): Circuit {
  return { ...circuit, modules: mapSame(circuit.modules, (m) => (m.kind === "logic" ? new Hoisting(splitVectors(m)).module() : m)) };
}

/** Widest signed product that Verilator (5.006) computes. */
const widestSignedProduct = 512;

/** Whether Verilog would compute something else if more stood around the expression. */
const standsAlone = (e: Expr): boolean =>
  e.kind === "binary" ? e.op === "mul" || (e.op === "shr" && e.signed) : e.kind === "select" && indexedSignal(e) === null;

/** Whether nothing around the expression can change it, not even its width: names, bits, constants, concatenations. */
const isPrimary = (e: Expr): boolean => (e.kind === "cast" ? isPrimary(e.a) : ["ref", "lit", "cat", "slice", "extend", "select"].includes(e.kind));

class Hoisting {
  /** Known when the first name is asked for: a module of nothing but instances never does. */
  private taken: Set<string> | null = null;
  private readonly wires: Signal[] = [];
  /** Assignments to new wires, and the signals or connections that they are for. */
  private readonly before: { readonly context: string; readonly statement: Stmt }[] = [];
  private readonly hoisted = new Map<Expr, Ref>();
  private readonly lengths = new WeakMap<Expr, number>();
  /** What the expression at hand is for, and where that is. */
  private context = "";
  private loc: Stmt["loc"] = null;

  constructor(private readonly original: LogicModule) {}

  module(): LogicModule {
    const original = driveOnce(this.original);
    const first = new Map<string, number>();
    for (const [n, s] of original.entries()) visitStmts([s], (t) => { if (t.kind === "assign" && !first.has(t.target)) first.set(t.target, n); });
    const done = original.map((s) => this.statement(s));
    const instances = mapSame(this.original.instances, (i) => this.instance(i));
    if (original.length === 0 && instances === this.original.instances) return this.original;
    // A wire stands before whatever first assigns the signal that it is for; those of instances stand last.
    const wires = new Map<number, Stmt[]>();
    for (const { context, statement } of this.before) {
      const position = first.get(context) ?? original.length;
      wires.set(position, [...wires.get(position) ?? [], statement]);
    }
    const body = [...done, []].flatMap((statements, n) => [...wires.get(n) ?? [], ...statements]);
    return { ...this.original, signals: [...this.original.signals, ...this.wires], instances, body };
  }

  private instance(i: Instance): Instance {
    const inputs = mapSame(i.inputs, (c) => {
      if (c.value.kind === "ref") return c;
      this.context = `${i.name.replace(/^u_/, "")}_${c.port}`;
      this.loc = i.loc;
      const value = this.inline(c.value);
      return value === c.value ? c : { ...c, value };
    });
    return inputs === i.inputs ? i : { ...i, inputs };
  }

  private statement(s: Stmt): Stmt[] {
    const target = firstTarget(s);
    if (target === undefined) return [];
    this.context = target;
    this.loc = s.loc;
    if (s.kind === "assign") return [this.assign(s, s.value)];
    const each = (body: readonly Stmt[]): Stmt[] => body.flatMap((inner) => this.statement(inner));
    if (s.kind === "switch") {
      const on = this.inline(s.on);
      return [{ ...s, on, cases: s.cases.map((c) => ({ ...c, body: each(c.body) })), default: each(s.default) }];
    }
    const cond = this.inline(s.cond);
    return [{ ...s, cond, then: each(s.then), else: each(s.else) }];
  }

  /** Assigns `value` to the target of `s`; a select becomes a statement. */
  private assign(s: Assign, value: Expr): Stmt {
    const plain = this.root(value);
    if (plain.kind !== "select" || indexedSignal(plain) !== null) return { ...s, value: plain };
    const { index, items } = plain;
    const cases = items.slice(0, -1).map((item, i) => ({
      values: [{ kind: "lit", value: toHex(BigInt(i), index.width), width: index.width, signed: false } satisfies Lit],
      body: [this.assign(s, item)],
      loc: s.loc,
    }));
    return { kind: "switch", on: index, cases, default: [this.assign(s, items.at(-1)!)], loc: s.loc };
  }

  /** An expression that is all of an assignment's right side. */
  private root(e: Expr): Expr {
    if (e.kind === "cast") {
      const a = this.root(e.a);
      return a.kind === "select" ? { ...a, signed: e.signed } : { ...e, a };
    }
    if (e.kind === "select") return this.select(e);
    if (e.kind === "binary" && e.op === "mul") {
      const product = { ...e, a: this.primary(e.a), b: this.primary(e.b) };
      return e.signed && e.width > widestSignedProduct ? this.inner(fromUnsigned(product)) : product;
    }
    return this.inner(e);
  }

  /** A select without items that no index reaches; one of a single item or of two is none. */
  private select(e: Select): Expr {
    const { index, width, signed } = e;
    const items = index.width < 32 ? e.items.slice(0, 2 ** index.width) : e.items;
    if (items.length === 1) return this.root(items[0]!);
    if (items.length > 2) return { ...e, items, index: this.inline(index) };
    const [first, second] = [items[0]!, items[1]!];
    if (index.width === 1) return this.inner({ kind: "mux", cond: index, a: second, b: first, width, signed });
    const zero: Lit = { kind: "lit", value: "0x0", width: index.width, signed: false };
    const isFirst: Binary = { kind: "binary", op: "eq", a: index, b: zero, width: 1, signed: false };
    return this.inner({ kind: "mux", cond: isFirst, a: first, b: second, width, signed });
  }

  /** An expression in a place of its own that takes no width from a target. */
  private inline(e: Expr): Expr {
    const done = this.operand(e);
    return this.columns(done) > inlineColumns && !isPrimary(done) ? this.hoist(e, done) : done;
  }

  /** An operand of a product: what surrounds it would be extended before it is computed. */
  private primary(e: Expr): Expr {
    const done = this.operand(e);
    return isPrimary(done) ? done : this.hoist(e, done);
  }

  private operand(e: Expr): Expr {
    if (e.kind === "cast") return { ...e, a: this.operand(e.a) };
    if (!standsAlone(e)) return this.inner(e);
    const value = e.kind === "select" ? this.select(e) : e;
    return value.kind === "mux" ? value : this.hoist(e);
  }

  /** An operand, named when it is long; a link of a chain of equal operators is part of one list, however long. */
  private short(e: Expr, inChain: boolean): Expr {
    const done = this.operand(e);
    return !inChain && this.columns(done) > operandColumns && done.kind !== "ref" && done.kind !== "lit" ? this.hoist(e, done) : done;
  }

  private inner(e: Expr): Expr {
    switch (e.kind) {
      case "ref":
      case "lit":
        return e;
      case "slice":
        return this.slice(e);
      case "extend":
        return this.extend(e);
      case "unary":
      case "cast":
        return { ...e, a: this.short(e.a, false) };
      case "binary": {
        if ((e.op === "shl" || e.op === "shr") && e.b.kind === "lit") return { ...e, a: this.short(e.a, false), b: amount(e.b, e.width) };
        const chain = (x: Expr): boolean => x.kind === "binary" && x.op === e.op;
        return { ...e, a: this.short(e.a, chain(e.a)), b: this.short(e.b, chain(e.b) && ["and", "or", "xor"].includes(e.op)) };
      }
      case "mux":
        return { ...e, cond: this.short(e.cond, false), a: this.short(e.a, false), b: this.short(e.b, e.b.kind === "mux") };
      case "cat":
        return { ...e, parts: e.parts.map((p) => this.short(p, p.kind === "cat")) };
      case "select":
        return { ...e, index: this.short(e.index, false) };
    }
  }

  private slice({ a, hi, lo, width }: Slice): Expr {
    if (a.kind === "cast") return this.slice({ kind: "slice", a: a.a, hi, lo, width, signed: false });
    if (a.kind === "slice") return this.slice({ kind: "slice", a: a.a, hi: a.lo + hi, lo: a.lo + lo, width, signed: false });
    if (a.kind === "lit") return { kind: "lit", value: toHex(BigInt(a.value) >> BigInt(lo), width), width, signed: false };
    if (width === a.width) return this.operand({ kind: "cast", a, width, signed: false });
    return { kind: "slice", a: a.kind === "ref" ? a : this.hoist(a), hi, lo, width, signed: false };
  }

  private extend(e: Extract<Expr, { kind: "extend" }>): Expr {
    const { a, width } = e;
    if (a.width === width) return this.operand(a);
    if (a.kind === "lit") return { kind: "lit", value: toHex(fromHex(a.value, a.width, a.signed), width), width, signed: a.signed };
    if (!a.signed) return { ...e, a: this.short(a, a.kind === "cat") };
    const done = this.operand(a);
    return { ...e, a: bitRange(done) !== null ? done : this.hoist(a, done) };
  }

  /** A wire for an expression; `done` is what it computes where that has been worked out already. */
  private hoist(e: Expr, done?: Expr): Ref {
    if (done?.kind === "ref") return done;
    const known = this.hoisted.get(e);
    if (known) return known;
    const { width, signed } = e;
    const name = this.unique(`${this.context}_${operation(e)}`);
    const ref: Ref = { kind: "ref", name, width, signed };
    this.hoisted.set(e, ref);
    const assign: Assign = { kind: "assign", target: name, lo: 0, value: done ?? e, loc: this.loc };
    const statement = done ? assign : this.assign(assign, e);
    this.wires.push({ name, kind: "wire", width, signed, reset: null, source: name, loc: this.loc });
    this.before.push({ context: this.context, statement });
    return ref;
  }

  private unique(base: string): string {
    const { ports, signals, instances } = this.original;
    this.taken ??= new Set(["clk", "rst", "rst_n", ...[...ports, ...signals, ...instances].map((x) => x.name)]);
    let name = base;
    for (let n = 1; this.taken.has(name); n++) name = `${base}_${n}`;
    this.taken.add(name);
    return name;
  }

  /** About how many columns the expression takes. */
  private columns(e: Expr): number {
    const known = this.lengths.get(e);
    if (known !== undefined) return known;
    const length = this.measure(e);
    this.lengths.set(e, length);
    return length;
  }

  private measure(e: Expr): number {
    switch (e.kind) {
      case "ref":
        return e.name.length;
      case "lit":
        return e.label?.length ?? Math.max(4, Math.ceil(e.value.length * 1.2) + 2);
      case "binary":
        return this.columns(e.a) + this.columns(e.b) + 5;
      case "mux":
        return this.columns(e.cond) + this.columns(e.a) + this.columns(e.b) + 8;
      case "cat":
        return e.parts.reduce((sum, p) => sum + this.columns(p) + 2, 0);
      case "select":
        return this.columns(e.index) + this.columns(e.items[0]!);
      case "slice":
        return this.columns(e.a) + 6;
      case "extend":
        return (e.a.signed ? 2 : 1) * this.columns(e.a) + 10;
      default:
        return this.columns(e.a) + 3;
    }
  }
}

/** A constant number of places to shift by, no larger than it need be: tools take constants of 32 bits here. */
function amount(b: Lit, width: number): Lit {
  if (b.width <= 32) return b;
  const places = BigInt(b.value) < BigInt(width) ? BigInt(b.value) : BigInt(width);
  return { ...b, value: toHex(places, 32), width: unsignedWidth(places) };
}

/** A signed product from the unsigned one of the same bits: a negative operand has counted 2^width too much, times the other. */
function fromUnsigned({ a, b, width }: Binary): Expr {
  const [x, y] = [a, b].map((o): Expr => ({ kind: "cast", a: o, width: o.width, signed: false })) as [Expr, Expr];
  const product: Expr = { kind: "binary", op: "mul", a: x, b: y, width, signed: false };
  const zero = (n: number): Lit => ({ kind: "lit", value: "0x0", width: n, signed: false });
  const excess = (of: Expr, times: Expr): Expr => {
    const sign: Expr = { kind: "slice", a: of, hi: of.width - 1, lo: of.width - 1, width: 1, signed: false };
    return { kind: "mux", cond: sign, a: { kind: "cat", parts: [times, zero(of.width)], width, signed: false }, b: zero(width), width, signed: false };
  };
  const minus = (from: Expr, what: Expr): Expr => ({ kind: "binary", op: "sub", a: from, b: what, width, signed: false });
  return { kind: "cast", a: minus(minus(product, excess(x, y)), excess(y, x)), width, signed: true };
}

function operation(e: Expr): string {
  if (e.kind === "cast") return operation(e.a);
  return e.kind === "binary" || e.kind === "unary" ? e.op : e.kind;
}
