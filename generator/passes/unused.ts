/** Bits that nobody reads are gathered in one wire a module, whose name lint tools know; ports nobody reads are reported. */

import type { Reporter } from "../diagnostics/diagnostic";
import { mask, runsOfOnes } from "../ir/bits";
import { mapSame } from "../ir/map-same";
import { bitRange, evaluated, operands, visitStmts } from "../ir/traverse";
import type { Circuit, Expr, LogicModule, Ref, Slice } from "../ir/types";

const gathered = "unused_ok";

/** Reports LAPA-W002 for inputs of which no bit is read. */
export function checkUnused(circuit: Circuit, reporter: Reporter): Circuit {
  for (const m of circuit.modules) {
    if (m.kind !== "logic") continue;
    const read = BitsRead.of(m);
    for (const p of m.ports) {
      if (p.direction === "output" || read.missing(p) !== mask(p.width) || isReady(m, p.name)) continue;
      reporter.report("LAPA-W002", `input '${p.source}' of module '${m.name}' is not read`, p.loc, "Remove the port, or use it.");
    }
  }
  return circuit;
}

/** A producer that never waits has no use for `ready`, and yet the stream has it. */
const isReady = (m: LogicModule, port: string): boolean => m.streams.some((s) => s.ready === port || s.valid === port);

/** Adds `wire unused_ok = &{1'b0, ...}` over every bit that nobody reads, where there is one. */
export function gatherUnused(circuit: Circuit): Circuit {
  return { ...circuit, modules: mapSame(circuit.modules, (m) => (m.kind === "logic" ? gather(m) : m)) };
}

function gather(m: LogicModule): LogicModule {
  const read = BitsRead.of(m);
  const partlyRead = [...m.ports.filter((p) => p.direction === "input"), ...m.signals].filter((s) => read.missing(s) !== 0n);
  if (partlyRead.length === 0) return m;
  const parts = partlyRead.flatMap((s) => slices({ kind: "ref", name: s.name, width: s.width, signed: s.signed }, read.missing(s)));
  const zero: Expr = { kind: "lit", value: "0x0", width: 1, signed: false };
  const width = parts.reduce((n, p) => n + p.width, 1);
  const value: Expr = { kind: "unary", op: "redand", a: { kind: "cat", parts: [zero, ...parts], width, signed: false }, width: 1, signed: false };
  const isTaken = (x: string): boolean => [m.ports, m.signals, m.instances].some((list) => list.some((named) => named.name === x));
  let name = gathered;
  for (let n = 1; isTaken(name); n++) name = `${gathered}_${n}`;
  return {
    ...m,
    signals: [...m.signals, { name, kind: "wire", width: 1, signed: false, reset: null, source: name, loc: null }],
    body: [...m.body, { kind: "assign", target: name, lo: 0, value, loc: null }],
  };
}

/** The runs of ones in `bits` as parts of the signal, from the top. */
function slices(ref: Ref, bits: bigint): (Ref | Slice)[] {
  if (bits === mask(ref.width)) return [ref];
  return runsOfOnes(bits).map(({ hi, lo }) => ({ kind: "slice", a: ref, hi, lo, width: hi - lo + 1, signed: false }));
}

/** Which bits of its signals a module reads; an instance reads what its input ports are given. */
class BitsRead {
  /** By module: the first and the last pass ask, and most leave most modules as they are. */
  private static readonly known = new WeakMap<LogicModule, BitsRead>();
  /** Signals of which all bits are read in one place; of the others, the bits. */
  private readonly whole = new Set<string>();
  private readonly parts = new Map<string, bigint>();
  private readonly seen = new Set<Expr>();

  private constructor(m: LogicModule) {
    visitStmts(m.body, (s) => evaluated(s).forEach((e) => this.visit(e)));
    for (const i of m.instances) for (const c of i.inputs) this.visit(c.value);
    this.seen.clear();
  }

  static of(m: LogicModule): BitsRead {
    const read = BitsRead.known.get(m) ?? new BitsRead(m);
    BitsRead.known.set(m, read);
    return read;
  }

  /** The bits of a signal that nothing reads. */
  missing({ name, width }: { readonly name: string; readonly width: number }): bigint {
    return this.whole.has(name) ? 0n : mask(width) & ~(this.parts.get(name) ?? 0n);
  }

  private visit(e: Expr): void {
    if (e.kind === "ref") {
      this.whole.add(e.name);
      return;
    }
    if (this.seen.has(e)) return;
    this.seen.add(e);
    const range = bitRange(e);
    if (range === null) operands(e).forEach((inner) => this.visit(inner));
    else this.parts.set(range.ref.name, (this.parts.get(range.ref.name) ?? 0n) | (mask(range.hi - range.lo + 1) << BigInt(range.lo)));
  }
}
