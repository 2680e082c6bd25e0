/** Which signals each combinational signal of a module is computed from. */

import { evaluated, visitExpr, visitStmts } from "./traverse";
import type { Expr, LogicModule, Stmt } from "./types";

/** The names that an expression reads go into `names`. */
function addReads(e: Expr, names: Set<string>): void {
  visitExpr(e, (x) => { if (x.kind === "ref") names.add(x.name); });
}

/**
 * For wires and outputs, the names that the statements which assign them read, conditions included; for wires that an
 * instance drives, all that its inputs read. Registers are missing: their values do not depend on anything at once.
 * @param trees the statements that concern each target.
 */
export function combinationalSources(module: LogicModule, trees: ReadonlyMap<string, readonly Stmt[]>): Map<string, Set<string>> {
  const sources = new Map<string, Set<string>>();
  const registers = new Set(module.signals.filter((s) => s.kind === "reg").map((s) => s.name));
  for (const [target, tree] of trees) {
    if (registers.has(target)) continue;
    const names = new Set<string>();
    visitStmts(tree, (s) => evaluated(s).forEach((e) => addReads(e, names)));
    sources.set(target, names);
  }
  for (const { inputs, outputs } of module.instances) {
    const names = new Set<string>();
    inputs.forEach((c) => addReads(c.value, names));
    for (const { signal } of outputs) sources.set(signal, names);
  }
  return sources;
}

/** Whether one of the signals `from` depends on one of `to`; `next` gives what a signal depends on. */
export function reaches(from: readonly string[], to: ReadonlySet<string>, next: (name: string) => Iterable<string>): boolean {
  const seen = new Set<string>();
  const open = [...from];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const source of next(name)) {
      if (to.has(source)) return true;
      if (!seen.has(source)) open.push(source);
      seen.add(source);
    }
  }
  return false;
}
