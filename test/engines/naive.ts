/** What expressions mean, as plainly as it can be said: the yardstick for engines, passes and the printer. */

import { type Expr, fromHex, mask } from "lapa";

/** The value of an expression, where `ref` gives values of signals; signed expressions may be negative. */
export function valueOf(e: Expr, ref: (name: string) => bigint): bigint {
  const as = (bits: bigint, signed = e.signed, width = e.width): bigint => (signed ? BigInt.asIntN(width, bits) : BigInt.asUintN(width, bits));
  const v = (x: Expr): bigint => valueOf(x, ref);
  const bits = (x: Expr): bigint => BigInt.asUintN(x.width, v(x));
  switch (e.kind) {
    case "ref": return as(ref(e.name));
    case "lit": return fromHex(e.value, e.width, e.signed);
    case "cast": return as(v(e.a));
    case "extend": return as(v(e.a));
    case "slice": return as(bits(e.a) >> BigInt(e.lo));
    case "cat": return e.parts.reduce((n, p) => (n << BigInt(p.width)) | bits(p), 0n);
    case "mux": return v(e.cond) === 1n ? v(e.a) : v(e.b);
    case "select": return v(e.items[Number(v(e.index) < BigInt(e.items.length) ? v(e.index) : BigInt(e.items.length - 1))]!);
    case "unary": {
      const a = bits(e.a);
      if (e.op === "not") return as(~a);
      if (e.op === "redand") return a === mask(e.a.width) ? 1n : 0n;
      if (e.op === "redor") return a === 0n ? 0n : 1n;
      return BigInt([...a.toString(2)].filter((c) => c === "1").length % 2);
    }
    case "binary": {
      const [a, b] = [v(e.a), v(e.b)];
      const yes = (x: boolean): bigint => (x ? 1n : 0n);
      switch (e.op) {
        case "add": return as(a + b);
        case "sub": return as(a - b);
        case "mul": return as(a * b);
        case "and": return as(a & b);
        case "or": return as(a | b);
        case "xor": return as(a ^ b);
        case "eq": return yes(a === b);
        case "ne": return yes(a !== b);
        case "lt": return yes(a < b);
        case "le": return yes(a <= b);
        case "gt": return yes(a > b);
        case "ge": return yes(a >= b);
        // A shift by more than the width gives the same as one by the width, and needs no huge number.
        case "shl": return as(a << (b > BigInt(e.width) ? BigInt(e.width) : b));
        case "shr": return as(a >> (b > BigInt(e.width) ? BigInt(e.width) : b));
      }
    }
  }
}
