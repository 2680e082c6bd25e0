/** Bits that nobody reads are gathered in one wire a module, whose name lint tools know; ports nobody reads are reported. */

import type { Reporter } from "../diagnostics/diagnostic";
import { mask } from "../ir/bits";
import { bitRange, evaluated, operands, visitStmts } from "../ir/traverse";
import type { Circuit, Expr, LogicModule, Ref, Slice } from "../ir/types";

const gathered = "unused_ok";

/** Reports LAPA-W002 for inputs of which no bit is read. */
export function checkUnused(circuit: Circuit, reporter: Reporter): Circuit {
  for (const m of circuit.modules) {
    if (m.kind !== "logic") continue;
    const read = bitsRead(m);
    for (const p of m.ports) {
      if (p.direction === "output" || (read.get(p.name) ?? 0n) !== 0n || isReady(m, p.name)) continue;
      reporter.report("LAPA-W002", `input '${p.source}' of module '${m.name}' is not read`, p.loc, "Remove the port, or use it.");
    }
  }
  return circuit;
}

/** A producer that never waits has no use for `ready`, and yet the stream has it. */
const isReady = (m: LogicModule, port: string): boolean => m.streams.some((s) => s.ready === port || s.valid === port);

/** Adds `wire unused_ok = &{1'b0, ...}` over every bit that nobody reads, where there is one. */
export function gatherUnused(circuit: Circuit): Circuit {
  return { ...circuit, modules: circuit.modules.map((m) => (m.kind === "logic" ? gather(m) : m)) };
}

function gather(m: LogicModule): LogicModule {
  const read = bitsRead(m);
  const readable = [...m.ports.filter((p) => p.direction === "input"), ...m.signals];
  const parts = readable.flatMap((s) => {
    const missing = mask(s.width) & ~(read.get(s.name) ?? 0n);
    return missing === 0n ? [] : slices({ kind: "ref", name: s.name, width: s.width, signed: s.signed }, missing);
  });
  if (parts.length === 0) return m;
  const zero: Expr = { kind: "lit", value: "0x0", width: 1, signed: false };
  const width = parts.reduce((n, p) => n + p.width, 1);
  const value: Expr = { kind: "unary", op: "redand", a: { kind: "cat", parts: [zero, ...parts], width, signed: false }, width: 1, signed: false };
  const taken = new Set([...m.ports, ...m.signals, ...m.instances].map((x) => x.name));
  let name = gathered;
  for (let n = 1; taken.has(name); n++) name = `${gathered}_${n}`;
  return {
    ...m,
    signals: [...m.signals, { name, kind: "wire", width: 1, signed: false, reset: null, source: name, loc: null }],
    body: [...m.body, { kind: "assign", target: name, lo: 0, value, loc: null }],
  };
}

/** The runs of ones in `bits` as parts of the signal, from the top. */
function slices(ref: Ref, bits: bigint): (Ref | Slice)[] {
  if (bits === mask(ref.width)) return [ref];
  const text = bits.toString(2);
  return [...text.matchAll(/1+/g)].map((m) => {
    const hi = text.length - 1 - m.index;
    return { kind: "slice", a: ref, hi, lo: hi - m[0].length + 1, width: m[0].length, signed: false };
  });
}

/** Which bits of each signal are read; an instance reads what its input ports are given. */
function bitsRead(m: LogicModule): Map<string, bigint> {
  const read = new Map<string, bigint>();
  const seen = new Set<Expr>();
  const visit = (e: Expr): void => {
    if (seen.has(e)) return;
    seen.add(e);
    const range = bitRange(e);
    if (range === null) operands(e).forEach(visit);
    else read.set(range.ref.name, (read.get(range.ref.name) ?? 0n) | (mask(range.hi - range.lo + 1) << BigInt(range.lo)));
  };
  visitStmts(m.body, (s) => evaluated(s).forEach(visit));
  for (const i of m.instances) for (const c of i.inputs) visit(c.value);
  return read;
}
