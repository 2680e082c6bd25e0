/** From a described body to the IR: shared and named expressions become wires. */

import { toHex } from "../ir/bits";
import type { Expr, Instance as IrInstance, LogicModule, Port, Signal as IrSignal, Stmt } from "../ir/types";
import type { Body, Statement } from "./body";
import type { Instance } from "./instance";
import { fail } from "./problem";
import { reservedWords } from "./reserved";
import { literalExpr, type Signal } from "./signal";

/** Lowers one body; `children` are the modules it may use. @throws DiagnosticError LAPA-E015 when two ports share a name. */
export function lower(name: string, parameters: LogicModule["parameters"], body: Body, children: readonly LogicModule[]): LogicModule {
  return new Lowering(body, children).module(name, parameters);
}

class Lowering {
  private readonly uses = new Map<Signal, number>();
  private readonly done = new Map<Signal, Expr>();
  private readonly taken = new Set(["clk", "rst", "rst_n", ...reservedWords]);
  private readonly names = new Map<Signal, string>();
  private readonly wires: IrSignal[] = [];
  private readonly assigns: Stmt[] = [];
  private readonly inlined = new Set<string>();

  constructor(private readonly body: Body, private readonly children: readonly LogicModule[]) {}

  module(name: string, parameters: LogicModule["parameters"]): LogicModule {
    const declared = this.body.declared;
    const is = (s: Signal, ...as: string[]): boolean => s.origin.kind === "declared" && as.includes(s.origin.as);
    const ports = [...declared.filter((s) => is(s, "input")), ...declared.filter((s) => is(s, "output"))].map((s) => this.port(s));
    for (const i of this.body.instances) for (const [port, wire] of i.wires) wire.name ??= `${i.name ?? i.module}_${port}`;
    const inner = declared.filter((s) => is(s, "wire", "reg", "driven")).map((s) => this.declaration(s));
    this.body.statements.forEach((s) => this.count(s));
    const lowered = this.body.statements.map((s) => this.statement(s));
    const { instances, statements } = this.connect(lowered);
    const registers = inner.filter((s) => s.kind === "reg");
    const used = this.children.filter((c) => instances.some((i) => i.module === c.name));
    return {
      kind: "logic", name, doc: "", parameters, loc: null, ports, streams: [], instances, latency: null,
      clocked: registers.length > 0 || used.some((c) => c.clocked),
      resettable: registers.some((r) => r.reset !== null) || used.some((c) => c.resettable),
      signals: [...inner.filter((s) => !this.inlined.has(s.name)), ...this.wires],
      body: [...this.assigns, ...statements],
    };
  }

  private port(s: Signal): Port {
    const name = s.name ?? fail("LAPA-E011", "a port has no name", "Make it a field of the module: readonly x = this.input(...).");
    if (reservedWords.has(name)) fail("LAPA-E011", `a port is named '${name}', a reserved word of Verilog`, "Rename the field.");
    if (this.taken.has(name)) fail("LAPA-E015", `two ports are named '${name}', or it is the clock's or the reset's name`, "Rename one of them.");
    this.taken.add(name);
    this.names.set(s, name);
    const direction = s.origin.kind === "declared" && s.origin.as === "input" ? "input" : "output";
    return { name, direction, width: s.width, signed: s.type.signed, source: name, loc: s.loc };
  }

  private declaration(s: Signal): IrSignal {
    const origin = s.origin;
    const register = origin.kind === "declared" && origin.as === "reg";
    const name = this.unique(s.name ?? (register ? "state" : "net"));
    this.names.set(s, name);
    const reset = register && origin.reset !== null ? toHex(origin.reset, s.width) : null;
    return { name, kind: register ? "reg" : "wire", width: s.width, signed: s.type.signed, reset, source: s.name ?? name, loc: s.loc };
  }

