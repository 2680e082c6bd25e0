/**
 * Check: no signal depends on itself within a cycle. First signal by signal, which is quick and settles nearly every
 * design; then, only inside the cycles so found, bit by bit and through instances, which tells true loops from words
 * whose bits depend on each other in order.
 */

import type { Reporter } from "../diagnostics/diagnostic";
import { branches, evaluated, visitExpr } from "../ir/traverse";
import type { Circuit, Expr, LogicModule, Module, Stmt } from "../ir/types";

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

/** An assignment and the conditions around it. */
interface Driver {
  readonly lo: number;
  readonly value: Expr;
  readonly conditions: readonly Expr[];
}

/** What drives a module's signals, as far as that is combinational. */
class ModuleLogic {
  private readonly drivers = new Map<string, Driver[]>();
  /** Which instance's output drives a signal. */
  private readonly fromInstance = new Map<string, { readonly child: ModuleLogic; readonly port: string; readonly inputs: ReadonlyMap<string, Expr> }>();
  private readonly inputsOf = new Map<string, ReadonlySet<string>>();
  private readonly bitInputs = new Map<string, readonly Bit[]>();
  private readonly logic: LogicModule | null;
  private readonly registers: ReadonlySet<string> = new Set();

  constructor(module: Module, known: ReadonlyMap<string, ModuleLogic>) {
    this.logic = module.kind === "logic" ? module : null;
    if (!this.logic) return;
    this.registers = new Set(this.logic.signals.filter((s) => s.kind === "reg").map((s) => s.name));
    this.collect(this.logic.body, []);
    for (const i of this.logic.instances) {
      const inputs = new Map(i.inputs.map((c) => [c.port, c.value]));
      for (const o of i.outputs) this.fromInstance.set(o.signal, { child: known.get(i.module)!, port: o.port, inputs });
    }
  }

  private collect(body: readonly Stmt[], conditions: readonly Expr[]): void {
    for (const s of body) {
      if (s.kind !== "assign") {
        const inner = [...conditions, evaluated(s)[0]!];
        for (const b of branches(s)) this.collect(b, inner);
      } else if (!this.registers.has(s.target)) {
        const drivers = this.drivers.get(s.target);
        if (drivers) drivers.push({ lo: s.lo, value: s.value, conditions });
        else this.drivers.set(s.target, [{ lo: s.lo, value: s.value, conditions }]);
      }
    }
  }

  /** The loops' paths: each bit depends on the one before it, and the first on the last. */
  loops(): Bit[][] {
    if (!this.logic) return [];
    const names = [...this.drivers.keys(), ...this.fromInstance.keys()];
    if (!hasCycle(names, (name) => this.sources(name))) return [];
    return cyclicGroups(names, (name) => this.sources(name)).flatMap((group) => this.loopIn(group));
  }

  /** The signals that a signal depends on. */
  private sources(name: string): readonly string[] {
    const found: string[] = [];
    const add = (x: Expr): void => {
      if (x.kind === "ref" && !this.registers.has(x.name)) found.push(x.name);
    };
    for (const d of this.drivers.get(name) ?? []) {
      visitExpr(d.value, add);
      for (const c of d.conditions) visitExpr(c, add);
    }
    const origin = this.fromInstance.get(name);
    if (origin) for (const input of origin.child.inputsBehind(origin.port)) visitExpr(origin.inputs.get(input)!, add);
    return found;
  }

