/**
 * The order in which combinational logic is evaluated.
 *
 * The nodes are groups of bits of the flat design, so that neither an instance boundary nor a signal assigned in
 * slices makes a loop where the bits have none. Where groups still form a cycle, they are taken apart into single
 * bits; what is a cycle then is a combinational loop.
 */

import type { FlatDesign, LogicInstance, Net } from "./flatten";
import { groupName } from "./flatten";
import type { Group } from "./logic";

/** Groups of one instance that do not depend on one another. */
export interface Batch {
  readonly instance: LogicInstance;
  readonly groups: readonly Group[];
}

/** Batches by level: level 0 reads only inputs and state, level n also what lower levels compute. */
export type Schedule = readonly (readonly Batch[])[];

interface Node {
  readonly instance: LogicInstance;
  readonly group: Group;
}

/** @throws Error naming the path of a combinational loop. */
export function schedule(design: FlatDesign): Schedule {
  let nodes: readonly Node[] = design.logic.flatMap((instance) => instance.logic.wires.map((group) => ({ instance, group })));
  for (;;) {
    const edges = dependencies(nodes);
    const components = stronglyConnected(edges);
    const cyclic = components.filter((c) => c.length > 1 || edges[c[0]!]!.includes(c[0]!));
    if (cyclic.length === 0) return levels(nodes, edges, components.map((c) => c[0]!));
    for (const c of cyclic) {
      if (c.every((n) => nodes[n]!.group.width === 1)) throw new Error(`combinational loop: ${describeLoop(nodes, edges, c)}`);
    }
    const split = new Set(cyclic.flat());
    nodes = nodes.flatMap((node, n) =>
      split.has(n) && node.group.width > 1 ? node.instance.logic.explode(node.group).map((group) => ({ instance: node.instance, group })) : [node]);
  }
}

/** For every node the nodes it reads from. */
function dependencies(nodes: readonly Node[]): number[][] {
  const writers = new Map<Net, number[]>();
  nodes.forEach(({ instance, group }, n) => {
    const net = instance.nets[group.target]!;
    const list = writers.get(net);
    if (list === undefined) writers.set(net, [n]);
    else list.push(n);
  });
  return nodes.map(({ instance, group }) => {
    const from = new Set<number>();
    for (const { decl, lo, hi } of group.reads) {
      for (const w of writers.get(instance.nets[decl]!) ?? []) {
        const written = nodes[w]!.group;
        if (written.lo <= hi && written.lo + written.width > lo) from.add(w);
      }
    }
    return [...from];
  });
}

/** Tarjan's algorithm without recursion; a component comes after every component it depends on. */
function stronglyConnected(edges: readonly (readonly number[])[]): number[][] {
  const order = new Int32Array(edges.length).fill(-1);
  const low = new Int32Array(edges.length);
  const next = new Int32Array(edges.length);
  const onStack = new Uint8Array(edges.length);
  const stack: number[] = [];
  const components: number[][] = [];
  let visited = 0;
  const enter = (n: number, path: number[]): void => {
    order[n] = low[n] = visited++;
    onStack[n] = 1;
    stack.push(n);
    path.push(n);
  };
  for (let root = 0; root < edges.length; root++) {
    if (order[root] !== -1) continue;
    const path: number[] = [];
    enter(root, path);
    while (path.length > 0) {
      const n = path.at(-1)!;
      const target = edges[n]![next[n]!++];
      if (target !== undefined) {
        if (order[target] === -1) enter(target, path);
        else if (onStack[target]) low[n] = Math.min(low[n]!, order[target]!);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[n]!);
      if (low[n] !== order[n]) continue;
      const component = stack.splice(stack.lastIndexOf(n));
      for (const member of component) onStack[member] = 0;
      components.push(component);
    }
  }
  return components;
}

/** @param order the nodes, every one after those it depends on. */
function levels(nodes: readonly Node[], edges: readonly (readonly number[])[], order: readonly number[]): Schedule {
  const level = new Int32Array(nodes.length);
  for (const n of order) for (const from of edges[n]!) level[n] = Math.max(level[n]!, level[from]! + 1);
  const result: Map<LogicInstance, Group[]>[] = [];
  nodes.forEach(({ instance, group }, n) => {
    const batches = (result[level[n]!] ??= new Map<LogicInstance, Group[]>());
    const groups = batches.get(instance);
    if (groups === undefined) batches.set(instance, [group]);
    else groups.push(group);
  });
  return result.map((batches) => [...batches].map(([instance, groups]) => ({ instance, groups })));
}

/** A way round a component, in the direction in which values flow. */
function describeLoop(nodes: readonly Node[], edges: readonly (readonly number[])[], component: readonly number[]): string {
  const members = new Set(component);
  const path: number[] = [];
  let n = component[0]!;
  while (!path.includes(n)) {
    path.push(n);
    n = edges[n]!.find((from) => members.has(from))!;
  }
  const loop = [...path.slice(path.indexOf(n)), n].reverse();
  return loop.map((i) => groupName(nodes[i]!.instance, nodes[i]!.group)).join(" -> ");
}
