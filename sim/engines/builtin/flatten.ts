/** The hierarchy as one list of nets, kept together with the tree of instances that names them. */

import type { Circuit, MemoryModule } from "../../../generator/ir/types";
import type { Group, Logic } from "./logic";
import { Library, portsOf } from "./logic";
import type { Shape } from "./limbs";
import { limbCount } from "./limbs";

/** A net of the whole design. Names joined by plain connections share one net. */
export interface Net extends Shape {
  readonly isState: boolean;
  /** First limb in the simulator's state. State nets come first. */
  readonly at: number;
}

interface Place {
  /** Path from the top: "" for the top itself, else such as `u_array.u_pe_0`. */
  readonly path: string;
  readonly nets: readonly Net[];
}

export interface LogicInstance extends Place {
  readonly kind: "logic";
  readonly logic: Logic;
  readonly children: ReadonlyMap<string, Instance>;
}

/** Its nets are those of memoryPorts, in that order. */
export interface MemoryInstance extends Place {
  readonly kind: "memory";
  readonly memory: MemoryModule;
}

export type Instance = LogicInstance | MemoryInstance;

export interface FlatDesign {
  readonly top: Instance;
  readonly logic: readonly LogicInstance[];
  readonly memories: readonly MemoryInstance[];
  /** Every net once, in the order of `at`. */
  readonly nets: readonly Net[];
  /** Limbs of state, which are the first of all limbs. */
  readonly stateLimbs: number;
  readonly limbs: number;
}

/** The name of a declaration of an instance, from the top. */
export const pathOf = (place: { readonly path: string }, name: string): string => (place.path === "" ? name : `${place.path}.${name}`);

/** How a loop reads: a signal, or bits of one. */
export function groupName(instance: LogicInstance, group: Group): string {
  const { name, width } = instance.logic.decls[group.target]!;
  const bits = group.width === width ? "" : group.width === 1 ? `[${group.lo}]` : `[${group.lo + group.width - 1}:${group.lo}]`;
  return pathOf(instance, name) + bits;
}

/** @throws Error naming the path when plain connections form a loop. */
export function flatten(circuit: Circuit): FlatDesign {
  return new Flattener(new Library(circuit)).run(circuit.top);
}

interface NetDraft extends Shape {
  isState: boolean;
  at: number;
  /** The net that this one is another name of. */
  same: NetDraft | null;
}

class Flattener {
  private readonly drafts: NetDraft[] = [];
  private readonly logic: LogicInstance[] = [];
  private readonly memories: MemoryInstance[] = [];
  /** Filled with the final nets once every connection is known. */
  private readonly pending: { readonly from: readonly NetDraft[]; readonly to: Net[] }[] = [];

  constructor(private readonly library: Library) {}

  run(topName: string): FlatDesign {
    const ports = portsOf(this.library.module(topName)).map((p) => this.draft(p));
    const top = this.instance(topName, "", ports);
    const nets = this.allocate();
    for (const { from, to } of this.pending) to.push(...from.map(representative));
    const limbs = (list: readonly Net[]): number => list.reduce((sum, n) => sum + limbCount(n.width), 0);
    const stateLimbs = limbs(nets.filter((n) => n.isState));
    return { top, logic: this.logic, memories: this.memories, nets, stateLimbs, limbs: limbs(nets) };
  }

  private draft(shape: Shape): NetDraft {
    const draft: NetDraft = { width: shape.width, signed: shape.signed, isState: false, at: 0, same: null };
    this.drafts.push(draft);
    return draft;
  }

  private instance(moduleName: string, path: string, ports: readonly NetDraft[]): Instance {
    const logic = this.library.logic(moduleName);
    const nets: Net[] = [];
    if (logic.kind === "memory") {
      ports.at(-1)!.isState = true;
      this.pending.push({ from: ports, to: nets });
      const memory: MemoryInstance = { kind: "memory", path, nets, memory: logic };
      this.memories.push(memory);
      return memory;
    }
    const drafts = logic.decls.map((d, i) => ports[i] ?? this.draft(d));
    logic.decls.forEach((d, i) => {
      if (d.isRegister) drafts[i]!.isState = true;
    });
    this.pending.push({ from: drafts, to: nets });
    const children = new Map<string, Instance>();
    const result: LogicInstance = { kind: "logic", path, nets, logic, children };
    this.logic.push(result);
    for (const { name, module, firstPort } of logic.children) {
      const count = portsOf(this.library.module(module)).length;
      children.set(name, this.instance(module, pathOf(result, name), drafts.slice(firstPort, firstPort + count)));
    }
    for (const { target, source } of logic.copies) join(drafts[target]!, drafts[source]!, pathOf(result, logic.decls[target]!.name));
    return result;
  }

  /** Gives every net its place: state first, so that a clock edge is one block copy. */
  private allocate(): Net[] {
    for (const d of this.drafts) if (d.isState) representative(d).isState = true;
    const own = this.drafts.filter((d) => d.same === null);
    const ordered = [...own.filter((d) => d.isState), ...own.filter((d) => !d.isState)];
    let at = 0;
    for (const d of ordered) {
      d.at = at;
      at += limbCount(d.width);
    }
    return ordered;
  }
}

function representative(net: NetDraft): NetDraft {
  let root = net;
  while (root.same !== null) root = root.same;
  while (net.same !== null) {
    const next: NetDraft = net.same;
    net.same = root;
    net = next;
  }
  return root;
}

function join(target: NetDraft, source: NetDraft, name: string): void {
  const a = representative(target);
  const b = representative(source);
  if (a === b) throw new Error(`combinational loop: ${name} -> ${name} through connections alone`);
  a.same = b;
}
