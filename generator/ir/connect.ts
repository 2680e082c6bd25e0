/** Wires that only repeat a name between an instance and its surroundings give way to that name. */

import { visitExpr, visitStmts, evaluated } from "./traverse";
import type { Assign, Circuit, Expr, LogicModule } from "./types";

export function connect(circuit: Circuit): Circuit {
  return { ...circuit, modules: circuit.modules.map((m) => (m.kind === "logic" ? connectModule(m) : m)) };
}

/** One module of `connect`; elaboration uses it too, so that big arrays are small from the start. */
export function connectModule(module: LogicModule): LogicModule {
  if (module.instances.length === 0 || module.body.length === 0) return module;
  const { assigned, reads } = tally(module);
  const wires = new Set(module.signals.filter((s) => s.kind === "wire").map((s) => s.name));
  const gone = new Set<string>();
  /** What a wire is that only feeds an instance's input: a name, bits of one, or a constant. */
  const source = (e: Expr): Expr => {
    const assignment = e.kind === "ref" && reads.get(e.name) === 1 ? assigned.get(e.name) : undefined;
    if (!assignment || !isDirect(assignment.value) || assignment.value.width !== e.width || !wires.has(assignment.target)) return e;
    gone.add(assignment.target);
    return assignment.value;
  };
  const outputs = outputsFedBy(module, wires, assigned, reads);
  const instances = module.instances.map((i) => ({
    ...i,
    inputs: i.inputs.map((c) => ({ ...c, value: source(c.value) })),
    outputs: i.outputs.map((c) => {
      const port = outputs.get(c.signal);
      if (port === undefined) return c;
      gone.add(c.signal);
      return { ...c, signal: port };
    }),
  }));
  if (gone.size === 0) return module;
  const taken = new Set(outputs.values());
  return {
    ...module, instances,
    signals: module.signals.filter((s) => !gone.has(s.name)),
    body: module.body.filter((s) => s.kind !== "assign" || !(gone.has(s.target) || taken.has(s.target))),
  };
}

/** The only assignment of each signal that has one, outside every condition; and how often each signal is read. */
function tally(module: LogicModule): { assigned: Map<string, Assign>; reads: Map<string, number> } {
  const assigned = new Map<string, Assign>();
  const times = new Map<string, number>();
  const reads = new Map<string, number>();
  const read = (e: Expr): void => visitExpr(e, (x) => { if (x.kind === "ref") reads.set(x.name, (reads.get(x.name) ?? 0) + 1); });
  visitStmts(module.body, (s) => {
    if (s.kind === "assign") times.set(s.target, (times.get(s.target) ?? 0) + 1);
    evaluated(s).forEach(read);
  });
  for (const i of module.instances) for (const c of i.inputs) read(c.value);
  for (const s of module.body) if (s.kind === "assign" && times.get(s.target) === 1) assigned.set(s.target, s);
  return { assigned, reads };
}

/** A sign makes no difference to what is connected: the widths are equal. */
function isDirect(e: Expr): boolean {
  if (e.kind === "cast") return isDirect(e.a);
  return e.kind === "ref" || e.kind === "lit" || (e.kind === "slice" && e.a.kind === "ref");
}

/** Output ports that only repeat what an instance drives and nobody else reads, by the wire between: never another port. */
function outputsFedBy(module: LogicModule, wires: ReadonlySet<string>, assigned: ReadonlyMap<string, Assign>, reads: ReadonlyMap<string, number>): Map<string, string> {
  const byInstance = new Set(module.instances.flatMap((i) => i.outputs.map((o) => o.signal)).filter((name) => wires.has(name)));
  const found = new Map<string, string>();
  for (const p of module.ports) {
    const value = p.direction === "output" ? assigned.get(p.name)?.value : undefined;
    if (value?.kind === "ref" && value.width === p.width && byInstance.has(value.name) && reads.get(value.name) === 1) found.set(value.name, p.name);
  }
  return found;
}
