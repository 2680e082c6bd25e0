/** What reaches no output goes: signals, instances, modules. */

import { branches } from "../ir/traverse";
import type { Circuit, LogicModule, Module, Stmt } from "../ir/types";
import { Sources } from "./sources";

/** Removes what cannot be seen from outside. */
export function removeDead(circuit: Circuit): Circuit {
  const kept = circuit.modules.map((m) => (m.kind === "logic" ? live(m) : m));
  const used = new Set([circuit.top]);
  for (const m of kept.toReversed()) if (m.kind === "logic" && used.has(m.name)) m.instances.forEach((i) => used.add(i.module));
  const modules: Module[] = [];
  for (const m of kept) if (used.has(m.name)) modules.push(m.kind === "logic" ? withState(m, modules) : m);
  return { ...circuit, modules };
}

function live(module: LogicModule): LogicModule {
  const reached = Sources.of(module).ofOutputs;
  const instances = module.instances.filter((i) => reached.has(i.name));
  const dead = new Set(module.signals.filter((s) => !reached.has(s.name)).map((s) => s.name));
  // An instance that stays keeps the wires of all its outputs.
  for (const i of instances) for (const o of i.outputs) dead.delete(o.signal);
  if (instances.length === module.instances.length && dead.size === 0) return module;
  return { ...module, instances, signals: module.signals.filter((s) => !dead.has(s.name)), body: without(dead, module.body) };
}

function without(dead: ReadonlySet<string>, body: readonly Stmt[]): Stmt[] {
  return body.flatMap((s): Stmt[] => {
    if (s.kind === "assign") return dead.has(s.target) ? [] : [s];
    const left: Stmt = s.kind === "if"
      ? { ...s, then: without(dead, s.then), else: without(dead, s.else) }
      : { ...s, cases: s.cases.map((c) => ({ ...c, body: without(dead, c.body) })), default: without(dead, s.default) };
    return branches(left).some((inner) => inner.length > 0) ? [left] : [];
  });
}

/** Whether the module holds state may have changed. */
function withState(module: LogicModule, before: readonly Module[]): LogicModule {
  const registers = module.signals.filter((s) => s.kind === "reg");
  const names = new Set(module.instances.map((i) => i.module));
  const children = before.filter((m) => names.has(m.name));
  const clocked = registers.length > 0 || children.some((c) => c.kind === "memory" || c.clocked);
  const resettable = registers.some((r) => r.reset !== null) || children.some((c) => c.kind === "logic" && c.resettable);
  return clocked === module.clocked && resettable === module.resettable ? module : { ...module, clocked, resettable };
}
