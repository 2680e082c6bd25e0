/** Which statements drive which signal, and which signals are driven by one process. */

import { combinationalSources } from "../ir/combinational";
import { bitRange, branches, evaluated, visitStmts, withBranches } from "../ir/traverse";
import type { Expr, LogicModule, Stmt } from "../ir/types";

/** Signals that one process drives, with its statements. */
export interface Process {
  readonly targets: readonly string[];
  readonly body: readonly Stmt[];
}

/** The statements that concern some targets; branches left empty stay, statements left empty go. */
function restricted(body: readonly Stmt[], targets: ReadonlySet<string>): Stmt[] {
  return body.flatMap((s): Stmt[] => {
    if (s.kind === "assign") return targets.has(s.target) ? [s] : [];
    const bodies = branches(s).map((b) => restricted(b, targets));
    return bodies.some((b) => b.length > 0) ? [withBranches(s, bodies)] : [];
  });
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

/** Whether two processes may become one; called once for two that would, it may note that they do. */
export type MayJoin = (a: readonly string[], b: readonly string[]) => boolean;

/**
 * Processes for the targets of `trees`, the statements of `body` that concern each. As a person would write it, targets
 * share a process when the designer assigned them under one statement, or under others with equal controls.
 * @param text tells expressions apart.
 */
export function grouped(body: readonly Stmt[], trees: ReadonlyMap<string, readonly Stmt[]>, text: (e: Expr) => string, mayJoin: MayJoin): Process[] {
  const found: Process[] = [];
  const byControls = new Map<string, number[]>();
  for (const process of sharing(body, trees, mayJoin)) {
    const key = controls(process.body, text);
    const candidates = byControls.get(key) ?? [];
    byControls.set(key, candidates);
    const at = candidates.find((i) => mayJoin(found[i]!.targets, process.targets));
    if (at === undefined) candidates.push(found.push(process) - 1);
    else found[at] = { targets: [...found[at]!.targets, ...process.targets], body: merged(found[at]!.body, process.body) };
  }
  return found;
}

/** Processes of targets with a conditional statement in common. */
function sharing(body: readonly Stmt[], trees: ReadonlyMap<string, readonly Stmt[]>, mayJoin: MayJoin): Process[] {
  const groups: { targets: string[]; readonly statements: Set<number> }[] = [];
  const byStatement = new Map<number, Set<number>>();
  for (const [target, statements] of statementsOf(body)) {
    if (!trees.has(target)) continue;
    const conditional = statements.filter((n) => body[n]!.kind !== "assign");
    const candidates = new Set(conditional.flatMap((n) => [...byStatement.get(n) ?? []]));
    const at = [...candidates].find((i) => mayJoin(groups[i]!.targets, [target])) ?? groups.push({ targets: [], statements: new Set() }) - 1;
    groups[at]!.targets.push(target);
    statements.forEach((n) => groups[at]!.statements.add(n));
    for (const n of conditional) byStatement.set(n, (byStatement.get(n) ?? new Set()).add(at));
  }
  return groups.map(({ targets, statements }) => {
    if (targets.length === 1) return { targets, body: trees.get(targets[0]!)! };
    return { targets, body: restricted([...statements].sort((x, y) => x - y).map((n) => body[n]!), new Set(targets)) };
  });
}

/** Which statements of the body, by position, assign each target somewhere in them. */
function statementsOf(body: readonly Stmt[]): Map<string, number[]> {
  const positions = new Map<string, number[]>();
  for (const [n, s] of body.entries()) {
    visitStmts([s], (inner) => {
      if (inner.kind !== "assign") return;
      const list = positions.get(inner.target) ?? [];
      if (list.at(-1) !== n) list.push(n);
      positions.set(inner.target, list);
    });
  }
  return positions;
}

/**
 * What the combinational signals of a module depend on. Signals that share a process count as one, since a simulator
 * runs a process as a whole: sharing must not close a loop, not even through other processes or instances.
 */
export class Dependencies {
  private readonly users = new Map<string, string[]>();
  private readonly groups = new Map<string, string[]>();
  private known: ReadonlyMap<string, ReadonlySet<string>> | null = null;

  constructor(private readonly module: LogicModule, private readonly trees: ReadonlyMap<string, readonly Stmt[]>) {}

  /** Found when it is first asked for: a module of nothing but instances never does. */
  private get sources(): ReadonlyMap<string, ReadonlySet<string>> {
    if (this.known !== null) return this.known;
    this.known = combinationalSources(this.module, this.trees);
    for (const [name, sources] of this.known) {
      for (const source of sources) {
        const users = this.users.get(source);
        if (users) users.push(name);
        else this.users.set(source, [name]);
      }
    }
    return this.known;
  }

  /** Joins two processes, unless a signal of one depends on a signal of the other. */
  join(a: readonly string[], b: readonly string[]): boolean {
    const [small, large] = a.length < b.length ? [this.group(a[0]!), this.group(b[0]!)] : [this.group(b[0]!), this.group(a[0]!)];
    if (this.leads(small, large, this.sources) || this.leads(small, large, this.users)) return false;
    large.push(...small);
    for (const name of small) this.groups.set(name, large);
    return true;
  }

  /** The signals of one process so far. */
  private group(name: string): string[] {
    const group = this.groups.get(name) ?? [name];
    this.groups.set(name, group);
    return group;
  }

  private leads(from: readonly string[], to: readonly string[], next: ReadonlyMap<string, Iterable<string>>): boolean {
    const seen = new Set([from]);
    const open = [from];
    for (let group = open.pop(); group !== undefined; group = open.pop()) {
      for (const name of group) {
        for (const neighbour of next.get(name) ?? []) {
          const other = this.sources.has(neighbour) ? this.group(neighbour) : null;
          if (other === to) return true;
          if (other !== null && !seen.has(other)) {
            seen.add(other);
            open.push(other);
          }
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