  /** The inputs that an output depends on within a cycle. */
  private inputsBehind(output: string): ReadonlySet<string> {
    const known = this.inputsOf.get(output);
    if (known) return known;
    const seen = new Set<string>();
    const pending = [output];
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (seen.has(name)) continue;
      seen.add(name);
      pending.push(...this.sources(name));
    }
    const inputs = new Set((this.logic?.ports ?? []).filter((p) => p.direction === "input" && seen.has(p.name)).map((p) => p.name));
    this.inputsOf.set(output, inputs);
    return inputs;
  }

  /** The first loop among the bits of these signals. */
  private loopIn(group: ReadonlySet<string>): Bit[][] {
    const done = new Set<string>();
    for (const name of group) {
      for (let index = 0; index < this.widthOf(name); index++) {
        const path = findLoop([name, index], (bit) => this.bitSources(bit).filter(([source]) => group.has(source)), done);
        if (path) return [path.reverse()];
      }
    }
    return [];
  }

  private widthOf(name: string): number {
    return [...this.logic!.signals, ...this.logic!.ports].find((s) => s.name === name)!.width;
  }

  /** The bits that a bit depends on. */
  private bitSources([name, index]: Bit): Bit[] {
    const found: Bit[] = [];
    const add = (bit: Bit): void => void found.push(bit);
    for (const { lo, value, conditions } of this.drivers.get(name) ?? []) {
      if (index < lo || index >= lo + value.width) continue;
      bitsBehind(value, index - lo, add);
      for (const c of conditions) allBits(c, add);
    }
    const origin = this.fromInstance.get(name);
    if (origin) for (const [input, i] of origin.child.inputBitsBehind([origin.port, index])) bitsBehind(origin.inputs.get(input)!, i, add);
    return found;
  }

  private inputBitsBehind(output: Bit): readonly Bit[] {
    const known = this.bitInputs.get(key(output));
    if (known) return known;
    const inputs = new Set((this.logic?.ports ?? []).filter((p) => p.direction === "input").map((p) => p.name));
    const seen = new Map<string, Bit>();
    const pending = [output];
    for (let bit = pending.pop(); bit !== undefined; bit = pending.pop()) {
      if (seen.has(key(bit))) continue;
      seen.set(key(bit), bit);
      pending.push(...this.bitSources(bit));
    }
    const result = [...seen.values()].filter(([name]) => inputs.has(name));
    this.bitInputs.set(key(output), result);
    return result;
  }
}

function allBits(e: Expr, add: (bit: Bit) => void): void {
  for (let i = 0; i < e.width; i++) bitsBehind(e, i, add);
}

/** Calls `add` for every bit that bit `i` of an expression depends on. */
function bitsBehind(e: Expr, i: number, add: (bit: Bit) => void): void {
  const upTo = (x: Expr): void => {
    for (let k = 0; k <= Math.min(i, x.width - 1); k++) bitsBehind(x, k, add);
  };
  switch (e.kind) {
    case "ref": return add([e.name, i]);
    case "lit": return;
    case "cast": return bitsBehind(e.a, i, add);
    case "slice": return bitsBehind(e.a, e.lo + i, add);
    case "extend": return i < e.a.width ? bitsBehind(e.a, i, add) : e.signed ? bitsBehind(e.a, e.a.width - 1, add) : undefined;
    case "unary": return e.op === "not" ? bitsBehind(e.a, i, add) : allBits(e.a, add);
    case "mux":
      allBits(e.cond, add);
      bitsBehind(e.a, i, add);
      return bitsBehind(e.b, i, add);
    case "select":
      allBits(e.index, add);
      for (const item of e.items) bitsBehind(item, i, add);
      return;
    case "cat": {
      let lo = e.width;
      for (const p of e.parts) {
        lo -= p.width;
        if (i >= lo) return bitsBehind(p, i - lo, add);
      }
      return;
    }
    case "binary":
      switch (e.op) {
        case "and": case "or": case "xor":
          bitsBehind(e.a, i, add);
          return bitsBehind(e.b, i, add);
        case "add": case "sub": case "mul":
          upTo(e.a);
          return upTo(e.b);
        case "shl":
          upTo(e.a);
          return allBits(e.b, add);
        case "shr":
          for (let k = i; k < e.a.width; k++) bitsBehind(e.a, k, add);
          return allBits(e.b, add);
        default:
          allBits(e.a, add);
          return allBits(e.b, add);
      }
  }
}

/** Whether there is a cycle at all: most designs have none, and this is quicker than to look for groups. */
function hasCycle(nodes: readonly string[], next: (node: string) => readonly string[]): boolean {
  /** True while the node is on the path, false once all behind it is known to end. */
  const open = new Map<string, boolean>();
  for (const root of nodes) {
    const path: { node: string; rest: string[] }[] = [];
    const enter = (node: string): void => {
      open.set(node, true);
      path.push({ node, rest: [...next(node)] });
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
function cyclicGroups(nodes: readonly string[], next: (node: string) => Iterable<string>): Set<string>[] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const groups: Set<string>[] = [];
  const enter = (node: string): { node: string; rest: Iterator<string>; loops: boolean } => {
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
