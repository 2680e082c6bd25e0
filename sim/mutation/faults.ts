/** All faults that a circuit may be given, and a fair sample of them. */

import { Constants } from "../../generator/emit/constants";
import { Expressions } from "../../generator/emit/expression";
import { literalText } from "../../generator/emit/literal";
import { mask, toHex } from "../../generator/ir/bits";
import { visitExpr } from "../../generator/ir/traverse";
import type { Circuit, Expr, LogicModule, Signal } from "../../generator/ir/types";
import { type ExpressionFault, type Fault, type FaultKind, hash, identity, type ResetFault } from "./fault";
import { Operands } from "./operands";
import { anotherOperand, type Mutation, mutations } from "./operators";
import { rewriteModule, type Site } from "./rewrite";

/**
 * The faults of every module below `root`, and of itself, module by module.
 * @param circuit as it is printed: after the passes.
 */
export function allFaults(circuit: Circuit, root: string): Fault[] {
  const own = modulesBelow(circuit, root);
  return circuit.modules.filter((m): m is LogicModule => m.kind === "logic" && own.has(m.name)).flatMap(faultsOf);
}

/**
 * The module and whatever is instantiated in it, without what only modules of `closed` hold.
 * @throws RangeError when the circuit has no such module.
 */
export function modulesBelow(circuit: Circuit, root: string, closed: ReadonlySet<string> = new Set()): Set<string> {
  const modules = new Map(circuit.modules.map((m) => [m.name, m]));
  if (!modules.has(root)) throw new RangeError(`the circuit has no module ${root}`);
  const own = new Set([root]);
  // A set goes on over what is added meanwhile.
  for (const name of own) {
    const module = modules.get(name);
    if (module?.kind === "logic" && !closed.has(name)) module.instances.forEach((i) => own.add(i.module));
  }
  return own;
}

/** A fault without its number among equal ones. */
type Unnumbered<F extends Fault> = F extends Fault ? Omit<F, "occurrence"> : never;

function faultsOf(module: LogicModule): Fault[] {
  const constants = new Constants(module);
  const expressions = new Expressions((lit) => constants.name(lit));
  const text = (e: Expr): string => expressions.text(e);
  return numbered([...expressionFaults(module, text), ...module.signals.filter((s) => s.reset !== null).flatMap((r) => resetFaults(module.name, r))]);
}

function expressionFaults(module: LogicModule, text: (e: Expr) => string): Unnumbered<ExpressionFault>[] {
  const registers = new Map(module.signals.filter((s) => s.kind === "reg").map((s) => [s.name, s]));
  const operands = new Operands(module);
  const read = readNames(module);
  const found: Unnumbered<ExpressionFault>[] = [];
  rewriteModule(module, (site, e, rewritten) => {
    if (isUnread(site, read)) return rewritten;
    const before = text(e);
    // What is printed as it was is no fault, and what is printed alike is one.
    const seen = new Set([before]);
    for (const { kind, mutated, text: told } of [...mutations(site, e, registers), ...operandMutations(operands, site, e)]) {
      const after = text(mutated);
      if (seen.has(after)) continue;
      seen.add(after);
      found.push({ kind, module: module.name, target: site.target, before: told?.before ?? before, after: told?.after ?? after, site: site.number, mutated });
    }
    return rewritten;
  });
  return found;
}

/** Whatever somebody outside or inside reads: outputs, and what expressions name. */
function readNames(module: LogicModule): Set<string> {
  const names = new Set(module.ports.map((p) => p.name));
  rewriteModule(module, (_, e, rewritten) => {
    visitExpr(e, (x) => { if (x.kind === "ref") names.add(x.name); });
    return rewritten;
  });
  return names;
}

/** A wire that stands for bits which nobody uses, for linters. */
const isUnread = ({ statement }: Site, read: ReadonlySet<string>): boolean => statement?.kind === "assign" && !read.has(statement.target);

function operandMutations(operands: Operands, site: Site, e: Expr): Mutation[] {
  const other = e.kind === "ref" ? operands.other(site, e) : undefined;
  return other === undefined ? [] : [anotherOperand(e, other)];
}

/** What a reset fault starts a register from, one more than it should be. */
export function otherReset({ reset, width }: Pick<Signal, "reset" | "width">): bigint {
  return (BigInt(reset!) + 1n) & mask(width);
}

function resetFaults(module: string, register: Signal): Unnumbered<ResetFault>[] {
  const value = (pattern: bigint): string => literalText({ ...register, value: toHex(pattern, register.width) });
  const before = value(BigInt(register.reset!));
  const base = { module, target: register.name, before };
  return [{ ...base, kind: "reset value", after: value(otherReset(register)) }, { ...base, kind: "reset lost", after: register.name }];
}

function numbered(faults: readonly Unnumbered<Fault>[]): Fault[] {
  const seen = new Map<string, number>();
  return faults.map((fault): Fault => {
    const name = identity({ ...fault, occurrence: 1 });
    const occurrence = (seen.get(name) ?? 0) + 1;
    seen.set(name, occurrence);
    return { ...fault, occurrence };
  });
}

/**
 * So many of the faults: as many of every module as of any other, as long as it has some, and within a module as many of
 * every kind. The same seed takes the same; a change elsewhere does not make it take others.
 */
export function sample(faults: readonly Fault[], count: number, seed: number): Fault[] {
  if (count >= faults.length) return [...faults];
  const rank = new Map(faults.map((f) => [f, hash(`${seed} ${identity(f)}`)]));
  const byRank = (list: readonly Fault[]): Fault[] => [...list].sort((a, b) => rank.get(a)! - rank.get(b)!);
  const modules = [...grouped(faults, (f) => f.module).values()].map((own) => {
    const kinds = [...grouped(byRank(own), (f): FaultKind => f.kind).values()];
    return turns(kinds);
  });
  const order = new Map([...grouped(faults, (f) => f.module).keys()].map((name, i) => [name, { i, rank: hash(`${seed} ${name}`) }]));
  const chosen = new Set(turns([...modules].sort((a, b) => order.get(a[0]!.module)!.rank - order.get(b[0]!.module)!.rank)).slice(0, count));
  return faults.filter((f) => chosen.has(f));
}

/** One of each list, then another of each, until all are there. */
function turns<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...lists.map((l) => l.length));
  return Array.from({ length: longest }, (_, i) => lists.flatMap((l) => l.slice(i, i + 1))).flat();
}

/** In the order in which the keys come. */
export function grouped<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
