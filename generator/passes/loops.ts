/**
 * Check: no signal depends on itself within a cycle. First signal by signal, which is quick and settles nearly every
 * design; then, only inside the cycles so found, bit by bit and through instances, which tells true loops from words
 * whose bits depend on each other in order.
 */

import type { Reporter } from "../diagnostics/diagnostic";
import { mask, runsOfOnes } from "../ir/bits";
import { type Guard, visitAssigns, visitExpr } from "../ir/traverse";
import type { Circuit, Expr, Instance, LogicModule, Module } from "../ir/types";
import { Behind, type Bits } from "./bits-behind";
import { cyclicGroups, hasCycle } from "./cycles";

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

/** A node of the coarse graph: a signal, or a condition around assignments. */
type Node = string | Guard;

/** An assignment and the conditions around it. */
interface Driver {
  readonly lo: number;
  readonly value: Expr;
  readonly guard: Guard | null;
}

/** What drives a signal that an instance drives. */
interface InstanceOutput {
  readonly child: ModuleLogic;
  readonly port: string;
  readonly instance: Instance;
}

/** What drives a module's signals, as far as that is combinational. */
class ModuleLogic {
  private readonly drivers = new Map<string, Driver[]>();
  /** Which instance's output drives a signal; without those that depend on no input. */
  private readonly fromInstance = new Map<string, InstanceOutput>();
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
      const child = known.get(i.module)!;
      for (const o of i.outputs) if (child.inputsBehind(o.port).size > 0) this.fromInstance.set(o.signal, { child, port: o.port, instance: i });
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
    if (origin) this.throughInstance(origin, add);
    return found;
  }

  private throughInstance({ child, port, instance }: InstanceOutput, visit: (e: Expr) => void): void {
    const behind = child.inputsBehind(port);
    for (const c of instance.inputs) if (behind.has(c.port)) visitExpr(c.value, visit);
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
        const inputs = origin.child.inputBitsBehind(origin.port, index);
        for (const { port, value } of origin.instance.inputs) behind.add(value, inputs.get(port) ?? 0n);
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
