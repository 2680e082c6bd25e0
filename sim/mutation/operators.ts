/** Which faults an expression may have. */

import type { BinaryOp, Expr, Lit, Signal } from "../../generator/ir/types";
import { type ExpressionFault, hash } from "./fault";
import type { Site } from "./rewrite";
import { bits, cast, choice, equals, literal, not, operation, reference } from "./terms";

export interface Mutation {
  readonly kind: ExpressionFault["kind"];
  readonly mutated: Expr;
  /** What is printed where the expressions say too little. */
  readonly text?: { readonly before: string; readonly after: string };
}

const swapped: { readonly [O in BinaryOp]?: { readonly kind: ExpressionFault["kind"]; readonly ops: readonly BinaryOp[] } } = {
  lt: { kind: "compare", ops: ["le"] }, le: { kind: "compare", ops: ["lt"] }, gt: { kind: "compare", ops: ["ge"] }, ge: { kind: "compare", ops: ["gt"] },
  eq: { kind: "compare", ops: ["ne"] }, ne: { kind: "compare", ops: ["eq"] },
  and: { kind: "logic", ops: ["or", "xor"] }, or: { kind: "logic", ops: ["and", "xor"] }, xor: { kind: "logic", ops: ["and", "or"] },
  add: { kind: "arithmetic", ops: ["sub"] }, sub: { kind: "arithmetic", ops: ["add"] },
  shl: { kind: "arithmetic", ops: ["shr"] }, shr: { kind: "arithmetic", ops: ["shl"] },
};

/**
 * The faults of an expression at its place, without those that put another signal there.
 * @param registers the module's, by name.
 */
export function mutations(site: Site, e: Expr, registers: Registers): Mutation[] {
  return [...ofRole(site, e, registers), ...ofForm(e)];
}

type Registers = ReadonlyMap<string, Signal>;

/** What the place of an expression allows, whatever the expression is. */
function ofRole(site: Site, e: Expr, registers: Registers): Mutation[] {
  switch (site.role) {
    case "value": return [...ofValue(site, e), ...held(site, e, registers)];
    case "condition": return [inverted(e), ...[1n, 0n].filter(() => e.kind !== "lit").map((value): Mutation => ({ kind: "enable", mutated: literal(value, e) }))];
    case "port": return ofPort(e);
    case "switch": return ofLabels(site, e);
    case "inner": return [];
  }
}

const inverted = (e: Expr): Mutation => ({ kind: "invert", mutated: e.kind === "unary" && e.op === "not" ? e.a : not(e) });

function ofValue({ target }: Site, e: Expr): Mutation[] {
  if (e.kind === "lit") return [];
  if (e.width === 1) return [inverted(e), ...[0n, 1n].map((value): Mutation => ({ kind: "stuck", mutated: literal(value, e) }))];
  // Two bits of a vector, chosen by its name: the same whatever else is in the module.
  const bit = (what: string): bigint => 1n << BigInt(hash(`${target} ${what} ${e.width}`) % e.width);
  const all = (1n << BigInt(e.width)) - 1n;
  return [
    { kind: "stuck", mutated: operation("and", e, literal(all ^ bit("0"), e)) },
    { kind: "stuck", mutated: operation("or", e, literal(bit("1"), e)) },
  ];
}

/** The register's own bits instead of a value for it. */
function held({ statement }: Site, e: Expr, registers: Registers): Mutation[] {
  const register = statement?.kind === "assign" ? registers.get(statement.target) : undefined;
  if (statement?.kind !== "assign" || register === undefined || (e.kind === "ref" && e.name === register.name)) return [];
  const own = reference(register.name, register);
  return [{ kind: "hold", mutated: cast(e.width === own.width ? own : bits(own, statement.lo + e.width - 1, statement.lo), e) }];
}

function ofPort(e: Expr): Mutation[] {
  if (e.kind === "lit") return [];
  const fixed = e.width === 1 ? [0n, 1n] : [0n];
  return [...fixed.map((value): Mutation => ({ kind: "port", mutated: literal(value, e) })), { ...inverted(e), kind: "port" }];
}

/** A label and the value above it change places: the branch is taken for the other one. */
function ofLabels({ statement }: Site, e: Expr): Mutation[] {
  if (statement?.kind !== "switch") return [];
  return statement.cases.flatMap((c) => c.values).map((label): Mutation => {
    const other = literal(BigInt(label.value) + 1n, e);
    const plain = literal(BigInt(label.value), e);
    const mutated = choice(equals(e, other), plain, choice(equals(e, plain), other, e));
    return { kind: "case", mutated, text: { before: `case ${BigInt(label.value)}`, after: `case ${BigInt(other.value)}` } };
  });
}

/** What the form of an expression allows, wherever it stands. */
function ofForm(e: Expr): Mutation[] {
  switch (e.kind) {
    case "lit":
      return constants(e);
    case "binary": {
      const others = swapped[e.op];
      return (others?.ops ?? []).map((op): Mutation => ({ kind: others!.kind, mutated: { ...e, op } }));
    }
    case "unary":
      return e.op === "redand" || e.op === "redor" ? [{ kind: "logic", mutated: { ...e, op: e.op === "redand" ? "redor" : "redand" } }] : [];
    case "slice":
      return [...(e.hi + 1 < e.a.width ? [1] : []), ...(e.lo > 0 ? [-1] : [])].map((by): Mutation => ({ kind: "index", mutated: bits(e.a, e.hi + by, e.lo + by) }));
    case "select":
      return [{ kind: "index", mutated: { ...e, index: operation("add", e.index, literal(1n, e.index)) } }];
    case "extend":
      return e.signed && e.width > e.a.width ? [{ kind: "sign", mutated: cast({ ...e, a: cast(e.a, { signed: false }), signed: false }, e) }] : [];
    default:
      return [];
  }
}

function constants(e: Lit): Mutation[] {
  const value = BigInt(e.value);
  const others = e.width === 1 ? [1n - value] : [value + 1n, value - 1n];
  return others.map((other) => ({ kind: "constant", mutated: literal(other, e) }));
}

/** Another signal in the place of one. */
export const anotherOperand = (e: Expr, name: string): Mutation => ({ kind: "operand", mutated: reference(name, e) });
