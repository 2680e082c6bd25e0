/** Expressions as Verilog-2005 text. Every operand has the width that the IR gives it, so no context can change one. */

import type { Binary, Expr, Lit } from "../ir/types";

/** Text and whether it stands as an operand without parentheses; `signed` is what Verilog takes it for. */
interface Text {
  readonly text: string;
  readonly atomic: boolean;
  readonly signed: boolean;
}

const operators = {
  add: "+", sub: "-", mul: "*", and: "&", or: "|", xor: "^",
  eq: "==", ne: "!=", lt: "<", le: "<=", gt: ">", ge: ">=", shl: "<<", shr: ">>",
} as const;

/** Operators whose result depends on whether Verilog takes the operands as signed. */
const bySign = new Set<Binary["op"]>(["mul", "lt", "le", "gt", "ge"]);

/** A sized constant: small ones in decimal, wide ones in hexadecimal. */
export function literalText({ value, width, signed }: Lit): string {
  const bits = BigInt(value);
  return width <= 8 && !signed ? `${width}'d${bits}` : `${width}'${signed ? "s" : ""}h${bits.toString(16)}`;
}

/** Verilog text of an expression. @throws Error for forms that must be hoisted first (select, slices of expressions). */
export function expressionText(e: Expr): string {
  return print(e).text;
}

function print(e: Expr): Text {
  switch (e.kind) {
    case "ref":
      return { text: e.name, atomic: true, signed: e.signed };
    case "lit":
      return { text: literalText(e), atomic: true, signed: e.signed };
    case "unary":
      return { text: `${{ not: "~", redand: "&", redor: "|", redxor: "^" }[e.op]}${operand(e.a)}`, atomic: false, signed: e.op === "not" && e.signed };
    case "binary":
      return binary(e);
    case "mux":
      return { text: `${operand(e.cond)} ? ${operand(e.a)} : ${operand(e.b)}`, atomic: false, signed: false };
    case "cat":
      return { text: `{${e.parts.map((p) => print(p).text).join(", ")}}`, atomic: true, signed: false };
    case "slice":
      return slice(name(e.a), e.a.width, e.hi, e.lo);
    case "extend":
      return extend(e.a, e.width);
    case "cast":
      return print(e.a);
    case "select":
      throw new Error("a select has no inline form in Verilog: hoist it into a case statement");
  }
}

function operand(e: Expr): string {
  const t = print(e);
  return t.atomic ? t.text : `(${t.text})`;
}


function signedOperand(e: Expr): string {
  const t = print(e);
  return t.signed ? (t.atomic ? t.text : `(${t.text})`) : `$signed(${t.text})`;
}

function binary(e: Binary): Text {
  if (e.op === "shr" && e.signed) return { text: `${signedOperand(e.a)} >>> ${operand(e.b)}`, atomic: false, signed: true };
  if (bySign.has(e.op) && e.a.signed) {
    return { text: `${signedOperand(e.a)} ${operators[e.op]} ${signedOperand(e.b)}`, atomic: false, signed: e.op === "mul" };
  }
  const plain = bySign.has(e.op) ? [e.a, e.b].map((x) => (print(x).signed ? `$unsigned(${print(x).text})` : operand(x))) : [operand(e.a), operand(e.b)];
  return { text: `${plain[0]} ${operators[e.op]} ${plain[1]}`, atomic: false, signed: false };
}

function name(e: Expr): string {
  if (e.kind !== "ref") throw new Error(`bits of a ${e.kind} cannot be selected in Verilog: hoist it into a wire`);
  return e.name;
}

function slice(from: string, width: number, hi: number, lo: number): Text {
  const whole = lo === 0 && hi === width - 1;
  return { text: whole ? from : hi === lo ? `${from}[${lo}]` : `${from}[${hi}:${lo}]`, atomic: true, signed: false };
}

function extend(a: Expr, width: number): Text {
  const by = width - a.width;
  if (by === 0) return print(a);
  if (a.kind === "lit") return { text: literalText(extendLiteral(a, width)), atomic: true, signed: a.signed };
  const fill = a.signed ? (a.width === 1 ? name(a) : `${name(a)}[${a.width - 1}]`) : "1'b0";
  return { text: `{${by === 1 ? fill : a.signed ? `{${by}{${fill}}}` : `${by}'b0`}, ${print(a).text}}`, atomic: true, signed: false };
}

function extendLiteral(a: Lit, width: number): Lit {
  const value = a.signed ? BigInt.asUintN(width, BigInt.asIntN(a.width, BigInt(a.value))) : BigInt(a.value);
  return { ...a, width, value: `0x${value.toString(16)}` };
}
