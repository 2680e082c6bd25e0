/** From a described body to the IR: shared and named expressions become wires. */

import { toHex } from "../ir/bits";
import { memoryPorts } from "../ir/memory-ports";
import type { Expr, Instance as IrInstance, Lit, Location, LogicModule, Module as IrModule, Port, Signal as IrSignal, Stmt, Stream as IrStream } from "../ir/types";
import { leaves, type Value } from "./aggregates";
import type { Body, Statement } from "./body";
import type { Instance } from "./instance";
import type { Module } from "./module";
import { fail, report } from "./problem";
import { moduleFault, nameFault, portFault, reservedWords } from "./reserved";
import { type Declared, depthOf, literalExpr, type Signal } from "./signal";
import type { Stream } from "./stream";

/**
 * Lowers the body of a module; `children` are the modules it may use.
 * @throws DiagnosticError LAPA-E011 or E015 for a port's name, E012 for an input of an instance that nothing drives.
 */
export function lower(module: Module, name: string, body: Body, children: readonly IrModule[]): LogicModule {
  return new Lowering(body, children).module(module, name);
}

interface PortNames {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Operators behind one another after which an expression gets a wire: what comes after recurs into expressions, and so do other tools. */
const deepest = 256;

class Lowering {
  private readonly uses = new Map<Signal, number>();
  private readonly assigned = new Map<Signal, number>();
  private readonly done = new Map<Signal, Expr>();
  private readonly taken = new Set(["clk", "rst", "rst_n", ...reservedWords]);
  /** The next number for a name that is taken: searching from 1 each time would take long in a large array. */
  private readonly numbers = new Map<string, number>();
  private readonly names = new Map<Signal, string>();
  /** How many expressions ask for a name. */
  private readonly wanted = new Map<string, number>();
  private readonly wires: IrSignal[] = [];
  /** Assignments to wires that the statement at hand needs. */
  private readonly assigns: Stmt[] = [];
  /** Wires between an instance and what they would only repeat: the driver of an input, the port that an output drives. */
  private readonly joined = new Map<Signal, Signal>();
  /** The ports of modules that instances are of. */
  private readonly portsOf = new Map<string, PortNames>();
  /** What the expression at hand is for: unnamed wires are named after it, so that they keep their names. */
  private context = "net";

  constructor(private readonly body: Body, private readonly children: readonly IrModule[]) {}

  module({ params, doc, latency }: Module, name: string): LogicModule {
    const declared = this.body.declared;
    this.checkName("module", name, moduleFault(name), "Rename the class, or give it a moduleName.", declared[0]?.loc ?? null);
    // Verilator refuses a signal that is named like the module around it.
    this.taken.add(name);
    const ports = [...declared.filter((s) => this.isOf(s, "input")), ...declared.filter((s) => this.isOf(s, "output"))].map((s) => this.port(s));
    this.nameInstanceWires();
    const all = this.body.program;
    all.forEach((s) => this.count(s));
    const program = all.filter((s) => !this.joins(s));
    const inner = declared.filter((s) => !this.isOf(s, "input") && !this.isOf(s, "output") && !this.joined.has(s)).map((s) => this.declaration(s));
    for (const s of this.uses.keys()) if (s.origin.kind === "computed" && s.name !== null) this.wanted.set(s.name, (this.wanted.get(s.name) ?? 0) + 1);
    const lowered = program.flatMap((s) => {
      const statement = this.statement(s);
      return [...this.assigns.splice(0), statement];
    });
    this.checkConnected();
    const instances = this.body.instances.map((i) => this.instance(i));
    const registers = inner.filter((s) => s.kind === "reg");
    const used = this.children.filter((c) => this.portsOf.has(c.name));
    return {
      kind: "logic", name, doc, parameters: params, loc: declared[0]?.loc ?? null, ports, streams: this.body.streams.map((s) => this.stream(s)), instances, latency,
      clocked: registers.length > 0 || used.some((c) => c.kind === "memory" || c.clocked),
      resettable: registers.some((r) => r.reset !== null) || used.some((c) => c.kind === "logic" && c.resettable),
      signals: [...inner, ...this.wires], body: lowered,
    };
  }

  private checkName(what: string, name: string, fault: string | null, hint: string, loc: Location | null): boolean {
    if (fault !== null) report("LAPA-E011", `a ${what} is named '${name}', ${fault}`, hint, [], loc);
    return fault === null;
  }

  private nameInstanceWires(): void {
    for (const i of this.body.instances) {
      i.wires.forEach((wire, port) => {
        wire.name ??= `${i.name ?? i.module}_${port}`;
        wire.source ??= `${i.name ?? i.module}.${port}`;
      });
    }
  }

