/** What the engine needs to know of a logic module, worked out once however many instances there are. */

import type { Assign, Circuit, Expr, LogicModule, MemoryModule, Module, Port, Stmt } from "../../../generator/ir/types";
import { memoryPorts } from "../../../generator/ir/memory-ports";
import type { Bits } from "./analysis";
import { sliceOf, visitAssigns, visitReads, weightOf } from "./analysis";
import type { Shape } from "./limbs";

/** A name that a body may use: a port, a signal, or `<instance>.<port>` of a child. */
export interface Decl extends Shape {
  readonly name: string;
  readonly isRegister: boolean;
}

/** Bits lo .. lo + width - 1 of a signal, computed together; the unit that is scheduled. */
export interface Group {
  /** Unique in its module. */
  readonly id: number;
  readonly target: number;
  readonly lo: number;
  readonly width: number;
  readonly reads: readonly { readonly decl: number; readonly lo: number; readonly hi: number }[];
  /** About how much code it takes (see weightOf). */
  readonly weight: number;
}

/** A child's ports are the declarations firstPort, firstPort + 1, .. of the parent, in the order of portsOf. */
export interface Child {
  readonly name: string;
  readonly module: string;
  readonly firstPort: number;
}

export interface Logic {
  readonly kind: "logic";
  readonly module: LogicModule;
  /** Ports first, in their order, then signals, then the children's ports. */
  readonly decls: readonly Decl[];
  readonly index: ReadonlyMap<string, number>;
  readonly children: readonly Child[];
  /** The module's body, and the connections of its instances as assignments. */
  readonly body: readonly Stmt[];
  /** Which statements of the body assign to a declaration. */
  readonly statementsOf: ReadonlyMap<number, readonly number[]>;
  readonly wires: readonly Group[];
  readonly registers: readonly Group[];
  /** `target` is nothing but another name of `source`. */
  readonly copies: readonly { readonly target: number; readonly source: number }[];
  /** The bits of a group as groups of their own. */
  explode(group: Group): readonly Group[];
}

export const portsOf = (module: Module): readonly Port[] => (module.kind === "logic" ? module.ports : memoryPorts(module));

/** The modules of a circuit by name. */
export class Library {
  private readonly modules: ReadonlyMap<string, Module>;
  private readonly analysed = new Map<string, Logic>();

  constructor(circuit: Circuit) {
    this.modules = new Map(circuit.modules.map((m) => [m.name, m]));
  }

  /** @throws Error when the circuit has no such module. */
  module(name: string): Module {
    const module = this.modules.get(name);
    if (module === undefined) throw new Error(`the circuit has no module "${name}"`);
    return module;
  }

  logic(name: string): Logic | MemoryModule {
    const module = this.module(name);
    if (module.kind === "memory") return module;
    let logic = this.analysed.get(name);
    if (logic === undefined) this.analysed.set(name, (logic = analyse(module, this)));
    return logic;
  }
}

function analyse(module: LogicModule, library: Library): Logic {
  const decls: Decl[] = [...module.ports, ...module.signals].map((s) => ({
    name: s.name, width: s.width, signed: s.signed, isRegister: "kind" in s && s.kind === "reg",
  }));
  const children: Child[] = [];
  for (const instance of module.instances) {
    children.push({ name: instance.name, module: instance.module, firstPort: decls.length });
    for (const p of portsOf(library.module(instance.module))) {
      decls.push({ name: `${instance.name}.${p.name}`, width: p.width, signed: p.signed, isRegister: false });
    }
  }
  const index = new Map(decls.map((d, i) => [d.name, i]));
  const body = [...module.body, ...connections(module, (name) => decls[lookup(index, module, name)]!)];
  const { assigns, copies } = sortAssigns(body, decls, (name) => lookup(index, module, name));

  let nextId = 0;
  const group = (target: number, lo: number, width: number): Group =>
    ({ id: nextId++, target, lo, width, ...readsOf(assigns.get(target)!, lo, width, (name) => lookup(index, module, name)) });
  const wires: Group[] = [];
  const registers: Group[] = [];
  for (const [target, list] of assigns) {
    const decl = decls[target]!;
    if (decl.isRegister) registers.push(group(target, 0, decl.width));
    else for (const [lo, hi] of overlapping(list.map((a) => a.assign))) wires.push(group(target, lo, hi - lo + 1));
  }
  const exploded = new Map<Group, readonly Group[]>();
  const explode = (g: Group): readonly Group[] => {
    let bits = exploded.get(g);
    if (bits === undefined) exploded.set(g, (bits = Array.from({ length: g.width }, (_, i) => group(g.target, g.lo + i, 1))));
    return bits;
  };
  const statementsOf = statementsByTarget(body, (name) => lookup(index, module, name));
  return { kind: "logic", module, decls, index, children, body, statementsOf, wires, registers, copies, explode };
}

