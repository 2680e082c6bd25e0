/**
 * Check: no signal depends on itself within a cycle. First signal by signal, which is quick and settles nearly every
 * design; then, only inside the cycles so found, bit by bit and through instances, which tells true loops from words
 * whose bits depend on each other in order.
 */

import type { Reporter } from "../diagnostics/diagnostic";
import { mask, runsOfOnes, unsignedWidth } from "../ir/bits";
import { type Guard, visitAssigns, visitExpr } from "../ir/traverse";
import type { Binary, Circuit, Expr, LogicModule, Module } from "../ir/types";

/** Reports LAPA-E010 for every loop, with its path. */
export function checkLoops(circuit: Circuit, reporter: Reporter): Circuit {
  const known = new Map<string, ModuleLogic>();
  for (const m of circuit.modules) {
    const logic = new ModuleLogic(m, known);
    known.set(m.name, logic);
    for (const path of logic.loops()) report(m as LogicModule, path, reporter);
  }
  return circuit;
}

/** A bit: its signal and index. */
type Bit = readonly [name: string, index: number];
const key = ([name, index]: Bit): string => `${name}[${index}]`;

/** Bits of signals: a pattern a name. */
type Bits = Map<string, bigint>;

/** A node of the coarse graph: a signal, or a condition around assignments. */
type Node = string | Guard;

/** An assignment and the conditions around it. */
interface Driver {
  readonly lo: number;
  readonly value: Expr;
  readonly guard: Guard | null;
}

/** What drives a module's signals, as far as that is combinational. */
class ModuleLogic {
  private readonly drivers = new Map<string, Driver[]>();
  /** Which instance's output drives a signal. */
  private readonly fromInstance = new Map<string, { readonly child: ModuleLogic; readonly port: string; readonly inputs: ReadonlyMap<string, Expr> }>();
  private readonly inputsOf = new Map<string, ReadonlySet<string>>();
  private readonly bitInputs = new Map<string, Bits>();
  private readonly logic: LogicModule | null;
  private readonly registers: ReadonlySet<string> = new Set();

  constructor(module: Module, known: ReadonlyMap<string, ModuleLogic>) {
    this.logic = module.kind === "logic" ? module : null;
    if (!this.logic) return;
    this.registers = new Set(this.logic.signals.filter((s) => s.kind === "reg").map((s) => s.name));
    visitAssigns(this.logic.body, ({ target, lo, value }, guard) => {
      if (this.registers.has(target)) return;
      const drivers = this.drivers.get(target);
      if (drivers) drivers.push({ lo, value, guard });
      else this.drivers.set(target, [{ lo, value, guard }]);
    });
    for (const i of this.logic.instances) {
      const inputs = new Map(i.inputs.map((c) => [c.port, c.value]));
      for (const o of i.outputs) this.fromInstance.set(o.signal, { child: known.get(i.module)!, port: o.port, inputs });
    }
  }

  /** The loops' paths: each bit depends on the one before it, and the first on the last. */
  loops(): Bit[][] {
    if (!this.logic) return [];
    const nodes: Node[] = [...this.drivers.keys(), ...this.fromInstance.keys()];
    if (!hasCycle(nodes, (node) => this.sources(node))) return [];
    const groups = cyclicGroups(nodes, (node) => this.sources(node));
    return groups.flatMap((group) => this.loopIn(new Set([...group].filter((node) => typeof node === "string"))));
  }

  /** What a signal or a condition depends on. */
  private sources(node: Node): Node[] {
    const found: Node[] = [];
    const add = (x: Expr): void => {
      if (x.kind === "ref" && !this.registers.has(x.name)) found.push(x.name);
    };
    if (typeof node !== "string") {
      visitExpr(node.on, add);
      return node.outer ? [...found, node.outer] : found;
    }
    for (const d of this.drivers.get(node) ?? []) {
      visitExpr(d.value, add);
      if (d.guard) found.push(d.guard);
    }
    const origin = this.fromInstance.get(node);
    if (origin) for (const input of origin.child.inputsBehind(origin.port)) visitExpr(origin.inputs.get(input)!, add);
    return found;
  }

