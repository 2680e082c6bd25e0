/** The code that computes some groups of a module, written once for all of its instances, and for all groups like them. */

import type { Assign, Lit, Stmt, Switch } from "../../../generator/ir/types";
import { fromHex } from "../../../generator/ir/bits";
import { sliceOf } from "./analysis";
import { Expressions } from "./expressions";
import type { Names } from "./expressions";
import type { Group, Logic } from "./logic";
import { limbCount, limbOf } from "./limbs";
import { Code, cast, insert } from "./values";

/** Statements over `s` (the state before the edge, inputs and wires) and `n` (the state after it). */
export interface Block {
  /** The place of slots[i] is written `@i@`. Nothing else in it is of the module, so that what is alike reads alike. */
  readonly text: string;
  readonly slots: readonly Slot[];
}

/** A limb of a declaration of the module. */
export interface Slot {
  readonly decl: number;
  readonly limb: number;
}

/** A Block's text with the places of its limbs filled in. */
export function place(text: string, limb: (slot: number) => string): string {
  return text.replace(/@(\d+)@/g, (_, slot: string) => limb(Number(slot)));
}

/**
 * @param groups groups of `logic` that do not depend on one another: all wires, or all registers
 * @param shared where constant tables and scratch space come from
 */
export function writeBlock(logic: Logic, groups: readonly Group[], shared: Pick<Names, "table" | "scratch">): Block {
  return new BlockWriter(logic, groups, shared).write();
}

class BlockWriter implements Names {
  private readonly code = new Code();
  private readonly expressions = new Expressions(this.code, this);
  private readonly slots: Slot[] = [];
  private readonly places = new Map<number, number[]>();
  private readonly loads = new Map<string, string>();
  private readonly order: ReadonlyMap<Group, number>;
  private readonly byTarget = new Map<number, readonly Group[]>();

  constructor(private readonly logic: Logic, private readonly groups: readonly Group[], private readonly common: Pick<Names, "table" | "scratch">) {
    this.order = new Map(groups.map((g, i) => [g, i]));
    for (const g of groups) this.byTarget.set(g.target, [...(this.byTarget.get(g.target) ?? []), g]);
  }

  write(): Block {
    for (const g of this.groups) {
      for (let i = 0; i < limbCount(g.width); i++) this.code.line(`let ${this.local(g, i)} = ${this.initial(g, i)};`);
    }
    this.statements(this.body());
    for (const g of this.groups) this.store(g);
    const loads = [...this.loads].map(([name, at]) => `const ${name} = s[${at}];`);
    return { text: [...loads, ...this.code.lines].join("\n"), slots: this.slots };
  }

  /** The statements that assign to something here, in their order. */
  private body(): Stmt[] {
    const indices = new Set([...this.byTarget.keys()].flatMap((target) => this.logic.statementsOf.get(target)!));
    return [...indices].sort((a, b) => a - b).map((i) => this.logic.body[i]!);
  }

  load(name: string, limb: number): string {
    return this.loadDecl(this.logic.index.get(name)!, limb);
  }

  table(words: readonly number[]): string {
    return this.common.table(words);
  }

  scratch(limbs: number): void {
    this.common.scratch(limbs);
  }

  private loadDecl(decl: number, limb: number): string {
    const at = this.at(decl, limb);
    const name = `r${at.slice(1, -1)}`;
    this.loads.set(name, at);
    return name;
  }

  private at(decl: number, limb: number): string {
    let places = this.places.get(decl);
    if (places === undefined) this.places.set(decl, (places = []));
    return `@${(places[limb] ??= this.slots.push({ decl, limb }) - 1)}@`;
  }

  /** A register holds its value unless it is assigned. */
  private initial(g: Group, limb: number): string {
    return this.logic.decls[g.target]!.isRegister ? this.loadDecl(g.target, limb) : "0";
  }

