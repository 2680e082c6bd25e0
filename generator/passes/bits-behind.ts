/** Which bits of signals decide given bits of an expression. */

import { mask, unsignedWidth } from "../ir/bits";
import type { Binary, Expr } from "../ir/types";

/** Bits of signals: a pattern a name. */
export type Bits = Map<string, bigint>;

/**
 * Collects the bits of signals that bits of expressions depend on. All bits that are asked of a node go through it
 * together, and none goes twice: an adder tree takes time by its size, not by the number of its paths.
 */
export class Behind {
  readonly bits: Bits = new Map();
  private readonly done = new Map<Expr, bigint>();

  addAll(e: Expr): void {
    this.add(e, mask(e.width));
  }

  add(e: Expr, wanted: bigint): void {
    if (e.kind === "ref") {
      if (wanted !== 0n) this.bits.set(e.name, (this.bits.get(e.name) ?? 0n) | wanted);
      return;
    }
    const before = this.done.get(e) ?? 0n;
    const fresh = wanted & ~before;
    if (fresh === 0n) return;
    this.done.set(e, before | fresh);
    this.through(e, fresh);
  }

  private through(e: Exclude<Expr, { kind: "ref" }>, bits: bigint): void {
    switch (e.kind) {
      case "lit": return;
      case "cast": return this.add(e.a, bits);
      case "slice": return this.add(e.a, bits << BigInt(e.lo));
      case "extend": {
        const { width, signed } = e.a;
        const sign = signed && bits >> BigInt(width) !== 0n ? 1n << BigInt(width - 1) : 0n;
        return this.add(e.a, (bits & mask(width)) | sign);
      }
      case "unary": return e.op === "not" ? this.add(e.a, bits) : this.addAll(e.a);
      case "mux":
        this.addAll(e.cond);
        this.add(e.a, bits);
        return this.add(e.b, bits);
      case "select":
        this.addAll(e.index);
        for (const item of e.items) this.add(item, bits);
        return;
      case "cat": {
        let from = e.width;
        for (const p of e.parts) {
          from -= p.width;
          this.add(p, (bits >> BigInt(from)) & mask(p.width));
        }
        return;
      }
      case "binary": return this.operator(e, bits);
    }
  }

  private operator(e: Binary, bits: bigint): void {
    const { op, a, b } = e;
    switch (op) {
      case "and": case "or": case "xor":
        this.add(a, bits);
        return this.add(b, bits);
      case "add": case "sub": case "mul": {
        const upToHighest = mask(unsignedWidth(bits));
        this.add(a, upToHighest & mask(a.width));
        return this.add(b, upToHighest & mask(b.width));
      }
      case "shl":
        this.addAll(b);
        return this.add(a, mask(unsignedWidth(bits)));
      case "shr":
        this.addAll(b);
        // From the lowest bit that is asked for up.
        return this.add(a, mask(e.width) & -(bits & -bits));
      default:
        this.addAll(a);
        return this.addAll(b);
    }
  }
}