  /** The inputs that an output depends on within a cycle. */
  private inputsBehind(output: string): ReadonlySet<string> {
    const known = this.inputsOf.get(output);
    if (known) return known;
    const seen = new Set<Node>();
    const pending: Node[] = [output];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (seen.has(node)) continue;
      seen.add(node);
      for (const source of this.sources(node)) pending.push(source);
    }
    const inputs = new Set(this.inputs.filter((name) => seen.has(name)));
    this.inputsOf.set(output, inputs);
    return inputs;
  }

  private get inputs(): string[] {
    return (this.logic?.ports ?? []).filter((p) => p.direction === "input").map((p) => p.name);
  }

  /** The first loop among the bits of these signals. */
  private loopIn(group: ReadonlySet<string>): Bit[][] {
    const done = new Set<string>();
    const next = ([name, index]: Bit): Bit[] => [...this.bitSources(name, 1n << BigInt(index))].flatMap(([source, bits]) => (group.has(source) ? eachBit(source, bits) : []));
    for (const name of group) {
      for (let index = 0; index < this.widthOf(name); index++) {
        const path = findLoop([name, index], next, done);
        if (path) return [path.reverse()];
      }
    }
    return [];
  }

  private widthOf(name: string): number {
    return [...this.logic!.signals, ...this.logic!.ports].find((s) => s.name === name)!.width;
  }

  /** The bits that these bits of a signal depend on, one step back. */
  private bitSources(name: string, bits: bigint): Bits {
    const behind = new Behind();
    for (const { lo, value, guard } of this.drivers.get(name) ?? []) {
      const own = (bits >> BigInt(lo)) & mask(value.width);
      if (own === 0n) continue;
      behind.add(value, own);
      for (let g = guard; g; g = g.outer) behind.addAll(g.on);
    }
    const origin = this.fromInstance.get(name);
    if (origin) {
      for (const [, index] of eachBit(name, bits)) {
        for (const [input, inner] of origin.child.inputBitsBehind(origin.port, index)) behind.add(origin.inputs.get(input)!, inner);
      }
    }
    return behind.bits;
  }

  private inputBitsBehind(output: string, index: number): Bits {
    const known = this.bitInputs.get(key([output, index]));
    if (known) return known;
    const seen: Bits = new Map();
    const pending: [string, bigint][] = [[output, 1n << BigInt(index)]];
    for (let next = pending.pop(); next; next = pending.pop()) {
      const [name, bits] = next;
      const before = seen.get(name) ?? 0n;
      const fresh = bits & ~before;
      if (fresh === 0n) continue;
      seen.set(name, before | fresh);
      pending.push(...this.bitSources(name, fresh));
    }
    const result: Bits = new Map(this.inputs.flatMap((name) => (seen.has(name) ? [[name, seen.get(name)!]] : [])));
    this.bitInputs.set(key([output, index]), result);
    return result;
  }
}

const eachBit = (name: string, bits: bigint): Bit[] =>
  runsOfOnes(bits).flatMap(({ hi, lo }) => Array.from({ length: hi - lo + 1 }, (_, i): Bit => [name, lo + i]));

/**
 * Collects the bits of signals that bits of expressions depend on. All bits that are asked of a node go through it
 * together, and none goes twice: an adder tree takes time by its size, not by the number of its paths.
 */
class Behind {
  readonly bits: Bits = new Map();
  private readonly done = new Map<Expr, bigint>();

  addAll(e: Expr): void {
    this.add(e, mask(e.width));
  }

  add(e: Expr, wanted: bigint): void {
    if (e.kind === "ref") {
      if (wanted !== 0n) this.bits.set(e.name, (this.bits.get(e.name) ?? 0n) | wanted);
      return;
    }
    const before = this.done.get(e) ?? 0n;
    const fresh = wanted & ~before;
    if (fresh === 0n) return;
    this.done.set(e, before | fresh);
    this.through(e, fresh);
  }

  private through(e: Exclude<Expr, { kind: "ref" }>, bits: bigint): void {
    switch (e.kind) {
      case "lit": return;
      case "cast": return this.add(e.a, bits);
      case "slice": return this.add(e.a, bits << BigInt(e.lo));
      case "extend": {
        const { width, signed } = e.a;
        const sign = signed && bits >> BigInt(width) !== 0n ? 1n << BigInt(width - 1) : 0n;
        return this.add(e.a, (bits & mask(width)) | sign);
      }
      case "unary": return e.op === "not" ? this.add(e.a, bits) : this.addAll(e.a);
      case "mux":
        this.addAll(e.cond);
        this.add(e.a, bits);
        return this.add(e.b, bits);
      case "select":
        this.addAll(e.index);
        for (const item of e.items) this.add(item, bits);
        return;
      case "cat": {
        let from = e.width;
        for (const p of e.parts) {
          from -= p.width;
          this.add(p, (bits >> BigInt(from)) & mask(p.width));
        }
        return;
      }
      case "binary": return this.operator(e, bits);
    }
  }

