/**
 * Vectors whose bits depend on each other (a carry chain in one signal): no loop, bit by bit, but a simulator that takes
 * the vector as a whole sees one. Each part that is assigned by itself becomes a wire, `carry_3`, and the vector is the
 * concatenation of its parts.
 */

import { combinationalSources, reaches } from "../ir/combinational";
import { bitRange, byTarget, evaluated, replaceExpr, replaceStmts, visitExpr, visitStmts } from "../ir/traverse";
import type { Assign, Expr, LogicModule, Ref, Signal, Stmt } from "../ir/types";

/** A part of a vector: bits lo .. lo + ref.width - 1. */
interface Part {
  readonly lo: number;
  readonly ref: Ref;
}

/** The module with such vectors split. */
export function splitVectors(module: LogicModule): LogicModule {
  const trees = byTarget(module.body);
  const candidates = [...trees].filter(([, tree]) => new Set(cuts(tree)).size > 2).map(([target]) => target);
  if (candidates.length === 0) return module;
  const sources = combinationalSources(module, trees);
  const looped = candidates.filter((target) => sources.has(target) && reaches([target], new Set([target]), (name) => sources.get(name) ?? []));
  if (looped.length === 0) return module;

  const taken = new Set([...module.ports, ...module.signals, ...module.instances].map((s) => s.name));
  const vectors = new Map<string, readonly Part[]>();
  const wires: Signal[] = [];
  for (const target of looped) {
    const vector = [...module.ports, ...module.signals].find((s) => s.name === target)!;
    const bounds = [...new Set(cuts(trees.get(target)!))].sort((a, b) => a - b);
    vectors.set(target, bounds.slice(0, -1).map((lo, i) => {
      const width = bounds[i + 1]! - lo;
      const name = unique(width === 1 ? `${target}_${lo}` : `${target}_${lo + width - 1}_${lo}`, taken);
      wires.push({ name, kind: "wire", width, signed: false, reset: null, source: `${vector.source}[${width === 1 ? lo : `${lo + width - 1}:${lo}`}]`, loc: vector.loc });
      return { lo, ref: { kind: "ref", name, width, signed: false } };
    }));
  }
  const read = (e: Expr): Expr => replaceExpr(e, (x) => readParts(x, vectors));
  const instances = module.instances.map((i) => ({ ...i, inputs: i.inputs.map((c) => ({ ...c, value: read(c.value) })) }));
  const body = replaceStmts(module.body, read, (s) => assignParts(s, vectors.get(s.target)));
  // The whole vector is needed where it is a port, or something still reads all of it.
  const needed = new Set(module.ports.map((p) => p.name));
  const note = (e: Expr): void => visitExpr(e, (x) => { if (x.kind === "ref") needed.add(x.name); });
  visitStmts(body, (s) => evaluated(s).forEach(note));
  instances.forEach((i) => i.inputs.forEach((c) => note(c.value)));
  const gone = new Set(looped.filter((target) => !needed.has(target)));
  const joins = looped.filter((target) => !gone.has(target))
    .map((target): Assign => ({ kind: "assign", target, lo: 0, value: join(vectors.get(target)!.map((p) => p.ref)), loc: null }));
  return { ...module, signals: [...module.signals.filter((s) => !gone.has(s.name)), ...wires], instances, body: [...body, ...joins] };
}

function unique(base: string, taken: Set<string>): string {
  let name = base;
  for (let n = 1; taken.has(name); n++) name = `${base}_${n}`;
  taken.add(name);
  return name;
}

/** Where the assignments of a tree begin and end. */
function cuts(tree: readonly Stmt[]): number[] {
  const found: number[] = [];
  visitStmts(tree, (s) => { if (s.kind === "assign") found.push(s.lo, s.lo + s.value.width); });
  return found;
}

/** Some, not all, bits of a split vector, taken from its parts; null for any other expression. */
function readParts(e: Expr, vectors: ReadonlyMap<string, readonly Part[]>): Expr | null {
  const bits = e.kind === "slice" ? bitRange(e) : null;
  const parts = bits && bits.hi - bits.lo + 1 < bits.ref.width ? vectors.get(bits.ref.name) : undefined;
  if (!bits || !parts) return null;
  return join(parts.flatMap(({ lo, ref }): Expr[] => {
    const [from, to] = [Math.max(lo, bits.lo), Math.min(lo + ref.width - 1, bits.hi)];
    return from <= to ? [slice(ref, to - lo, from - lo)] : [];
  }));
}

/** An assignment to a split vector as assignments to the parts that it covers. */
function assignParts(s: Assign, parts: readonly Part[] | undefined): Assign[] {
  if (!parts) return [s];
  return parts.filter(({ lo, ref }) => lo >= s.lo && lo + ref.width <= s.lo + s.value.width)
    .map(({ lo, ref }) => ({ ...s, target: ref.name, lo: 0, value: slice(s.value, lo + ref.width - 1 - s.lo, lo - s.lo) }));
}

function slice(a: Expr, hi: number, lo: number): Expr {
  const width = hi - lo + 1;
  return width === a.width ? a : { kind: "slice", a, hi, lo, width, signed: false };
}

/** Parts side by side, the first one lowest. */
function join(parts: readonly Expr[]): Expr {
  const [only] = parts;
  if (parts.length === 1) return only!;
  return { kind: "cat", parts: parts.toReversed(), width: parts.reduce((sum, p) => sum + p.width, 0), signed: false };
}