  /**
   * Whether a statement outside every condition only hands a signal to an instance's input, or an instance's output to a
   * port, and the wire between serves nothing else. It is left out then: an array has thousands of them.
   */
  private joins(s: Statement): boolean {
    if (s.kind !== "assign" || this.assigned.get(s.target) !== 1 || s.value.width !== s.target.width) return false;
    if (this.isOf(s.target, "feeding") && !this.uses.has(s.target) && s.value.origin.kind !== "computed") {
      this.joined.set(s.target, s.value);
      return true;
    }
    if (!this.isOf(s.target, "output") || !this.isOf(s.value, "driven") || this.uses.get(s.value) !== 1 || s.value.type.signed !== s.target.type.signed) return false;
    this.joined.set(s.value, s.target);
    return true;
  }

  private isOf(s: Signal, as: Declared["as"]): boolean {
    return s.origin.kind === "declared" && s.origin.as === as;
  }

  private stream(s: Stream): IrStream {
    const name = s.name ?? fail("LAPA-E011", "a stream has no name", "Make it a field of the module: readonly x = this.inputStream(...).");
    const port = (signal: Signal): string => this.names.get(signal)!;
    const fields = leaves(s.payload as Value).map((f) => ({ name: port(f).slice(name.length + 1), port: port(f) }));
    return { name, direction: s.direction!, valid: port(s.valid), ready: port(s.ready), fields };
  }

  private port(s: Signal): Port {
    const name = this.portName(s);
    this.taken.add(name);
    this.names.set(s, name);
    const direction = s.origin.kind === "declared" && s.origin.as === "input" ? "input" : "output";
    return { name, direction, width: s.width, signed: s.type.signed, source: s.source ?? name, loc: s.loc };
  }

  /** Ports keep their names or are reported. */
  private portName(s: Signal): string {
    if (s.name === null) report("LAPA-E011", "a port has no name", "Make it a field of the module: readonly x = this.input(...).", [], s.loc);
    else if (this.checkName("port", ...portWords(s.name, s.source), "Rename the field.", s.loc) && this.taken.has(s.name)) {
      report("LAPA-E015", `two ports are named '${s.name}', or it is the name of the clock, the reset or the module`, "Rename one of them.", [], s.loc);
    }
    return s.name ?? "port";
  }

  private declaration(s: Signal): IrSignal {
    const origin = s.origin;
    const register = origin.kind === "declared" && origin.as === "reg";
    const name = this.unique(s.name ?? (register ? "state" : "net"));
    this.names.set(s, name);
    const reset = register && origin.reset !== null ? toHex(origin.reset, s.width) : null;
    return { name, kind: register ? "reg" : "wire", width: s.width, signed: s.type.signed, reset, source: s.source ?? name, loc: s.loc };
  }

  /** Reports the inputs of instances that no statement drives. */
  private checkConnected(): void {
    for (const i of this.body.instances) {
      i.wires.forEach((wire, port) => {
        if (this.isOf(wire, "driven") || this.assigned.has(wire)) return;
        const message = `input '${port}' of instance '${i.name ?? i.module}' is not connected`;
        report("LAPA-E012", message, "Drive it: instance.port.set(...); a constant will do.", [], i.loc);
      });
    }
  }

  private instance(i: Instance): IrInstance {
    const { inputs, outputs } = this.portNames(i.module);
    const connected = (port: string): Signal => this.joined.get(i.wires.get(port)!) ?? i.wires.get(port)!;
    return {
      name: this.unique(`u_${i.name ?? i.module}`), module: i.module, loc: i.loc,
      inputs: inputs.map((port) => ({ port, value: this.expr(connected(port)) })),
      outputs: outputs.map((port) => ({ port, signal: this.names.get(connected(port))! })),
    };
  }

  private portNames(module: string): PortNames {
    const known = this.portsOf.get(module);
    if (known) return known;
    const child = this.children.find((c) => c.name === module)!;
    const ports = child.kind === "memory" ? memoryPorts(child) : child.ports;
    const of = (direction: Port["direction"]): string[] => ports.filter((p) => p.direction === direction).map((p) => p.name);
    const names = { inputs: of("input"), outputs: of("output") };
    this.portsOf.set(module, names);
    return names;
  }

  private unique(base: string): string {
    let name = base;
    if (this.taken.has(base)) {
      let n = this.numbers.get(base) ?? 1;
      for (; this.taken.has(name); n++) name = `${base}_${n}`;
      this.numbers.set(base, n);
    }
    this.taken.add(name);
    return name;
  }

  private count(s: Statement): void {
    if (s.kind === "assign") {
      this.assigned.set(s.target, (this.assigned.get(s.target) ?? 0) + 1);
      return this.use(s.value);
    }
    this.use(s.kind === "if" ? s.cond : s.on);
    inside(s).forEach((inner) => this.count(inner));
  }

