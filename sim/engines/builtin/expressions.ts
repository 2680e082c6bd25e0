/** Expressions of the IR as JavaScript text. */

import type { Binary, Expr, Select, Unary } from "../../../generator/ir/types";
import { fromHex } from "../../../generator/ir/bits";
import { limbCount, limbOf, limbWidth } from "./limbs";
import type { Code, Value } from "./values";
import { bit, canonicalText, cast, cat, comparable, extend, literal, slice, typeOf } from "./values";

/** Where references and shared constants come from. */
export interface Names {
  /** The text of a limb of a signal: a name. */
  load(name: string, limb: number): string;
  /** The name of a constant Int32Array. */
  table(words: readonly number[]): string;
  /** Asks for a scratch area `w` of at least this many limbs. */
  scratch(limbs: number): void;
}

/** Longer texts get a name of their own, so that texts nested in texts stay small. */
const maxText = 240;

export class Expressions {
  constructor(private readonly code: Code, private readonly names: Names) {}

  value(e: Expr): Value {
    const v = this.plain(e);
    v.limbs.forEach((text, i) => {
      if (text.length > maxText) v.limbs[i] = this.code.atom(text);
    });
    return v;
  }

  /** Text that is truthy when the one-bit expression is 1. */
  truth(e: Expr): string {
    const condition = e.kind === "binary" ? this.comparison(e) : e.kind === "unary" ? this.reduction(e) : null;
    return condition ?? this.value(e).limbs[0]!;
  }

  private plain(e: Expr): Value {
    switch (e.kind) {
      case "ref":
        return { ...typeOf(e), limbs: Array.from({ length: limbCount(e.width) }, (_, i) => this.names.load(e.name, i)) };
      case "lit":
        return literal(fromHex(e.value, e.width, false), e);
      case "unary":
        return this.unary(e);
      case "binary":
        return this.binary(e);
      case "mux":
        return this.mux(e.cond, this.value(e.a), this.value(e.b));
      case "cat":
        return cat(this.code, e.parts.map((p) => this.value(p)));
      case "slice":
        return this.sliced(e.a, e.hi, e.lo);
      case "extend":
        return extend(this.code, this.value(e.a), e.width);
      case "cast":
        return cast(this.value(e.a), e.signed);
      case "select":
        return this.select(e);
    }
  }

  /** Loads only the limbs that a slice of a reference needs. */
  private sliced(a: Expr, hi: number, lo: number): Value {
    if (a.kind !== "ref" || a.width <= 32) return slice(this.code, this.value(a), hi, lo);
    const limbs = Array.from({ length: limbCount(a.width) }, (_, i) => (i >= lo >> 5 && i <= hi >> 5 ? this.names.load(a.name, i) : "0"));
    return slice(this.code, { ...typeOf(a), limbs }, hi, lo);
  }

  private mux(cond: Expr, a: Value, b: Value): Value {
    const truth = a.limbs.length > 1 ? this.code.atom(this.truth(cond)) : this.truth(cond);
    return { ...typeOf(a), limbs: a.limbs.map((text, i) => `(${truth} ? ${text} : ${b.limbs[i]!})`) };
  }

  private unary(e: Unary): Value {
    const condition = this.reduction(e);
    if (condition !== null) return bit(condition);
    const a = this.value(e.a);
    const limbs = a.limbs.map((text, i) => {
      const width = limbWidth(a.width, i);
      return width === 32 || a.signed ? `(~${text})` : `(${text} ^ ${2 ** width - 1})`;
    });
    if (e.op === "not") return { ...typeOf(a), limbs };
    return { width: 1, signed: false, limbs: [`parity(${cast(a, false).limbs.join(" ^ ")})`] };
  }

  private reduction(e: Unary): string | null {
    if (e.op === "redor") return `((${this.value(e.a).limbs.join(" | ")}) !== 0)`;
    if (e.op !== "redand") return null;
    const a = cast(this.value(e.a), true);
    return `((${a.limbs.join(" & ")}) === -1)`;
  }

