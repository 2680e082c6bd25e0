/**
 * Expressions as Verilog text.
 *
 * Every operand has the width that the IR gives it, so the context in which Verilog evaluates it never extends one, and
 * only signs need care: `$signed` and `$unsigned` appear where a comparison or a product needs the other reading of
 * its operands. What depends on its surroundings in other ways has a wire of its own (passes/printable.ts).
 */

import { fromHex, toHex } from "../ir/bits";
import { bitRange, indexedSignal } from "../ir/traverse";
import type { Binary, Expr, Extend, Lit, Mux, Ref, Unary } from "../ir/types";
import { literalText } from "./literal";
import { isLogical, takenAsSigned } from "./signedness";

/** Columns of a line of code. */
export const lineWidth = 100;

interface Text {
  readonly text: string;
  /** Atoms stand anywhere; unary operators stand in binary ones; the rest needs parentheses in any other. */
  readonly shape: "atom" | "unary" | "other";
}

const operators = {
  add: "+", sub: "-", mul: "*", and: "&", or: "|", xor: "^",
  eq: "==", ne: "!=", lt: "<", le: "<=", gt: ">", ge: ">=", shl: "<<", shr: ">>",
} as const;

const unarySymbols = { not: "~", redand: "&", redor: "|", redxor: "^" } as const;

/** Operators whose result depends on whether Verilog takes the operands as signed. */
const bySign = new Set<Binary["op"]>(["mul", "lt", "le", "gt", "ge"]);

/** Operators whose operands may be regrouped for the reader: the logic stays the same. */
const regrouped = new Set<Binary["op"]>(["and", "or", "xor"]);

const atom = (text: string): Text => ({ text, shape: "atom" });
const other = (text: string): Text => ({ text, shape: "other" });

/** Prints expressions of one module; `named` gives the constant that stands for a labelled literal. */
export class Expressions {
  constructor(private readonly named: (lit: Lit) => string | undefined) {}

  /** On one line. @throws Error for a form that needs a wire first: run the pass `printable` before printing. */
  text(e: Expr): string {
    return e.kind === "ref" ? e.name : this.print(e).text;
  }

  /** `head`, the expression and `tail`, on one line where that fits into `width` columns. */
  lines(head: string, e: Expr, tail: string, width: number): string[] {
    const flat = head + this.text(e) + tail;
    if (flat.length <= width) return [flat];
    const plain = e.kind === "cast" ? e.a : e;
    // A reduction or inversion of a concatenation is cut inside the braces.
    if (plain.kind === "unary" && plain.a.kind === "cat" && plain.a.width > 1) return this.lines(head + unarySymbols[plain.op], plain.a, tail, width);
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
        return atom(e.name);
      case "lit":
        return atom(this.named(e) ?? literalText(e));
      case "unary":
        return this.unary(e);
      case "binary":
        return other(this.binaryParts(e).join(" "));
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

  private unary(e: Unary): Text {
    const inner = this.print(e.a);
    const text = inner.shape === "atom" ? inner.text : `(${inner.text})`;
    if (e.op === "not") return { text: `${isLogical(e) ? "!" : unarySymbols.not}${text}`, shape: "unary" };
    // A reduction next to a binary operator of the same letter is hard to read: it gets parentheses there.
    return e.a.width === 1 ? inner : other(`${unarySymbols[e.op]}${text}`);
  }

  /** A binary operator's operands, each but the last with the operator behind it; several where operators are chained. */
  private binaryParts(e: Binary): string[] {
    if (e.op === "shr" && e.signed) return [`${this.signedOperand(e.a)} >>>`, this.operand(e.b)];
    if (!bySign.has(e.op)) return this.chain(e);
    if (e.a.signed) return [`${this.signedOperand(e.a)} ${operators[e.op]}`, this.signedOperand(e.b)];
    // One unsigned operand makes the operation unsigned.
    const both = takenAsSigned(e.a) && takenAsSigned(e.b);
    return [`${both ? `$unsigned(${this.text(e.a)})` : this.operand(e.a)} ${operators[e.op]}`, this.operand(e.b)];
  }

  /** The operands of equal operators in a row, each but the last with the operator behind it. */
  private chain(e: Binary): string[] {
    const symbol = isLogical(e) ? operators[e.op] + operators[e.op] : operators[e.op];
    const left = e.a.kind === "binary" && chainable(e.a.op, e.op) ? this.chain(e.a) : [this.operand(e.a)];
    const right = e.b.kind === "binary" && regrouped.has(e.op) && e.b.op === e.op ? this.chain(e.b) : [this.operand(e.b)];
    return [...left.slice(0, -1), `${left.at(-1)!} ${symbol}`, ...right];
  }

  private signedOperand(e: Expr): string {
    return takenAsSigned(e) ? this.operand(e) : `$signed(${this.text(e)})`;
  }

  private mux(e: Mux): Text {
    const last = e.b.kind === "mux" ? this.text(e.b) : this.operand(e.b);
    return other(`${this.operand(e.cond)} ? ${this.operand(e.a)} : ${last}`);
  }

  /** What stands between the braces of a concatenation. */
  private parts(e: Expr): string[] {
    if (e.kind === "cat") return repeated(e.parts.flatMap((p) => this.parts(p)));
    if (e.kind === "cast") return this.parts(e.a);
    return e.kind === "extend" && !e.a.signed && e.a.kind !== "lit" && e.width > e.a.width ? this.extendParts(e)! : [this.text(e)];
  }

  private bits(e: Expr): Text {
    const bits = bitRange(e) ?? unprintable(e);
    return atom(bitsText(bits.ref, bits.hi, bits.lo));
  }

  private extend(e: Extend): Text {
    const { a, width } = e;
    if (width === a.width) return this.print(a);
    if (a.kind === "lit") return atom(literalText({ ...a, width, value: toHex(fromHex(a.value, a.width, a.signed), width) }));
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
    return bitsText(ref, hi, hi);
  }
}

/** Whether `inner op ..` may stand left of `outer` without parentheses. */
function chainable(inner: Binary["op"], outer: Binary["op"]): boolean {
  const isSum = (op: Binary["op"]): boolean => op === "add" || op === "sub";
  return (isSum(inner) && isSum(outer)) || (regrouped.has(outer) && inner === outer);
}

function bitsText({ name, width }: Ref, hi: number, lo: number): string {
  return lo === 0 && hi === width - 1 ? name : name + rangeText(hi, lo);
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
