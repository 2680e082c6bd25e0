/**
 * Expressions as Verilog text.
 *
 * Every operand has the width that the IR gives it, so the context in which Verilog evaluates it never extends one, and
 * only signs need care: `$signed` and `$unsigned` appear where a comparison or a product needs the other reading of
 * its operands. What depends on its surroundings in other ways has a wire of its own (passes/printable.ts).
 */

import { fromHex, toHex } from "../ir/bits";
import { bitRange, indexedSignal } from "../ir/traverse";
import type { Binary, Expr, Extend, Lit, Mux, Unary } from "../ir/types";
import { literalText } from "./literal";

/** Columns of a line of code. */
export const lineWidth = 100;

interface Text {
  readonly text: string;
  /** Atoms stand anywhere; unary operators stand in binary ones; the rest needs parentheses in any other. */
  readonly shape: "atom" | "unary" | "other";
  /** What Verilog takes it for. */
  readonly signed: boolean;
}

const operators = {
  add: "+", sub: "-", mul: "*", and: "&", or: "|", xor: "^",
  eq: "==", ne: "!=", lt: "<", le: "<=", gt: ">", ge: ">=", shl: "<<", shr: ">>",
} as const;

const comparisons = new Set<Binary["op"]>(["eq", "ne", "lt", "le", "gt", "ge"]);

/** Operators whose result depends on whether Verilog takes the operands as signed. */
const bySign = new Set<Binary["op"]>(["mul", "lt", "le", "gt", "ge"]);

/** Operators whose operands may be regrouped for the reader: the logic stays the same. */
const regrouped = new Set<Binary["op"]>(["and", "or", "xor"]);

const atom = (text: string, signed = false): Text => ({ text, shape: "atom", signed });

/** Prints expressions of one module; `named` gives the constant that stands for a labelled literal. */
export class Expressions {
  constructor(private readonly named: (lit: Lit) => string | undefined) {}

  /** On one line. @throws Error for a form that needs a wire first: run the pass `printable` before printing. */
  text(e: Expr): string {
    return this.print(e).text;
  }

  /** `head`, the expression and `tail`, on one line where that fits into `width` columns. */
  lines(head: string, e: Expr, tail: string, width: number): string[] {
    const flat = head + this.text(e) + tail;
    if (flat.length <= width) return [flat];
    const plain = e.kind === "cast" ? e.a : e;
    const inner = width - 2;
    const start = head.trimEnd();
    if (plain.kind === "mux") return [start, ...this.choices(plain, tail, inner)];
    const parts = plain.kind === "extend" ? this.extendParts(plain) : plain.kind === "cat" ? this.parts(plain) : null;
    if (parts) return [`${head}{`, ...fill(parts, ",", inner), `}${tail}`];
    const chain = plain.kind === "binary" ? this.binaryParts(plain) : [this.text(plain)];
    const lines = fill(chain, "", inner);
    return [start, ...lines.slice(0, -1), `${lines.at(-1)!}${tail}`];
  }

  private choices(e: Mux, tail: string, width: number): string[] {
    const head = `  ${this.operand(e.cond)} ?`;
    const value = this.operand(e.a);
    const first = head.length + value.length + 3 <= width ? [`${head} ${value} :`] : [head, `    ${value} :`];
    return [...first, ...(e.b.kind === "mux" ? this.choices(e.b, tail, width) : [`  ${this.operand(e.b)}${tail}`])];
  }

  private print(e: Expr): Text {
    switch (e.kind) {
      case "ref":
        return atom(e.name, e.signed);
      case "lit":
        return atom(this.named(e) ?? literalText(e), e.signed);
      case "unary":
        return this.unary(e);
      case "binary":
        return this.binary(e);
      case "mux":
        return this.mux(e);
      case "cat":
        return atom(concatenation(this.parts(e)));
      case "slice":
        return this.bits(e);
      case "extend":
        return this.extend(e);
      case "cast":
        return this.print(e.a);
      case "select": {
        const vector = indexedSignal(e);
        return atom(`${vector ? vector.name : unprintable(e)}[${this.text(e.index)}]`);
      }
    }
  }

  private operand(e: Expr): string {
    const { text, shape } = this.print(e);
    return shape === "other" ? `(${text})` : text;
  }

  private unary({ op, a, signed }: Unary): Text {
    const inner = this.print(a);
    const text = inner.shape === "atom" ? inner.text : `(${inner.text})`;
    const logical = a.width === 1 && !signed;
    if (op === "not") return { text: `${logical ? "!" : "~"}${text}`, shape: "unary", signed: inner.signed && !logical };
    if (a.width === 1) return inner;
    // A reduction next to a binary operator of the same letter is hard to read: it gets parentheses there.
    return { text: `${{ redand: "&", redor: "|", redxor: "^" }[op]}${text}`, shape: "other", signed: false };
  }

  private binary(e: Binary): Text {
    return { text: this.binaryParts(e).join(" "), shape: "other", signed: this.takenAsSigned(e) };
  }

  /** A binary operator's operands, each but the last with the operator behind it; several where operators are chained. */
  private binaryParts(e: Binary): string[] {
    if (e.op === "shr" && e.signed) return [`${this.signedOperand(e.a)} >>>`, this.operand(e.b)];
    if (!bySign.has(e.op)) return this.chain(e);
    if (e.a.signed) return [`${this.signedOperand(e.a)} ${operators[e.op]}`, this.signedOperand(e.b)];
    // One unsigned operand makes the operation unsigned.
    const both = this.print(e.a).signed && this.print(e.b).signed;
    return [`${both ? `$unsigned(${this.text(e.a)})` : this.operand(e.a)} ${operators[e.op]}`, this.operand(e.b)];
  }