  private binary(e: Binary): Value {
    const condition = this.comparison(e);
    if (condition !== null) return bit(condition);
    switch (e.op) {
      case "add":
      case "sub":
        return this.sum(e.op, this.value(e.a), this.value(e.b));
      case "mul":
        return this.product(this.value(e.a), this.value(e.b));
      case "shl":
      case "shr":
        return this.shift(e);
      default: {
        const operator = { and: "&", or: "|", xor: "^" }[e.op as "and" | "or" | "xor"];
        const a = this.value(e.a);
        const b = this.value(e.b);
        return { ...typeOf(a), limbs: a.limbs.map((text, i) => `(${text} ${operator} ${b.limbs[i]!})`) };
      }
    }
  }

  private sum(op: "add" | "sub", a: Value, b: Value): Value {
    const top = a.limbs.length - 1;
    const sign = op === "add" ? "+" : "-";
    if (top > 0) [a, b].forEach((v) => this.code.shared(v));
    let carry = "";
    const limbs: string[] = [];
    for (let i = 0; i <= top; i++) {
      const [x, y] = [a.limbs[i]!, b.limbs[i]!];
      const limb = canonicalText(`(${x} ${sign} ${y}${carry})`, limbWidth(a.width, i), i === top && a.signed);
      limbs.push(i < top ? this.code.atom(limb) : limb);
      // The carry out of bit 31 (add), or the borrow into it (sub), from the bits of both operands and the result.
      if (i === top) break;
      const out = op === "add" ? `(${x} & ${y} | (${x} | ${y}) & ~${limbs[i]!})` : `(~${x} & ${y} | (~${x} | ${y}) & ${limbs[i]!})`;
      carry = ` ${sign} ${this.code.atom(`(${out} >>> 31)`)}`;
    }
    return { ...typeOf(a), limbs };
  }

  private product(a: Value, b: Value): Value {
    const width = a.width + b.width;
    const type = { width, signed: a.signed };
    if (width <= 32) return { ...type, limbs: [`imul(${a.limbs[0]!}, ${b.limbs[0]!})`] };
    if (width <= 53 && a.width <= 32 && b.width <= 32) {
      // Exact as a double, and so is what is left without the low 32 bits.
      const p = this.code.atom(`${comparable(a, 0)} * ${comparable(b, 0)}`);
      return { ...type, limbs: [`(${p} | 0)`, `((${p} - (${p} >>> 0)) / 4294967296 | 0)`] };
    }
    const n = limbCount(width);
    this.scratch(0, extend(this.code, a, 32 * n).limbs);
    this.scratch(n, extend(this.code, b, 32 * n).limbs);
    this.code.line(`multiply(w, ${n});`);
    return { ...type, limbs: this.fromScratch(2 * n, n) };
  }

  private shift(e: Binary): Value {
    const a = this.value(e.a);
    if (e.b.kind === "lit") return this.constantShift(e.op, a, fromHex(e.b.value, e.b.width, false));
    const amount = this.code.atom(this.count(e.b));
    if (a.limbs.length === 1) return { ...typeOf(a), limbs: [this.narrowShift(e.op, a, amount)] };
    const n = a.limbs.length;
    if (e.op === "shr") this.code.shared(a);
    this.scratch(0, a.limbs);
    this.code.line(e.op === "shl" ? `shiftLeft(w, ${n}, ${amount});` : `shiftRight(w, ${n}, ${amount}, ${a.signed ? `${a.limbs[n - 1]!} >> 31` : "0"});`);
    const limbs = this.fromScratch(n, n);
    const topWidth = limbWidth(a.width, n - 1);
    if (topWidth < 32) limbs[n - 1] = canonicalText(limbs[n - 1]!, topWidth, a.signed);
    return { ...typeOf(a), limbs };
  }

  private narrowShift(op: Binary["op"], a: Value, amount: string): string {
    const text = a.limbs[0]!;
    if (op === "shl") return `(${amount} < ${a.width} ? ${canonicalText(`${text} << ${amount}`, a.width, a.signed)} : 0)`;
    if (a.signed) return `(${text} >> (${amount} < 31 ? ${amount} : 31))`;
    return `(${amount} < ${a.width} ? ${text} >>> ${amount} | 0 : 0)`;
  }

