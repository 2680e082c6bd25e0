/** Statements without conditions, sorted out: what the printer writes as continuous assignments drives each bit once. */

import { fromHex } from "../ir/bits";
import { branches, visitStmts } from "../ir/traverse";
import type { Assign, Expr, LogicModule, Stmt } from "../ir/types";

/**
 * The body of a module with branches on constants resolved and, for signals that are only assigned outside every
 * condition, the assignments cut down to the bits that no later one overwrites.
 */
export function driveOnce(module: LogicModule): Stmt[] {
  const body = resolved(module.body);
  const registers = new Set(module.signals.filter((s) => s.kind === "reg").map((s) => s.name));
  const top = new Map<string, number>();
  const nested = new Set<string>();
  for (const s of body) {
    if (s.kind === "assign") top.set(s.target, (top.get(s.target) ?? 0) + 1);
    else for (const inner of branches(s)) visitStmts(inner, (t) => { if (t.kind === "assign") nested.add(t.target); });
  }
  const later = new Map<string, Assign[]>();
  const kept: Stmt[] = [];
  for (const s of body.toReversed()) {
    if (s.kind !== "assign" || top.get(s.target) === 1 || nested.has(s.target) || registers.has(s.target)) {
      kept.push(s);
      continue;
    }
    const seen = later.get(s.target) ?? [];
    later.set(s.target, [...seen, s]);
    kept.push(...uncovered(s, seen).toReversed());
  }
  return kept.reverse();
}

/** The parts of an assignment that none of the later ones touches, low bits first. */
function uncovered(s: Assign, later: readonly Assign[]): Assign[] {
  let free: [number, number][] = [[s.lo, s.lo + s.value.width]];
  for (const { lo, value } of later) {
    free = free.flatMap(([from, to]): [number, number][] => [[from, Math.min(to, lo)], [Math.max(from, lo + value.width), to]]);
    free = free.filter(([from, to]) => from < to);
  }
  return free.map(([from, to]) => ({ ...s, lo: from, value: bits(s.value, from - s.lo, to - from) }));
}

function bits(e: Expr, lo: number, width: number): Expr {
  return width === e.width ? e : { kind: "slice", a: e, hi: lo + width - 1, lo, width, signed: false };
}

function resolved(body: readonly Stmt[]): Stmt[] {
  return body.flatMap((s): Stmt[] => {
    if (s.kind === "assign") return [s];
    if (s.kind === "if") {
      if (s.cond.kind === "lit") return resolved(BigInt(s.cond.value) === 1n ? s.then : s.else);
      return [{ ...s, then: resolved(s.then), else: resolved(s.else) }];
    }
    const { on } = s;
    if (on.kind === "lit") {
      const value = fromHex(on.value, on.width, false);
      return resolved(s.cases.find((c) => c.values.some((v) => BigInt(v.value) === value))?.body ?? s.default);
    }
    return [{ ...s, cases: s.cases.map((c) => ({ ...c, body: resolved(c.body) })), default: resolved(s.default) }];
  });
}
