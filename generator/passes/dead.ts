/** What reaches no output goes: signals, instances, modules. */

import type { Reporter } from "../diagnostics/diagnostic";
import { branches, evaluated, visitExpr } from "../ir/traverse";
import type { Circuit, Expr, LogicModule, Module, Stmt } from "../ir/types";

/** Removes what cannot be seen from outside, and reports LAPA-W003 for what a designer wrote and nothing reads. */
export function removeDead(circuit: Circuit, reporter: Reporter): Circuit {
  const kept = circuit.modules.map((m) => (m.kind === "logic" ? live(m, reporter) : m));
  const used = new Set([circuit.top]);
  for (const m of kept.toReversed()) if (m.kind === "logic" && used.has(m.name)) m.instances.forEach((i) => used.add(i.module));
  const modules: Module[] = [];
  for (const m of kept) if (used.has(m.name)) modules.push(m.kind === "logic" ? withState(m, modules) : m);
  return { ...circuit, modules };
}

/** What each signal's value comes from, and which instance drives it. */
class Sources {
  readonly of = new Map<string, Set<string>>();
  readonly instance = new Map<string, string>();

  constructor(module: LogicModule) {
    this.statements(module.body, []);
    for (const i of module.instances) {
      const inputs = i.inputs.map((c) => c.value);
      for (const o of i.outputs) {
        this.instance.set(o.signal, i.name);
        this.add(o.signal, inputs);
      }
    }
  }

  private statements(body: readonly Stmt[], conditions: readonly Expr[]): void {
    for (const s of body) {
      if (s.kind === "assign") this.add(s.target, [s.value, ...conditions]);
      else for (const inner of branches(s)) this.statements(inner, [...conditions, evaluated(s)[0]!]);
    }
  }

  private add(target: string, values: readonly Expr[]): void {
    const sources = this.of.get(target) ?? new Set<string>();
    this.of.set(target, sources);
    for (const v of values) visitExpr(v, (e) => { if (e.kind === "ref") sources.add(e.name); });
  }
}

function live(module: LogicModule, reporter: Reporter): LogicModule {
  const sources = new Sources(module);
  const reached = new Set<string>();
  const byName = new Map(module.instances.map((i) => [i.name, i]));
  const instances = new Set<string>();
  const pending = module.ports.filter((p) => p.direction === "output").map((p) => p.name);
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    pending.push(...(sources.of.get(name) ?? []));
    const driver = sources.instance.get(name);
    if (driver === undefined || instances.has(driver)) continue;
    instances.add(driver);
    // The instance stays, so all its outputs keep their wires.
    pending.push(...byName.get(driver)!.outputs.map((o) => o.signal));
  }
  if (module.signals.every((s) => reached.has(s.name)) && instances.size === module.instances.length) return module;
  warn(module, sources, reached, reporter);
  return {
    ...module,
    signals: module.signals.filter((s) => reached.has(s.name)),
    instances: module.instances.filter((i) => instances.has(i.name)),
    body: only(module.body, reached),
  };
}

/** Of what is dead only the ends are worth a warning: what nothing at all reads, and the designer named. */
function warn(module: LogicModule, sources: Sources, reached: ReadonlySet<string>, reporter: Reporter): void {
  const read = new Set([...sources.of].flatMap(([target, from]) => [...from].filter((name) => name !== target)));
  for (const s of module.signals) {
    if (reached.has(s.name) || read.has(s.name) || sources.instance.has(s.name)) continue;
    reporter.report("LAPA-W003", `'${s.source}' of module '${module.name}' is never read`, s.loc, "Remove it, or use it.");
  }
}

function only(body: readonly Stmt[], names: ReadonlySet<string>): Stmt[] {
  return body.flatMap((s): Stmt[] => {
    if (s.kind === "assign") return names.has(s.target) ? [s] : [];
    const left: Stmt = s.kind === "if"
      ? { ...s, then: only(s.then, names), else: only(s.else, names) }
      : { ...s, cases: s.cases.map((c) => ({ ...c, body: only(c.body, names) })), default: only(s.default, names) };
    return branches(left).some((inner) => inner.length > 0) ? [left] : [];
  });
}

/** Whether the module holds state may have changed. */
function withState(module: LogicModule, before: readonly Module[]): LogicModule {
  const registers = module.signals.filter((s) => s.kind === "reg");
  const children = before.filter((m) => module.instances.some((i) => i.module === m.name));
  const clocked = registers.length > 0 || children.some((c) => c.kind === "memory" || c.clocked);
  const resettable = registers.some((r) => r.reset !== null) || children.some((c) => c.kind === "logic" && c.resettable);
  return clocked === module.clocked && resettable === module.resettable ? module : { ...module, clocked, resettable };
}