  /** Whether Verilog takes the result as signed. */
  private takenAsSigned(e: Binary): boolean {
    if (comparisons.has(e.op) || isLogical(e)) return false;
    if (e.op === "mul" || (e.op === "shr" && e.signed)) return e.signed;
    return this.print(e.a).signed && (e.op === "shl" || e.op === "shr" || this.print(e.b).signed);
  }

  /** The operands of equal operators in a row, each but the last with the operator behind it. */
  private chain(e: Binary): string[] {
    const symbol = isLogical(e) ? operators[e.op] + operators[e.op] : operators[e.op];
    const sum = e.op === "add" || e.op === "sub";
    const continues = (x: Expr): x is Binary => x.kind === "binary" && (x.op === e.op || (sum && (x.op === "add" || x.op === "sub"))) && (sum || regrouped.has(e.op));
    const left = continues(e.a) ? this.chain(e.a) : [this.operand(e.a)];
    const right = regrouped.has(e.op) && continues(e.b) ? this.chain(e.b) : [this.operand(e.b)];
    return [...left.slice(0, -1), `${left.at(-1)!} ${symbol}`, ...right];
  }

  private signedOperand(e: Expr): string {
    return this.print(e).signed ? this.operand(e) : `$signed(${this.text(e)})`;
  }

  private mux(e: Mux): Text {
    const otherwise = this.print(e.b);
    const last = e.b.kind === "mux" ? otherwise.text : this.operand(e.b);
    return { text: `${this.operand(e.cond)} ? ${this.operand(e.a)} : ${last}`, shape: "other", signed: this.print(e.a).signed && otherwise.signed };
  }

  /** What stands between the braces of a concatenation. */
  private parts(e: Expr): string[] {
    if (e.kind === "cat") return repeated(e.parts.flatMap((p) => this.parts(p)));
    if (e.kind === "cast") return this.parts(e.a);
    return e.kind === "extend" && !e.a.signed && e.a.kind !== "lit" && e.width > e.a.width ? this.extendParts(e)! : [this.text(e)];
  }

  private bits(e: Expr): Text {
    const bits = bitRange(e) ?? unprintable(e);
    return bitsText(bits.ref.name, bits.ref.width, bits.hi, bits.lo, bits.ref.signed);
  }

  private extend(e: Extend): Text {
    const { a, width } = e;
    if (width === a.width) return this.print(a);
    if (a.kind === "lit") return atom(literalText({ ...a, width, value: toHex(fromHex(a.value, a.width, a.signed), width) }), a.signed);
    const sign = a.signed ? this.signBit(a) : null;
    if (sign !== null && a.width === 1) return atom(`{${width}{${sign}}}`);
    return atom(concatenation(this.extendParts(e)!));
  }

  /** What a concatenation that extends holds; null where the extension is none. */
  private extendParts({ a, width }: Extend): string[] | null {
    const by = width - a.width;
    if (by === 0 || a.kind === "lit" || (a.signed && a.width === 1)) return null;
    if (!a.signed) return [by === 1 ? "1'b0" : `${by}'d0`, ...this.parts(a)];
    const sign = this.signBit(a);
    return [by === 1 ? sign : `{${by}{${sign}}}`, this.text(a)];
  }

  private signBit(e: Expr): string {
    const { ref, hi } = bitRange(e) ?? unprintable(e);
    return bitsText(ref.name, ref.width, hi, hi, false).text;
  }
}

/** A single bit's `and` and `or` are written as the conditions that they mostly are. */
function isLogical(e: Binary): boolean {
  return (e.op === "and" || e.op === "or") && e.width === 1 && !e.signed;
}

function bitsText(name: string, width: number, hi: number, lo: number, signed: boolean): Text {
  if (lo === 0 && hi === width - 1) return atom(name, signed);
  return atom(`${name}${rangeText(hi, lo)}`);
}

/** `[hi:lo]`, or `[lo]` for one bit. */
export function rangeText(hi: number, lo: number): string {
  return hi === lo ? `[${lo}]` : `[${hi}:${lo}]`;
}

/** The parts with three or more equal ones in a row as a replication. */
function repeated(parts: readonly string[]): string[] {
  const result: string[] = [];
  for (let i = 0, end = 0; i < parts.length; i = end) {
    while (end < parts.length && parts[end] === parts[i]) end++;
    if (end - i >= 3) result.push(`{${end - i}{${parts[i]!}}}`);
    else result.push(...parts.slice(i, end));
  }
  return result;
}

const replication = /^\{\d+\{[^{},]*\}\}$/;

function concatenation(parts: readonly string[]): string {
  const [only] = parts;
  return parts.length === 1 && replication.test(only!) ? only! : `{${parts.join(", ")}}`;
}

/** Items in lines of at most `width` columns, indented by two. */
function fill(items: readonly string[], separator: string, width: number): string[] {
  const lines: string[] = [];
  for (const [i, item] of items.entries()) {
    const text = i === items.length - 1 ? item : item + separator;
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + text.length <= width) lines[lines.length - 1] = `${last} ${text}`;
    else lines.push(`  ${text}`);
  }
  return lines;
}

function unprintable(e: Expr): never {
  throw new Error(`a ${e.kind} here has no form in Verilog: run the pass printable before printing`);
}