  private constantShift(op: Binary["op"], a: Value, amount: bigint): Value {
    const k = amount < BigInt(a.width) ? Number(amount) : a.width;
    if (k === 0) return a;
    if (k === a.width) {
      if (op === "shl" || !a.signed) return literal(0n, a);
      const fill = this.code.atom(`(${a.limbs.at(-1)!} >> 31)`);
      return { ...typeOf(a), limbs: a.limbs.map(() => fill) };
    }
    if (op === "shr") return extend(this.code, cast(slice(this.code, a, a.width - 1, k), a.signed), a.width);
    return cast(cat(this.code, [slice(this.code, a, a.width - 1 - k, 0), literal(0n, { width: k, signed: false })]), a.signed);
  }

  /** An unsigned expression as a JavaScript number; one of 2^32 or more is 2^32 - 1, past any width or length here. */
  private count(e: Expr): string {
    const v = this.value(e);
    if (v.limbs.length === 1) return comparable(v, 0);
    return `((${v.limbs.slice(1).join(" | ")}) !== 0 ? 4294967295 : ${comparable(v, 0)})`;
  }

  private comparison(e: Binary): string | null {
    const operator = { eq: "===", ne: "!==", lt: "<", le: "<=", gt: ">", ge: ">=" }[e.op as string];
    if (operator === undefined) return null;
    const a = this.value(e.a);
    const b = this.value(e.b);
    if (e.op === "eq" || e.op === "ne") {
      if (a.limbs.length === 1) return `(${a.limbs[0]!} ${operator} ${b.limbs[0]!})`;
      return `((${a.limbs.map((text, i) => `${text} ^ ${b.limbs[i]!}`).join(" | ")}) ${operator} 0)`;
    }
    if (a.limbs.length > 1) [a, b].forEach((v) => this.code.shared(v));
    let text = `(${comparable(a, 0)} ${operator} ${comparable(b, 0)})`;
    for (let i = 1; i < a.limbs.length; i++) {
      const higher = `${comparable(a, i)} ${operator[0]!} ${comparable(b, i)}`;
      text = this.code.atom(`(${a.limbs[i]!} === ${b.limbs[i]!} ? ${text} : ${higher})`);
    }
    return text;
  }

  /** A balanced tree of choices; an index past the end always goes right, to the last item. */
  private select(e: Select): Value {
    const index = this.code.atom(this.count(e.index));
    const limbs = Array.from({ length: limbCount(e.width) }, () => "");
    if (e.items.length > 4 && e.items.every((item) => item.kind === "lit")) {
      const at = this.code.atom(`(${index} < ${e.items.length} ? ${index} : ${e.items.length - 1})`);
      const words = e.items.map((item) => fromHex(item.value, item.width, false));
      return { ...typeOf(e), limbs: limbs.map((_, i) => `${this.names.table(words.map((w) => limbOf(w, e, i)))}[${at}]`) };
    }
    const items = e.items.map((item) => this.value(item));
    const choose = (i: number, from: number, to: number): string => {
      if (from === to) return items[from]!.limbs[i]!;
      const middle = (from + to + 1) >> 1;
      return `(${index} < ${middle} ? ${choose(i, from, middle - 1)} : ${choose(i, middle, to)})`;
    };
    return { ...typeOf(e), limbs: limbs.map((_, i) => choose(i, 0, items.length - 1)) };
  }

  private scratch(at: number, limbs: readonly string[]): void {
    this.names.scratch(at + 2 * limbs.length);
    limbs.forEach((text, i) => this.code.line(`w[${at + i}] = ${text};`));
  }

  /** The scratch area is reused by whatever comes next, so results leave it at once. */
  private fromScratch(at: number, n: number): string[] {
    return Array.from({ length: n }, (_, i) => this.code.atom(`w[${at + i}]`));
  }
}
