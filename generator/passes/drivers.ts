/** Check: every bit of every wire and output is driven, whatever the conditions. */

import type { Reporter } from "../diagnostics/diagnostic";
import { mask, runsOfOnes } from "../ir/bits";
import { branches } from "../ir/traverse";
import type { Circuit, If, Location, LogicModule, Stmt } from "../ir/types";

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
  const add = (name: string, some: bigint, every: bigint, condition: Location | null): void => {
    const known = result.get(name);
    if (!known) return void result.set(name, { some, every, condition });
    known.some |= some;
    known.every |= every;
    known.condition ??= condition;
  };
  for (const s of body) {
    if (s.kind === "assign") {
      const bits = mask(s.value.width) << BigInt(s.lo);
      add(s.target, bits, bits, null);
    } else {
      for (const [name, { some, every }] of either(waysThrough(s))) add(name, some, every, s.loc);
    }
  }
  return result;
}

/** What is assigned where one of these lists is executed. */
function either(ways: readonly (readonly Stmt[])[]): Map<string, Omit<Coverage, "condition">> {
  const result = new Map<string, { some: bigint; every: bigint; ways: number }>();
  for (const way of ways) {
    for (const [name, { some, every }] of coverage(way)) {
      const known = result.get(name) ?? { some: 0n, every: -1n, ways: 0 };
      result.set(name, { some: known.some | some, every: known.every & every, ways: known.ways + 1 });
    }
  }
  for (const c of result.values()) if (c.ways < ways.length) c.every = 0n;
  return result;
}

/** The branches of which one is taken, those of `else if` among them; a default that no value is left for is not. */
function waysThrough(s: Exclude<Stmt, { kind: "assign" }>): readonly (readonly Stmt[])[] {
  if (s.kind === "if") return chain(s);
  const values = s.cases.reduce((n, c) => n + c.values.length, 0);
  return s.on.width <= 16 && values === 2 ** s.on.width ? s.cases.map((c) => c.body) : branches(s);
}

/** As one list, a chain of any length takes no more time than its parts. */
function chain(s: If): (readonly Stmt[])[] {
  const ways = [s.then];
  let rest = s.else;
  for (let [next] = rest; rest.length === 1 && next!.kind === "if"; [next] = rest) {
    ways.push(next!.then);
    rest = next!.else;
  }
  return [...ways, rest];
}

/** `[7:4], [0]`, from the top. */
export function bitList(bits: bigint): string {
  return runsOfOnes(bits).map(({ hi, lo }) => (hi === lo ? `[${hi}]` : `[${hi}:${lo}]`)).join(", ");
}
