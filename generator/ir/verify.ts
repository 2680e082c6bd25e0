/** The rules of the IR, checked: what a pass or the elaboration broke shows here and not in somebody's Verilog. */

import { memoryPorts } from "./memory-ports";
import { branches, operands } from "./traverse";
import type { Circuit, Expr, Instance, LogicModule, MemoryModule, Module, Port, Stmt } from "./types";

interface Named {
  readonly width: number;
  readonly signed: boolean;
}

/** A name's type, and what may drive it: nothing drives an input, an instance alone what it drives, statements alone a register. */
interface Entry extends Named {
  assignable: boolean;
  readonly isRegister: boolean;
}

/** A port of a child, and which of its instances was last seen to connect it. */
interface ChildPort {
  readonly port: Port;
  connectedBy: Instance | null;
}

/**
 * @param before a circuit that was verified: modules that it holds as they are, over modules with the ports they had, are not looked at again.
 * @throws Error naming module, place and rule, when the circuit breaks one: a fault of the generator, not of the designer.
 */
export function verify(circuit: Circuit, after = "elaboration", before: Circuit | null = null): void {
  const verified = new Map(before?.modules.map((m) => [m.name, m]));
  const known = new Map<string, Module>();
  /** Children whose interface may be another than before. */
  const changed = new Set<string>();
  try {
    for (const m of circuit.modules) {
      if (known.has(m.name) || !isName(m.name)) throw new BrokenRule(`the module's name ${m.name} is illegal or taken`);
      const same = verified.get(m.name);
      if (same === undefined || !sameInterface(m, same)) changed.add(m.name);
      const isSame = same === m && (m.kind === "memory" || m.instances.every((i) => known.has(i.module) && !changed.has(i.module)));
      if (!isSame && m.kind === "logic") new ModuleVerifier(m, known).verify();
      if (!isSame && m.kind === "memory" && !isShape(m)) throw new BrokenRule(`memory ${m.name} has an illegal shape`);
      known.set(m.name, m);
    }
    if (circuit.modules.at(-1)?.name !== circuit.top) throw new BrokenRule(`the top ${circuit.top} is not the last module`);
  } catch (error) {
    throw error instanceof BrokenRule ? new Error(`${after} broke the IR: ${error.message}`) : error;
  }
}

class BrokenRule extends Error {}

/** Whether a parent cannot tell the modules apart. */
function sameInterface(a: Module, b: Module): boolean {
  return a === b || (a.kind === "logic" && b.kind === "logic" && a.ports === b.ports && a.clocked === b.clocked && a.resettable === b.resettable);
}

const isShape = (m: MemoryModule): boolean => [m.width, m.laneWidth, m.depth].every(isCount) && m.width % m.laneWidth === 0;

class ModuleVerifier {
  private readonly named = new Map<string, Entry | null>([["clk", null], ["rst", null], ["rst_n", null]]);
  private readonly checked = new Set<Expr>();
  /** Of the children, by name. */
  private readonly ports = new Map<Module, ReadonlyMap<string, ChildPort>>();

  constructor(private readonly module: LogicModule, private readonly known: ReadonlyMap<string, Module>) {}

  verify(): void {
    const { ports, signals, instances, body } = this.module;
    for (const p of ports) this.enter(p.name, { width: p.width, signed: p.signed, assignable: p.direction === "output", isRegister: false });
    for (const s of signals) this.enter(s.name, { width: s.width, signed: s.signed, assignable: true, isRegister: s.kind === "reg" });
    for (const i of instances) this.enter(i.name, null);
    const inputsFirst = ports.every((p, i) => i === 0 || p.direction === "output" || ports[i - 1]!.direction === "input");
    if (!inputsFirst) this.broken("an input comes after an output");
    for (const i of instances) this.instance(i);
    this.statements(body);
    this.streams();
    this.state();
  }

  private enter(name: string, entry: Entry | null): void {
    if (this.named.has(name) || !isName(name)) this.broken(`the name ${name} is illegal or taken`);
    if (entry !== null && !isCount(entry.width)) this.broken(`${name} has the width ${entry.width}`);
    this.named.set(name, entry);
  }

  private broken(rule: string): never {
    throw new BrokenRule(`module ${this.module.name}: ${rule}`);
  }

  private instance(i: Instance): void {
    const child = this.known.get(i.module) ?? this.broken(`instance ${i.name} is of ${i.module}, which does not come before`);
    const ports = this.portsOf(child);
    for (const { port: name, value } of i.inputs) {
      const port = this.connected(i, ports.get(name));
      if (port?.direction !== "input" || port.width !== value.width) this.broken(`instance ${i.name} connects ${name} with another width, or has no such input`);
      this.expr(value);
    }
    for (const { port: name, signal } of i.outputs) {
      const port = this.connected(i, ports.get(name));
      const wire = this.named.get(signal);
      const fits = port?.direction === "output" && wire?.assignable === true && !wire.isRegister && wire.width === port.width;
      if (!fits) this.broken(`instance ${i.name} connects ${name} to no free wire of its width, or has no such output`);
      // What an instance drives, nothing else may.
      wire.assignable = false;
    }
    if (i.inputs.length + i.outputs.length !== ports.size) this.unconnected(i);
  }

  /** The port, which the instance must not have connected before. */
  private connected(i: Instance, child: ChildPort | undefined): Port | undefined {
    if (child === undefined) return undefined;
    if (child.connectedBy === i) this.unconnected(i);
    child.connectedBy = i;
    return child.port;
  }