  private operator(e: Binary, bits: bigint): void {
    const { op, a, b } = e;
    switch (op) {
      case "and": case "or": case "xor":
        this.add(a, bits);
        return this.add(b, bits);
      case "add": case "sub": case "mul": {
        const upToHighest = mask(unsignedWidth(bits));
        this.add(a, upToHighest & mask(a.width));
        return this.add(b, upToHighest & mask(b.width));
      }
      case "shl":
        this.addAll(b);
        return this.add(a, b.kind === "lit" ? bits >> distance(b.value, e.width) : mask(unsignedWidth(bits)));
      case "shr": {
        this.addAll(b);
        const fromLowest = mask(e.width) & -(bits & -bits);
        if (b.kind !== "lit") return this.add(a, fromLowest);
        const sources = bits << distance(b.value, e.width);
        const sign = e.signed && sources >> BigInt(e.width) !== 0n ? 1n << BigInt(e.width - 1) : 0n;
        return this.add(a, (sources & mask(e.width)) | sign);
      }
      default:
        this.addAll(a);
        return this.addAll(b);
    }
  }
}

/** By how many places a constant shifts; all beyond the width is the same. */
function distance(value: string, width: number): bigint {
  const places = BigInt(value);
  return places < BigInt(width) ? places : BigInt(width);
}

/** Whether there is a cycle at all: most designs have none, and this is quicker than to look for groups. */
function hasCycle(nodes: readonly Node[], next: (node: Node) => Node[]): boolean {
  /** True while the node is on the path, false once all behind it is known to end. */
  const open = new Map<Node, boolean>();
  for (const root of nodes) {
    const path: { node: Node; rest: Node[] }[] = [];
    const enter = (node: Node): void => {
      open.set(node, true);
      path.push({ node, rest: next(node) });
    };
    if (!open.has(root)) enter(root);
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const node = top.rest.pop();
      if (node === undefined) {
        open.set(top.node, false);
        path.pop();
      } else if (!open.has(node)) enter(node);
      else if (open.get(node)) return true;
    }
  }
  return false;
}

/** The strongly connected groups of a graph that hold a cycle (Tarjan, 1972), without recursion: chains may be long. */
function cyclicGroups(nodes: readonly Node[], next: (node: Node) => Iterable<Node>): Set<Node>[] {
  const order = new Map<Node, number>();
  const low = new Map<Node, number>();
  const stack: Node[] = [];
  const onStack = new Set<Node>();
  const groups: Set<Node>[] = [];
  const enter = (node: Node): { node: Node; rest: Iterator<Node>; loops: boolean } => {
    order.set(node, order.size);
    low.set(node, order.get(node)!);
    stack.push(node);
    onStack.add(node);
    return { node, rest: next(node)[Symbol.iterator](), loops: false };
  };
  for (const root of nodes) {
    const frames = order.has(root) ? [] : [enter(root)];
    for (let frame = frames.at(-1); frame; frame = frames.at(-1)) {
      const { node, rest } = frame;
      const step = rest.next();
      if (!step.done) {
        if (step.value === node) frame.loops = true;
        if (!order.has(step.value)) frames.push(enter(step.value));
        else if (onStack.has(step.value)) low.set(node, Math.min(low.get(node)!, order.get(step.value)!));
        continue;
      }
      frames.pop();
      const parent = frames.at(-1);
      if (parent) low.set(parent.node, Math.min(low.get(parent.node)!, low.get(node)!));
      if (low.get(node) !== order.get(node)) continue;
      const group = new Set(stack.splice(stack.lastIndexOf(node)));
      for (const member of group) onStack.delete(member);
      if (group.size > 1 || frame.loops) groups.push(group);
    }
  }
  return groups;
}

/** A cycle that can be reached from `start`; `done` holds what is known to reach none. */
function findLoop(start: Bit, next: (bit: Bit) => readonly Bit[], done: Set<string>): Bit[] | null {
  const path: { bit: Bit; rest: Bit[] }[] = [];
  const onPath = new Set<string>();
  const enter = (bit: Bit): void => {
    path.push({ bit, rest: [...next(bit)] });
    onPath.add(key(bit));
  };
  if (!done.has(key(start))) enter(start);
  for (let top = path.at(-1); top; top = path.at(-1)) {
    const bit = top.rest.pop();
    if (bit === undefined) {
      path.pop();
      onPath.delete(key(top.bit));
      done.add(key(top.bit));
    } else if (onPath.has(key(bit))) {
      return path.slice(path.findIndex((p) => key(p.bit) === key(bit))).map((p) => p.bit);
    } else if (!done.has(key(bit))) enter(bit);
  }
  return null;
}

function report(module: LogicModule, path: readonly Bit[], reporter: Reporter): void {
  const signals = [...module.signals, ...module.ports];
  const named = path.map(([name, index]) => {
    const s = signals.find((x) => x.name === name)!;
    return { text: s.width === 1 ? s.source : `${s.source}[${index}]`, loc: s.loc };
  });
  const steps = [...named, named[0]!].map((n) => n.text).join(" -> ");
  reporter.report("LAPA-E010", `combinational loop in module '${module.name}': ${steps}`, named[0]!.loc,
    "Put a register somewhere on the way.", named.slice(1).map((n) => ({ message: `through '${n.text}'`, loc: n.loc })));
}
