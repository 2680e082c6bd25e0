/** Random expressions and statements of every form, from a seed. */

import type { BinaryOp, Expr, Ref, Stmt } from "../../generator/ir/types";
import { assign, bin, cast, cat, choose, extend, lit, mux, not, reduce, select, slice, when } from "./build";

export class Random {
  private state: bigint;

  constructor(seed: number) {
    this.state = BigInt(seed);
  }

  /** `bits` random bits; now and then all zeros or all ones. */
  bits(bits: number): bigint {
    const kind = this.below(8);
    if (kind < 2) return kind === 0 ? 0n : (1n << BigInt(bits)) - 1n;
    let value = 0n;
    for (let i = 0; i < bits; i += 16) value = (value << 16n) | BigInt(this.below(65536));
    return BigInt.asUintN(bits, value);
  }

  below(limit: number): number {
    this.state = BigInt.asUintN(64, this.state * 6364136223846793005n + 1442695040888963407n);
    return Number((this.state >> 33n) % BigInt(limit));
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}

/** An expression of a type over the signals `refs`, at most `depth` operators deep. */
export function randomExpr(r: Random, refs: readonly Ref[], width: number, signed: boolean, depth: number): Expr {
  const of = (w: number, s: boolean): Expr => randomExpr(r, refs, w, s, depth - 1);
  const same = (): Expr => of(width, signed);
  if (depth === 0 || r.below(8) === 0) return leaf(r, refs, width, signed);
  const forms: (() => Expr)[] = [
    () => not(same()),
    () => bin(r.pick<BinaryOp>(["add", "sub", "and", "or", "xor"]), same(), same()),
    () => bin(r.pick<BinaryOp>(["add", "sub", "and", "or", "xor"]), same(), same()),
    () => bin(r.pick<BinaryOp>(["shl", "shr"]), same(), of(r.pick([1, 3, 5, 8, 33]), false)),
    () => bin("shr", same(), of(r.pick([1, 3, 5]), false)),
    () => mux(of(1, false), same(), same()),
    () => cast(of(width, !signed), signed),
    () => extend(of(1 + r.below(width), signed), width),
    () => select(of(r.pick([1, 2, 3]), false), ...Array.from({ length: 1 + r.below(6) }, same)),
  ];
  if (width >= 2) forms.push(() => { const w = 1 + r.below(width - 1); return bin("mul", of(w, signed), of(width - w, signed)); });
  if (!signed) {
    forms.push(() => { const lo = r.below(9); return slice(of(width + lo + r.below(5), r.below(2) === 0), width + lo - 1, lo); });
    if (width >= 2) forms.push(() => { const w = 1 + r.below(width - 1); return cat(of(w, false), of(width - w, r.below(2) === 0)); });
    if (width === 1) forms.push(() => test(r, of), () => test(r, of), () => test(r, of));
  }
  return r.pick(forms)();
}

/** A single bit about wider values. */
function test(r: Random, of: (w: number, s: boolean) => Expr): Expr {
  const [w, s] = [r.pick([1, 2, 7, 8, 32, 33, 65]), r.below(2) === 0];
  if (r.below(4) === 0) return reduce(r.pick(["redand", "redor", "redxor"]), of(w, s));
  return bin(r.pick<BinaryOp>(["eq", "ne", "lt", "le", "gt", "ge"]), of(w, s), of(w, s));
}

/** A constant, or a signal brought to the type. */
function leaf(r: Random, refs: readonly Ref[], width: number, signed: boolean): Expr {
  if (r.below(5) === 0) return lit(r.bits(width), width, signed);
  const from = r.pick(refs);
  const sized = from.width > width ? slice(from, width - 1) : from.width < width ? extend(from, width) : from;
  const narrowed = sized.kind === "slice" ? { ...sized, lo: 0, hi: width - 1, width } : sized;
  return narrowed.signed === signed ? narrowed : cast(narrowed, signed);
}

/** An expression that is not a constant: a process that reads nothing never runs, and the pass `fold` leaves none. */
function randomControl(r: Random, refs: readonly Ref[], width: number): Expr {
  return bin("xor", randomExpr(r, refs, width, false, 2), slice(r.pick(refs.filter((s) => s.width > width)), width - 1, 0));
}

/** Statements that assign some of `targets` from `refs`: nested, in parts, again and again. */
export function randomStatements(r: Random, refs: readonly Ref[], targets: readonly Ref[], depth: number): Stmt[] {
  return Array.from({ length: 1 + r.below(3) }, (): Stmt => {
    const inner = (): Stmt[] => randomStatements(r, refs, targets, depth - 1);
    const kind = depth === 0 ? 0 : r.below(4);
    if (kind === 2) return when(randomControl(r, refs, 1), inner(), r.below(2) === 0 ? inner() : []);
    if (kind === 3) {
      const width = r.pick([1, 2, 3]);
      const values = Array.from({ length: 2 ** width }, (_, i) => lit(i, width)).filter(() => r.below(3) > 0);
      const cases = values.map((v): Parameters<typeof choose>[1][number] => [[v], r.below(5) === 0 ? [] : inner()]);
      return choose(randomControl(r, refs, width), cases, r.below(2) === 0 ? inner() : []);
    }
    const target = r.pick(targets);
    if (r.below(3) > 0 || target.width === 1) return assign(target.name, randomExpr(r, refs, target.width, target.signed, 2));
    const width = 1 + r.below(target.width - 1);
    return assign(target.name, randomExpr(r, refs, width, false, 2), r.below(target.width - width + 1));
  });
}