  private statements(body: readonly Stmt[]): void {
    for (const stmt of body) {
      if (!this.concerns(stmt)) continue;
      if (stmt.kind === "assign") {
        this.assign(stmt);
      } else if (stmt.kind === "if") {
        this.code.line(`if (${this.expressions.truth(stmt.cond)}) {`);
        this.statements(stmt.then);
        this.code.line("} else {");
        this.statements(stmt.else);
        this.code.line("}");
      } else {
        this.choice(stmt);
      }
    }
  }

  private concerns(stmt: Stmt): boolean {
    const some = (body: readonly Stmt[]): boolean => body.some((s) => this.concerns(s));
    switch (stmt.kind) {
      case "assign":
        return this.byTarget.has(this.logic.index.get(stmt.target)!);
      case "if":
        return some(stmt.then) || some(stmt.else);
      case "switch":
        return some(stmt.default) || stmt.cases.some((c) => some(c.body));
    }
  }

  private choice(stmt: Switch): void {
    if (stmt.on.width > 32) return this.wideChoice(stmt, 0);
    const label = (value: Lit): string => `case ${limbOf(fromHex(value.value, value.width, false), stmt.on, 0)}:`;
    this.code.line(`switch (${this.expressions.value(stmt.on).limbs[0]!}) {`);
    for (const c of stmt.cases) {
      this.code.line(`${c.values.map(label).join(" ")} {`);
      this.statements(c.body);
      this.code.line("break; }");
    }
    this.code.line("default: {");
    this.statements(stmt.default);
    this.code.line("} }");
  }

  private wideChoice(stmt: Switch, from: number): void {
    const current = stmt.cases[from];
    if (current === undefined) return this.statements(stmt.default);
    const matches = current.values.map((value) => this.expressions.truth({ kind: "binary", op: "eq", width: 1, signed: false, a: stmt.on, b: value }));
    this.code.line(`if (${matches.join(" || ")}) {`);
    this.statements(current.body);
    this.code.line("} else {");
    this.wideChoice(stmt, from + 1);
    this.code.line("}");
  }

  private assign(stmt: Assign): void {
    for (const g of this.byTarget.get(this.logic.index.get(stmt.target)!)!) {
      const lo = Math.max(g.lo, stmt.lo);
      const end = Math.min(g.lo + g.width, stmt.lo + stmt.value.width);
      if (lo >= end) continue;
      const value = this.expressions.value(sliceOf(stmt.value, end - 1 - stmt.lo, lo - stmt.lo));
      const whole = { width: g.width, signed: this.signOf(g) };
      const changed: readonly (readonly [number, string])[] = end - lo === g.width
        ? cast(value, whole.signed).limbs.map((text, i) => [i, text])
        : insert(this.code, whole, (i) => this.local(g, i), lo - g.lo, value);
      for (const [limb, text] of changed) this.code.line(`${this.local(g, limb)} = ${text};`);
    }
  }

  /** Part of a signal is a bit pattern; a whole signal has the signal's sign. */
  private signOf(g: Group): boolean {
    const decl = this.logic.decls[g.target]!;
    return decl.signed && g.width === decl.width;
  }

  private store(g: Group): void {
    const decl = this.logic.decls[g.target]!;
    const limbs = Array.from({ length: limbCount(g.width) }, (_, i) => this.local(g, i));
    if (g.width === decl.width) {
      limbs.forEach((text, i) => this.code.line(`${decl.isRegister ? "n" : "s"}[${this.at(g.target, i)}] = ${text};`));
      return;
    }
    const value = { width: g.width, signed: false, limbs };
    const old = (limb: number): string => `s[${this.at(g.target, limb)}]`;
    for (const [limb, text] of insert(this.code, decl, old, g.lo, value)) this.code.line(`${old(limb)} = ${text};`);
  }

  private local(g: Group, limb: number): string {
    return `g${this.order.get(g)!}_${limb}`;
  }
}