  private use(used: Signal): void {
    const pending = [used];
    for (let s = pending.pop(); s !== undefined; s = pending.pop()) {
      const before = this.uses.get(s) ?? 0;
      this.uses.set(s, before + 1);
      if (before === 0 && s.origin.kind === "computed") for (const o of s.origin.operands) pending.push(o);
    }
  }

  private statement(s: Statement): Stmt {
    this.context = firstTarget(s)?.name ?? "net";
    if (s.kind === "assign") {
      return { kind: "assign", target: this.names.get(s.target)!, lo: s.lo, value: this.expr(s.value), loc: s.loc };
    }
    const inner = (list: readonly Statement[]): Stmt[] => list.map((t) => this.statement(t));
    if (s.kind === "if") return { kind: "if", cond: this.expr(s.cond), then: inner(s.then), else: inner(s.else), loc: s.loc };
    const on = this.expr(s.on);
    const cases = s.cases.map((c) => ({ values: c.values.map((v) => this.expr(v) as Lit), body: inner(c.body), loc: c.loc }));
    return { kind: "switch", on, cases, default: inner(s.default), loc: s.loc };
  }

  private expr(s: Signal): Expr {
    const known = this.done.get(s);
    if (known) return known;
    if (depthOf(s) > deepest) this.lowerBelow(s);
    const result = this.fresh(s);
    this.done.set(s, result);
    return result;
  }

  /** Lowers what gets a wire in a deep expression, from its leaves up, so that no recursion goes deeper than from wire to wire. */
  private lowerBelow(top: Signal): void {
    const seen = new Set<Signal>([top]);
    // A set's iteration reaches what is added on the way.
    for (const s of seen) {
      if (s.origin.kind === "computed") for (const o of s.origin.operands) if (depthOf(o) >= deepest && !this.done.has(o)) seen.add(o);
    }
    seen.delete(top);
    for (const s of [...seen].filter(isLink).sort((a, b) => a.created - b.created)) this.expr(s);
  }

  private fresh(s: Signal): Expr {
    const { width, signed } = s.type;
    if (s.origin.kind === "literal") return literalExpr(s.type, s.origin.value);
    if (s.origin.kind === "declared") return { kind: "ref", name: this.names.get(s)!, width, signed };
    const value = s.origin.build(s.origin.operands.map((o) => this.expr(o)));
    const shared = (this.uses.get(s)! > 1 || isLink(s)) && !isPlain(value);
    return s.name !== null || shared ? this.hoist(s, value) : value;
  }

  /** A name that stays when other lines change: of the signal, and of what it is for where that alone is not enough. */
  private nameFor(s: Signal, value: Expr): string {
    if (s.name === null) return `${this.context}_${value.kind === "binary" || value.kind === "unary" ? value.op : value.kind}`;
    return this.wanted.get(s.name)! > 1 && !s.name.startsWith(`${this.context}_`) ? `${this.context}_${s.name}` : s.name;
  }

  private hoist(s: Signal, value: Expr): Expr {
    const { width, signed } = s.type;
    const name = this.unique(this.nameFor(s, value));
    this.wires.push({ name, kind: "wire", width, signed, reset: null, source: s.source ?? name, loc: s.loc });
    this.assigns.push({ kind: "assign", target: name, lo: 0, value, loc: s.loc });
    return { kind: "ref", name, width, signed };
  }
}

/** A port's name as its fault is to be told of, and the fault: of the designer's name where snake case hides what is wrong with it. */
function portWords(name: string, source: string | null): [name: string, fault: string | null] {
  return source !== null && /[^\w.[\]]/.test(source) ? [source, nameFault(source)] : [name, portFault(name)];
}

/** Whether a computed signal is where a deep expression is cut. */
const isLink = (s: Signal): boolean => depthOf(s) % deepest === 0;

/** Whether the value is as simple as a name, so that using it twice needs no wire. */
function isPlain(value: Expr): boolean {
  return value.kind === "ref" || value.kind === "lit" || (value.kind === "slice" && value.a.kind === "ref") || (value.kind === "cast" && isPlain(value.a));
}

/** The statements right inside a control statement. */
function inside(s: Exclude<Statement, { kind: "assign" }>): readonly Statement[] {
  return s.kind === "if" ? [...s.then, ...s.else] : [...s.cases.flatMap((c) => c.body), ...s.default];
}

function firstTarget(s: Statement): Signal | undefined {
  if (s.kind === "assign") return s.target;
  for (const inner of inside(s)) {
    const target = firstTarget(inner);
    if (target) return target;
  }
  return undefined;
}
