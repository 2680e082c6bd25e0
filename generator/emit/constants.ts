/** Labelled literals as named constants of a module. */

import { visitExpr, visitStmts, evaluated } from "../ir/traverse";
import type { Expr, Lit, LogicModule, Signal } from "../ir/types";
import { literalText } from "./literal";

export interface Constant {
  readonly name: string;
  readonly lit: Lit;
}

const key = ({ label, value, width, signed }: Lit): string => `${label} ${value} ${width} ${signed}`;

/** The constants of one module: `IDLE` for every literal labelled `idle`; equal labels of unequal values get numbers. */
export class Constants {
  /** In the order of their declarations: those of one enumeration together, by value. */
  readonly all: readonly Constant[];
  private readonly names = new Map<string, string>();
  private readonly ofSignal = new Map<string, Lit>();

  constructor(module: LogicModule) {
    const found = new Map<string, Lit>();
    const add = (e: Expr): void => { if (e.kind === "lit" && e.label !== undefined) found.set(key(e), e); };
    const walk = (e: Expr): void => visitExpr(e, add);
    visitStmts(module.body, (s) => evaluated(s).forEach(walk));
    module.instances.forEach((i) => i.inputs.forEach((c) => walk(c.value)));
    this.noteSignals(module);
    const taken = new Set(found.size === 0 ? [] : [...module.ports, ...module.signals, ...module.instances].map((s) => s.name));
    this.all = [...found.values()].sort(byEnumeration).map((lit) => {
      const base = constantName(lit.label!);
      let name = base;
      for (let n = 1; taken.has(name); n++) name = `${base}_${n}`;
      taken.add(name);
      this.names.set(key(lit), name);
      return { name, lit };
    });
  }

  /** The constant that stands for a literal, if it has a label. */
  name(lit: Lit): string | undefined {
    return lit.label === undefined ? undefined : this.names.get(key(lit));
  }

  /** A register's reset value: by name where the module elsewhere assigns or compares the register with that name. */
  resetText({ name, width, signed, reset }: Signal): string {
    const lit = this.ofSignal.get(`${name} ${BigInt(reset!)}`);
    return (lit && this.name(lit)) ?? literalText({ value: reset!, width, signed });
  }

  private noteSignals(module: LogicModule): void {
    const note = (signal: string, e: Lit): void => { if (e.label !== undefined) this.ofSignal.set(`${signal} ${BigInt(e.value)}`, e); };
    visitStmts(module.body, (s) => {
      if (s.kind === "assign" && s.value.kind === "lit" && s.lo === 0) note(s.target, s.value);
      const { on } = s.kind === "switch" ? s : { on: null };
      if (s.kind === "switch" && on?.kind === "ref") s.cases.forEach((c) => c.values.forEach((v) => note(on.name, v)));
      evaluated(s).forEach((e) => visitExpr(e, (x) => {
        if (x.kind === "binary" && x.a.kind === "ref" && x.b.kind === "lit" && x.a.width === x.b.width) note(x.a.name, x.b);
      }));
    });
  }
}

function constantName(label: string): string {
  const name = label.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(/[^A-Za-z0-9_]/g, "_").toUpperCase();
  return /^[0-9]/.test(name) ? `_${name}` : name;
}

/** Labels of one enumeration start with the same word. */
function byEnumeration(a: Lit, b: Lit): number {
  const prefix = (lit: Lit): string => constantName(lit.label!).split("_")[0]!;
  const text = (x: string, y: string): number => (x < y ? -1 : x > y ? 1 : 0);
  const value = BigInt(a.value) - BigInt(b.value);
  return text(prefix(a), prefix(b)) || a.width - b.width || (value < 0n ? -1 : value > 0n ? 1 : 0) || text(key(a), key(b));
}