  private unconnected(i: Instance): never {
    return this.broken(`instance ${i.name} does not connect every port once`);
  }

  private portsOf(child: Module): ReadonlyMap<string, ChildPort> {
    const known = this.ports.get(child);
    if (known) return known;
    const ports = new Map((child.kind === "memory" ? memoryPorts(child) : child.ports).map((port) => [port.name, { port, connectedBy: null }]));
    this.ports.set(child, ports);
    return ports;
  }

  private statements(body: readonly Stmt[]): void {
    for (const s of body) {
      if (s.kind === "assign") {
        const target = this.named.get(s.target);
        if (target?.assignable !== true) this.broken(`${s.target} is assigned, but is an input, driven by an instance, or unknown`);
        const fits = Number.isInteger(s.lo) && s.lo >= 0 && s.lo + s.value.width <= target.width;
        if (!fits) this.broken(`bits ${s.lo} up of ${s.target} do not hold ${s.value.width} bits`);
        this.expr(s.value);
      } else if (s.kind === "if") {
        this.expr(s.cond);
        if (!isBit(s.cond)) this.broken("a condition is not one unsigned bit");
      } else {
        this.expr(s.on);
        const values = s.cases.flatMap((c) => c.values);
        for (const v of values) this.expr(v);
        if (!values.every((v) => v.width === s.on.width)) this.broken("a case has another width than what is switched on");
        if (new Set(values.map((v) => BigInt(v.value))).size !== values.length) this.broken("two cases have one value");
      }
      for (const inner of branches(s)) this.statements(inner);
    }
  }

  private expr(e: Expr): void {
    if (e.kind !== "ref" && e.kind !== "lit") {
      if (this.checked.has(e)) return;
      this.checked.add(e);
      for (const inner of operands(e)) this.expr(inner);
    }
    if (!isCount(e.width) || !this.isWellTyped(e)) this.broken(`an expression is ill-typed: ${describe(e)}`);
  }

  private isWellTyped(e: Expr): boolean {
    switch (e.kind) {
      case "ref": {
        const named = this.named.get(e.name);
        return !!named && sameType(named, e);
      }
      case "lit": return isPattern(e.value, e.width);
      case "unary": return e.op === "not" ? sameType(e.a, e) : isBit(e);
      case "binary": return isBinaryTyped(e);
      case "mux": return isBit(e.cond) && sameType(e.a, e) && sameType(e.b, e);
      case "cat": return !e.signed && e.parts.reduce((n, p) => n + p.width, 0) === e.width;
      case "slice": return !e.signed && Number.isInteger(e.lo) && e.lo >= 0 && e.hi < e.a.width && e.width === e.hi - e.lo + 1;
      case "extend": return e.signed === e.a.signed && e.width >= e.a.width;
      case "cast": return e.width === e.a.width;
      case "select": return !e.index.signed && e.items.length >= 1 && e.items.every((item) => sameType(item, e));
    }
  }

  private streams(): void {
    for (const s of this.module.streams) {
      const with_ = (name: string, direction: Port["direction"], width?: number): boolean =>
        this.module.ports.some((p) => p.name === name && p.direction === direction && (width === undefined || p.width === width));
      const back = s.direction === "input" ? "output" : "input";
      const complete = with_(s.valid, s.direction, 1) && with_(s.ready, back, 1) && s.fields.every((f) => with_(f.port, s.direction));
      if (!complete) this.broken(`stream ${s.name} has a port that is missing, or of the wrong direction or width`);
    }
  }

  private state(): void {
    const { signals, instances, clocked, resettable } = this.module;
    const registers = signals.filter((s) => s.kind === "reg");
    const children = [...new Set(instances.map((i) => this.known.get(i.module)!))];
    const hasState = registers.length > 0 || children.some((c) => c.kind === "memory" || c.clocked);
    if (clocked !== hasState) this.broken("clocked does not tell whether there is state");
    const hasReset = registers.some((r) => r.reset !== null) || children.some((c) => c.kind === "logic" && c.resettable);
    if (resettable !== hasReset) this.broken("resettable does not tell whether there is state with a reset");
    for (const { name, kind, reset, width } of signals) {
      if (reset !== null && (kind !== "reg" || !isPattern(reset, width))) this.broken(`the reset value of ${name} does not fit, or it is a wire`);
    }
  }
}

const isName = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name);
const isCount = (n: number): boolean => Number.isInteger(n) && n >= 1;
const isPattern = (hex: string, width: number): boolean => hex === "0x0" || (/^0x[1-9a-f][0-9a-f]*$/.test(hex) && BigInt(hex) >> BigInt(width) === 0n);
const sameType = (a: Named, b: Named): boolean => a.width === b.width && a.signed === b.signed;
const isBit = (e: Named): boolean => e.width === 1 && !e.signed;

function isBinaryTyped(e: Extract<Expr, { kind: "binary" }>): boolean {
  switch (e.op) {
    case "add": case "sub": case "and": case "or": case "xor": return sameType(e.a, e) && sameType(e.b, e);
    case "mul": return e.a.signed === e.signed && e.b.signed === e.signed && e.width === e.a.width + e.b.width;
    case "shl": case "shr": return sameType(e.a, e) && !e.b.signed;
    default: return sameType(e.a, e.b) && isBit(e);
  }
}

const describe = (e: Expr): string => `${e.kind}${"op" in e ? ` ${e.op}` : ""}${e.kind === "ref" ? ` ${e.name}` : ""} of ${e.width} ${e.signed ? "signed" : "unsigned"} bits`;
