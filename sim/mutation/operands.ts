/** Which other signals may stand in a signal's place without closing a combinational loop. */

import { combinationalSources } from "../../generator/ir/combinational";
import { byTarget, visitExpr, visitStmts } from "../../generator/ir/traverse";
import type { Expr, LogicModule, Ref } from "../../generator/ir/types";
import { hash } from "./fault";
import type { Site } from "./rewrite";

/**
 * Any signal may feed a register. What feeds a wire or an instance may be a register, or what feeds it already within the
 * cycle: then there is no path that was not there.
 */
export class Operands {
  private readonly sources: ReadonlyMap<string, ReadonlySet<string>>;
  private readonly named: readonly Ref[];
  private readonly registers: ReadonlySet<string>;
  private readonly ancestors = new Map<string, ReadonlySet<string>>();

  constructor(module: LogicModule) {
    const found = combinationalSources(module, byTarget(module.body));
    // An instance's output need not depend on each of its inputs: nothing is said of what is behind it.
    for (const { outputs } of module.instances) for (const { signal } of outputs) found.set(signal, new Set());
    this.sources = found;
    this.named = [...module.ports.filter((p) => p.direction === "input"), ...module.signals].map(({ name, width, signed }) => ({ kind: "ref", name, width, signed }));
    this.registers = new Set(module.signals.filter((s) => s.kind === "reg").map((s) => s.name));
  }

  /** The name of a signal of the same type for a reference at its place; undefined where there is none. */
  other(site: Site, e: Ref): string | undefined {
    const targets = this.targetsOf(site);
    const choices = this.named.filter((s) => s.name !== e.name && s.width === e.width && s.signed === e.signed && targets.every((t) => this.mayFeed(s.name, t)));
    // By names alone, so that the choice stays when others come and go.
    const rank = (name: string): number => hash(`${site.target} ${e.name} ${name}`);
    return choices.map((s) => s.name).sort((a, b) => rank(a) - rank(b))[0];
  }

  /** Whatever is fed within the cycle: signals that a statement assigns, or those in an instance's connection. */
  private targetsOf({ statement, whole }: Site): readonly (string | Expr)[] {
    if (statement === null) return [whole];
    const targets = new Set<string>();
    visitStmts([statement], (s) => { if (s.kind === "assign") targets.add(s.target); });
    return [...targets].filter((t) => !this.registers.has(t));
  }

  private mayFeed(name: string, target: string | Expr): boolean {
    if (this.registers.has(name)) return true;
    if (typeof target === "string") return this.ancestorsOf(target).has(name) && !this.ancestorsOf(name).has(target);
    let isKnown = false;
    visitExpr(target, (x) => { isKnown ||= x.kind === "ref" && (x.name === name || this.ancestorsOf(x.name).has(name)); });
    return isKnown;
  }

  private ancestorsOf(name: string): ReadonlySet<string> {
    const known = this.ancestors.get(name);
    if (known) return known;
    const found = new Set<string>();
    const open = [name];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      for (const source of this.sources.get(next) ?? []) {
        if (!found.has(source)) open.push(source);
        found.add(source);
      }
    }
    this.ancestors.set(name, found);
    return found;
  }
}
