/** Check: every bit of every wire and output is driven, whatever the conditions. */

import type { Reporter } from "../diagnostics/diagnostic";
import { mask } from "../ir/bits";
import { branches } from "../ir/traverse";
import type { Circuit, Location, LogicModule, Stmt } from "../ir/types";

/** Which bits of a signal a list of statements assigns: on some way through them, and on every way. */
interface Coverage {
  some: bigint;
  every: bigint;
  /** The first condition that decides whether bits are assigned. */
  condition: Location | null;
}

/** Reports LAPA-E006, E007 and E009 for wires and outputs, LAPA-W004 for registers that are never assigned. */
export function checkDrivers(circuit: Circuit, reporter: Reporter): Circuit {
  for (const m of circuit.modules) if (m.kind === "logic") checkModule(m, reporter);
  return circuit;
}

function checkModule(module: LogicModule, reporter: Reporter): void {
  const covered = coverage(module.body);
  const byInstance = new Set(module.instances.flatMap((i) => i.outputs.map((o) => o.signal)));
  for (const s of [...module.signals, ...module.ports.filter((p) => p.direction === "output")]) {
    if (byInstance.has(s.name)) continue;
    const { some, every, condition } = covered.get(s.name) ?? { some: 0n, every: 0n, condition: null };
    const name = `'${s.source}' of module '${module.name}'`;
    const all = mask(s.width);
    if ("kind" in s && s.kind === "reg") {
      if (some === 0n) reporter.report("LAPA-W004", `register ${name} is never assigned: it never changes`, s.loc, "Assign it, or use a literal.");
    } else if (some === 0n) {
      reporter.report("LAPA-E006", `${name} is not driven`, s.loc, "Assign it, or remove it.");
    } else if (some !== all) {
      reporter.report("LAPA-E007", `bits ${bitList(all & ~some)} of ${name} are not driven`, s.loc, "Assign them too, if only zeros.");
    } else if (every !== all) {
      const where = condition ? [{ message: "assigned under this condition", loc: condition }] : [];
      reporter.report("LAPA-E009", `${s.width === 1 ? "" : `bits ${bitList(all & ~every)} of `}${name} keep${s.width === 1 ? "s" : ""} a value where no branch assigns ${s.width === 1 ? "it" : "them"}: a latch`,
        s.loc, "Assign a default before the condition, add an otherwise, or make it a register.", where);
    }
  }
}

function coverage(body: readonly Stmt[]): Map<string, Coverage> {
  const result = new Map<string, Coverage>();
  const at = (name: string): Coverage => {
    const known = result.get(name) ?? { some: 0n, every: 0n, condition: null };
    result.set(name, known);
    return known;
  };
  for (const s of body) {
    if (s.kind === "assign") {
      const bits = mask(s.value.width) << BigInt(s.lo);
      const c = at(s.target);
      c.some |= bits;
      c.every |= bits;
      continue;
    }
    const ways = waysThrough(s).map(coverage);
    for (const name of new Set(ways.flatMap((w) => [...w.keys()]))) {
      const c = at(name);
      c.condition ??= s.loc;
      c.some |= ways.reduce((n, w) => n | (w.get(name)?.some ?? 0n), 0n);
      c.every |= ways.reduce((n, w) => n & (w.get(name)?.every ?? 0n), -1n);
    }
  }
  return result;
}

/** The branches of a statement of which one is taken; a default that no value is left for is not. */
function waysThrough(s: Exclude<Stmt, { kind: "assign" }>): readonly (readonly Stmt[])[] {
  if (s.kind === "if" || s.on.width > 16) return branches(s);
  const values = s.cases.reduce((n, c) => n + c.values.length, 0);
  return values === 2 ** s.on.width ? s.cases.map((c) => c.body) : branches(s);
}

/** `[7:4], [0]`, from the top. */
export function bitList(bits: bigint): string {
  const text = bits.toString(2);
  const runs = [...text.matchAll(/1+/g)].map((m) => {
    const hi = text.length - 1 - m.index;
    const lo = hi - m[0].length + 1;
    return hi === lo ? `[${hi}]` : `[${hi}:${lo}]`;
  });
  return runs.join(", ");
}