  /**
   * The instances, with inputs connected directly where a wire between would only repeat a name or a constant: it is
   * assigned once, outside every condition, and nobody reads it.
   */
  private connect(statements: readonly Stmt[]): { instances: IrInstance[]; statements: Stmt[] } {
    const assigned = new Map<string, number>();
    const tally = (s: Stmt): void => {
      if (s.kind === "assign") assigned.set(s.target, (assigned.get(s.target) ?? 0) + 1);
      if (s.kind === "if") [...s.then, ...s.else].forEach(tally);
    };
    statements.forEach(tally);
    const direct = new Map<string, Expr>();
    for (const s of statements) {
      if (s.kind !== "assign" || assigned.get(s.target) !== 1) continue;
      if (s.value.kind === "ref" || s.value.kind === "lit" || s.value.kind === "slice") direct.set(s.target, s.value);
    }
    const read = new Set([...this.uses.keys()].map((s) => this.names.get(s)));
    const instances = this.body.instances.map((i) => this.instance(i));
    const connected = instances.map((i) => ({
      ...i,
      inputs: i.inputs.map(({ port, value }) => {
        const inner = value.kind === "ref" && !read.has(value.name) ? direct.get(value.name) : undefined;
        if (inner && value.kind === "ref") this.inlined.add(value.name);
        return { port, value: inner ?? value };
      }),
    }));
    return { instances: connected, statements: statements.filter((s) => s.kind !== "assign" || !this.inlined.has(s.target)) };
  }

  private instance(i: Instance): IrInstance {
    const ports = this.children.find((c) => c.name === i.module)!.ports;
    const wire = (p: Port): Signal => i.wires.get(p.name)!;
    return {
      name: this.unique(`u_${i.name ?? i.module}`), module: i.module, loc: i.loc,
      inputs: ports.filter((p) => p.direction === "input").map((p) => ({ port: p.name, value: this.expr(wire(p)) })),
      outputs: ports.filter((p) => p.direction === "output").map((p) => ({ port: p.name, signal: this.names.get(wire(p))! })),
    };
  }

  private unique(base: string): string {
    let name = base;
    for (let n = 1; this.taken.has(name); n++) name = `${base}_${n}`;
    this.taken.add(name);
    return name;
  }

  private count(s: Statement): void {
    if (s.kind === "assign") return this.use(s.value);
    this.use(s.cond);
    [...s.then, ...s.else].forEach((inner) => this.count(inner));
  }

  private use(s: Signal): void {
    const before = this.uses.get(s) ?? 0;
    this.uses.set(s, before + 1);
    if (before === 0 && s.origin.kind === "computed") s.origin.operands.forEach((o) => this.use(o));
  }

  private statement(s: Statement): Stmt {
    if (s.kind === "assign") {
      return { kind: "assign", target: this.names.get(s.target)!, lo: 0, value: this.expr(s.value), loc: s.loc };
    }
    const cond = this.expr(s.cond);
    return { kind: "if", cond, then: s.then.map((t) => this.statement(t)), else: s.else.map((t) => this.statement(t)), loc: s.loc };
  }

  private expr(s: Signal): Expr {
    const known = this.done.get(s);
    if (known) return known;
    const result = this.fresh(s);
    this.done.set(s, result);
    return result;
  }

  private fresh(s: Signal): Expr {
    const { width, signed } = s.type;
    if (s.origin.kind === "literal") return literalExpr(s.type, s.origin.value);
    if (s.origin.kind === "declared") return { kind: "ref", name: this.names.get(s)!, width, signed };
    const value = this.build(s.origin.operands, s.origin.build);
    const shared = this.uses.get(s)! > 1 && value.kind !== "ref" && value.kind !== "lit";
    return s.name !== null || shared ? this.hoist(s, value) : value;
  }

  /**
   * The value of an operator. What Verilog would read differently inside a larger expression becomes a wire: bits are
   * selected from names only; a product and an arithmetic shift take width and sign from what stands around them.
   */
  private build(operands: readonly Signal[], build: (e: readonly Expr[]) => Expr): Expr {
    operands.forEach((o) => this.isolate(o, (e) => e.kind === "binary" && (e.op === "mul" || (e.op === "shr" && e.signed))));
    const value = build(operands.map((o) => this.expr(o)));
    const selects = value.kind === "slice" || (value.kind === "extend" && value.signed);
    if (!selects) return value;
    operands.forEach((o) => this.isolate(o, (e) => e.kind !== "ref" && e.kind !== "lit"));
    return build(operands.map((o) => this.expr(o)));
  }

  private isolate(s: Signal, needed: (e: Expr) => boolean): void {
    const value = this.expr(s);
    if (needed(value)) this.done.set(s, this.hoist(s, value));
  }

  private hoist(s: Signal, value: Expr): Expr {
    const { width, signed } = s.type;
    const name = this.unique(s.name ?? (value.kind === "binary" || value.kind === "unary" ? value.op : value.kind));
    this.wires.push({ name, kind: "wire", width, signed, reset: null, source: s.name ?? name, loc: s.loc });
    this.assigns.push({ kind: "assign", target: name, lo: 0, value, loc: s.loc });
    return { kind: "ref", name, width, signed };
  }
}