function lookup(index: ReadonlyMap<string, number>, module: LogicModule, name: string): number {
  const i = index.get(name);
  if (i === undefined) throw new Error(`module "${module.name}" has no signal "${name}"`);
  return i;
}

/** The connections of the instances, written as assignments between the parent's names and `<instance>.<port>`. */
function connections(module: LogicModule, decl: (name: string) => Decl): Assign[] {
  const result: Assign[] = [];
  const connect = (target: string, value: Expr): void => {
    const typed: Expr = decl(target).signed === value.signed ? value : { kind: "cast", width: value.width, signed: !value.signed, a: value };
    result.push({ kind: "assign", target, lo: 0, value: typed, loc: null });
  };
  for (const instance of module.instances) {
    for (const { port, value } of instance.inputs) connect(`${instance.name}.${port}`, value);
    for (const { port, signal } of instance.outputs) {
      const { name, width, signed } = decl(`${instance.name}.${port}`);
      connect(signal, { kind: "ref", name, width, signed });
    }
  }
  return result;
}

function statementsByTarget(body: readonly Stmt[], indexOf: (name: string) => number): Map<number, number[]> {
  const result = new Map<number, number[]>();
  body.forEach((stmt, i) => visitAssigns([stmt], ({ target }) => {
    const decl = indexOf(target);
    const list = result.get(decl);
    if (list === undefined) result.set(decl, [i]);
    else if (list.at(-1) !== i) list.push(i);
  }));
  return result;
}

interface Guarded {
  readonly assign: Assign;
  readonly conditions: readonly Expr[];
}

/** Assignments by target; a signal whose one assignment only renames another of its type becomes a copy instead. */
function sortAssigns(body: readonly Stmt[], decls: readonly Decl[], indexOf: (name: string) => number): {
  assigns: Map<number, Guarded[]>;
  copies: { target: number; source: number }[];
} {
  const assigns = new Map<number, Guarded[]>();
  visitAssigns(body, (assign, conditions) => {
    const target = indexOf(assign.target);
    const list = assigns.get(target);
    if (list === undefined) assigns.set(target, [{ assign, conditions }]);
    else list.push({ assign, conditions });
  });
  const copies: { target: number; source: number }[] = [];
  for (const [target, list] of assigns) {
    const { value } = list[0]!.assign;
    const { width, signed, isRegister } = decls[target]!;
    const unconditional = list.length === 1 && list[0]!.conditions.length === 0;
    if (isRegister || !unconditional || value.kind !== "ref" || value.width !== width || value.signed !== signed) continue;
    copies.push({ target, source: indexOf(value.name) });
    assigns.delete(target);
  }
  return { assigns, copies };
}

/** The ranges [lo, hi] of bits that assignments tie together, lowest first. */
function overlapping(assigns: readonly Assign[]): [number, number][] {
  const ranges = assigns.map((a): [number, number] => [a.lo, a.lo + a.value.width - 1]).sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [lo, hi] of ranges) {
    const last = merged.at(-1);
    if (last !== undefined && lo <= last[1]) last[1] = Math.max(last[1], hi);
    else merged.push([lo, hi]);
  }
  return merged;
}

/** What bits lo .. lo + width - 1 depend on through the assignments that touch them. */
function readsOf(assigns: readonly Guarded[], lo: number, width: number, indexOf: (name: string) => number): Pick<Group, "reads" | "weight"> {
  const reads = new Map<string, Group["reads"][number]>();
  const read = (bits: Bits): void => {
    reads.set(`${bits.name} ${bits.lo} ${bits.hi}`, { decl: indexOf(bits.name), lo: bits.lo, hi: bits.hi });
  };
  const conditionsSeen = new Set<Expr>();
  let weight = 1;
  for (const { assign, conditions } of assigns) {
    const from = Math.max(lo, assign.lo);
    const to = Math.min(lo + width, assign.lo + assign.value.width) - 1;
    if (from > to) continue;
    const value = sliceOf(assign.value, to - assign.lo, from - assign.lo);
    visitReads(value, read);
    weight += 1 + weightOf(value);
    for (const c of conditions) {
      if (conditionsSeen.has(c)) continue;
      conditionsSeen.add(c);
      visitReads(c, read);
      weight += weightOf(c);
    }
  }
  return { reads: [...reads.values()], weight };
}
