/** Which statements drive which signal, and which signals are driven by one process. */

import { bitRange, branches, evaluated, visitExpr, visitStmts } from "../ir/traverse";
import type { Expr, LogicModule, Stmt } from "../ir/types";

/** Signals that one process drives, with its statements. */
export interface Process {
  readonly targets: readonly string[];
  readonly body: readonly Stmt[];
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
    for (const target of new Set(inner.flatMap((m) => [...m.keys()]))) {
      const bodies = inner.map((m) => m.get(target) ?? []);
      if (s.kind === "if") add(target, { ...s, then: bodies[0]!, else: bodies[1]! });
      else add(target, { ...s, cases: s.cases.map((c, i) => ({ ...c, body: bodies[i]! })), default: bodies.at(-1)! });
    }
  }
  return trees;
}

/** Whether a tree of statements has no conditions. */
export const isPlain = (tree: readonly Stmt[]): boolean => tree.every((s) => s.kind === "assign");

/** What controls the assignments of a tree, as text: equal for trees that can share one process. */
function controls(tree: readonly Stmt[], text: (e: Expr) => string): string {
  return tree.filter((s) => s.kind !== "assign")
    .map((s) => `${s.kind}(${evaluated(s).map(text).join()})${branches(s).map((b) => `{${controls(b, text)}}`).join("")}`).join(";");
}

/** One tree from two with equal controls. */
function merged(a: readonly Stmt[], b: readonly Stmt[]): Stmt[] {
  const result: Stmt[] = [];
  let j = 0;
  const assignsOfB = (): void => { while (b[j]?.kind === "assign") result.push(b[j++]!); };
  for (const s of a) {
    if (s.kind === "assign") {
      result.push(s);
      continue;
    }
    assignsOfB();
    const other = b[j++]!;
    if (s.kind === "if" && other.kind === "if") result.push({ ...s, then: merged(s.then, other.then), else: merged(s.else, other.else) });
    if (s.kind === "switch" && other.kind === "switch") {
      const cases = s.cases.map((c, i) => ({ ...c, body: merged(c.body, other.cases[i]!.body) }));
      result.push({ ...s, cases, default: merged(s.default, other.default) });
    }
  }
  assignsOfB();
  return result;
}

/**
 * Processes for trees: those under equal controls share one, where `mayJoin` allows it.
 * @param text tells expressions apart.
 */
export function grouped(trees: Iterable<readonly [string, readonly Stmt[]]>, text: (e: Expr) => string, mayJoin: (target: string, process: Process) => boolean): Process[] {
  const byControls = new Map<string, number[]>();
  const processes: Process[] = [];
  for (const [target, tree] of trees) {
    const key = controls(tree, text);
    const candidates = byControls.get(key) ?? [];
    byControls.set(key, candidates);
    const found = candidates.find((i) => mayJoin(target, processes[i]!));
    if (found === undefined) candidates.push(processes.push({ targets: [target], body: tree }) - 1);
    else processes[found] = { targets: [...processes[found]!.targets, target], body: merged(processes[found]!.body, tree) };
  }
  return processes;
}

/** Names that the statements read. */
function reads(body: readonly Stmt[]): Set<string> {
  const names = new Set<string>();
  visitStmts(body, (s) => evaluated(s).forEach((e) => visitExpr(e, (x) => { if (x.kind === "ref") names.add(x.name); })));
  return names;
}

/**
 * What the combinational signals of a module depend on. Signals that share a process count as one, since a simulator
 * runs a process as a whole: sharing must not close a loop, not even through other processes or instances.
 */
export class Dependencies {
  private readonly sources = new Map<string, Set<string>>();
  private readonly companions = new Map<string, readonly string[]>();

  constructor(module: LogicModule, trees: ReadonlyMap<string, readonly Stmt[]>) {
    for (const [target, tree] of trees) this.sources.set(target, reads(tree));
    for (const { inputs, outputs } of module.instances) {
      const names = new Set<string>();
      for (const { value } of inputs) visitExpr(value, (x) => { if (x.kind === "ref") names.add(x.name); });
      for (const { signal } of outputs) this.sources.set(signal, names);
    }
  }

  /** Whether one of the process's signals depends on the target or the other way round; if not, it joins them. */
  join(target: string, process: Process): boolean {
    if (this.reaches([target], new Set(process.targets)) || this.reaches(process.targets, new Set([target]))) return false;
    const all = [...process.targets, target];
    for (const name of all) this.companions.set(name, all);
    return true;
  }

  private reaches(from: readonly string[], to: ReadonlySet<string>): boolean {
    const seen = new Set<string>(from);
    const open = [...from];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      for (const source of this.sources.get(name) ?? []) {
        for (const next of this.companions.get(source) ?? [source]) {
          if (to.has(next)) return true;
          if (!seen.has(next)) open.push(next);
          seen.add(next);
        }
      }
    }
    return false;
  }
}

/**
 * State machines: registers whose next value is chosen by a switch on themselves. Each gets its next value from a
 * combinational process of its own, `<name>_next`; every other register is assigned where its clock edge is.
 */
export function nextStates(module: LogicModule): LogicModule {
  const machines = stateMachines(module);
  if (machines.size === 0) return module;
  const taken = new Set([...module.ports, ...module.signals, ...module.instances].map((s) => s.name));
  const renamed = new Map<string, string>();
  for (const name of machines) {
    let next = `${name}_next`;
    for (let n = 1; taken.has(next); n++) next = `${name}_next_${n}`;
    taken.add(next);
    renamed.set(name, next);
  }
  const rename = (s: Stmt): Stmt => {
    if (s.kind === "assign") return { ...s, target: renamed.get(s.target) ?? s.target };
    if (s.kind === "if") return { ...s, then: s.then.map(rename), else: s.else.map(rename) };
    return { ...s, cases: s.cases.map((c) => ({ ...c, body: c.body.map(rename) })), default: s.default.map(rename) };
  };
  const registers = module.signals.filter((s) => renamed.has(s.name));
  const assign = (target: string, name: string, of: (typeof registers)[number]): Stmt =>
    ({ kind: "assign", target, lo: 0, value: { kind: "ref", name, width: of.width, signed: of.signed }, loc: of.loc });
  return {
    ...module,
    signals: module.signals.flatMap((s) => (renamed.has(s.name) ? [s, { ...s, name: renamed.get(s.name)!, kind: "wire", reset: null }] : [s])),
    body: [
      ...registers.map((r) => assign(renamed.get(r.name)!, r.name, r)),
      ...module.body.map(rename),
      ...registers.map((r) => assign(r.name, renamed.get(r.name)!, r)),
    ],
  };
}

/** Registers that a statement inside a switch on the register assigns. */
function stateMachines(module: LogicModule): Set<string> {
  const registers = new Set(module.signals.filter((s) => s.kind === "reg").map((s) => s.name));
  const found = new Set<string>();
  visitStmts(module.body, (s) => {
    const name = s.kind === "switch" ? bitRange(s.on)?.ref.name : undefined;
    if (name === undefined || !registers.has(name) || found.has(name)) return;
    visitStmts(branches(s).flat(), (inner) => { if (inner.kind === "assign" && inner.target === name) found.add(name); });
  });
  return found;
}
