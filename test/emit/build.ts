/** Short ways to write circuits by hand, for tests. */

import type { Assign, Binary, BinaryOp, Cat, Circuit, Expr, If, Instance, LogicModule, Module, Port, Ref, ResetKind, Select, Signal, Stmt, Switch } from "../../generator/ir/types";
import { toHex } from "../../generator/ir/bits";

export const ref = (name: string, width: number, signed = false): Ref => ({ kind: "ref", name, width, signed });
export const lit = (value: bigint | number, width: number, signed = false, label?: string): Expr & { kind: "lit" } =>
  ({ kind: "lit", value: toHex(BigInt(value), width), width, signed, ...(label === undefined ? {} : { label }) });
export const not = (a: Expr): Expr => ({ kind: "unary", op: "not", a, width: a.width, signed: a.signed });
export const reduce = (op: "redand" | "redor" | "redxor", a: Expr): Expr => ({ kind: "unary", op, a, width: 1, signed: false });

const comparisons: ReadonlySet<BinaryOp> = new Set(["eq", "ne", "lt", "le", "gt", "ge"]);

export function bin(op: BinaryOp, a: Expr, b: Expr): Binary {
  if (comparisons.has(op)) return { kind: "binary", op, a, b, width: 1, signed: false };
  return { kind: "binary", op, a, b, width: op === "mul" ? a.width + b.width : a.width, signed: a.signed };
}

export const mux = (cond: Expr, a: Expr, b: Expr): Expr => ({ kind: "mux", cond, a, b, width: a.width, signed: a.signed });
export const cat = (...parts: Expr[]): Cat => ({ kind: "cat", parts, width: parts.reduce((n, p) => n + p.width, 0), signed: false });
export const slice = (a: Expr, hi: number, lo = hi): Expr => ({ kind: "slice", a, hi, lo, width: hi - lo + 1, signed: false });
export const extend = (a: Expr, width: number): Expr => ({ kind: "extend", a, width, signed: a.signed });
export const cast = (a: Expr, signed: boolean): Expr => ({ kind: "cast", a, width: a.width, signed });
export const select = (index: Expr, ...items: Expr[]): Select => ({ kind: "select", index, items, width: items[0]!.width, signed: items[0]!.signed });

export const assign = (target: string, value: Expr, lo = 0): Assign => ({ kind: "assign", target, lo, value, loc: null });
export const when = (cond: Expr, then: Stmt[], otherwise: Stmt[] = []): If => ({ kind: "if", cond, then, else: otherwise, loc: null });
export const choose = (on: Expr, cases: [(Expr & { kind: "lit" })[], Stmt[]][], otherwise: Stmt[]): Switch =>
  ({ kind: "switch", on, cases: cases.map(([values, body]) => ({ values, body, loc: null })), default: otherwise, loc: null });

/** `input a 8`, `output y s8` (signed). */
export function port(text: string): Port {
  const [direction, name, type] = text.split(" ") as [Port["direction"], string, string];
  return { name, direction, ...typed(type), source: name, loc: null };
}

/** `wire t 8`, `reg q s8`, `reg q 8 = 5` (reset value). */
export function signal(text: string): Signal {
  const [kind, name, type, , reset] = text.split(" ") as [Signal["kind"], string, string, string?, string?];
  const { width, signed } = typed(type);
  return { name, kind, width, signed, reset: reset === undefined ? null : toHex(BigInt(reset), width), source: name, loc: null };
}

function typed(text: string): { width: number; signed: boolean } {
  return { width: Number(text.replace("s", "")), signed: text.startsWith("s") };
}

export interface ModuleParts {
  readonly ports: string[];
  readonly signals?: string[];
  readonly body?: Stmt[];
  readonly instances?: Instance[];
  readonly clocked?: boolean;
  readonly resettable?: boolean;
  readonly doc?: string;
}

export function logic(name: string, { ports, signals = [], body = [], instances = [], doc = "", ...rest }: ModuleParts): LogicModule {
  const declared = signals.map(signal);
  const registers = declared.filter((s) => s.kind === "reg");
  return {
    kind: "logic", name, doc, parameters: {}, loc: null, latency: null, streams: [], ports: ports.map(port), signals: declared, instances, body,
    clocked: rest.clocked ?? registers.length > 0, resettable: rest.resettable ?? registers.some((r) => r.reset !== null),
  };
}

export function circuit(modules: Module[], reset: ResetKind = "sync-high"): Circuit {
  return { schema: "lapa-ir/1", top: modules.at(-1)!.name, reset, modules };
}
