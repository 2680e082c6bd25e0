/** What a seeded fault is. */

import type { Expr } from "../../generator/ir/types";

/** What is done: `kinds` says it in words. */
export type FaultKind =
  | "stuck" | "constant" | "compare" | "logic" | "invert" | "enable" | "index" | "sign" | "operand" | "arithmetic" | "hold" | "case" | "port"
  | "reset value" | "reset lost";

export const kinds: { readonly [K in FaultKind]: string } = {
  "stuck": "a bit of an assigned value is always 0 or always 1",
  "constant": "a constant is one more or one less",
  "compare": "< for <=, == for !=, > for >=, and the other way round",
  "logic": "and, or and xor take each other's place, also where they reduce a vector",
  "invert": "a bit is the opposite: a condition, or an assigned value",
  "enable": "a condition always holds, or never",
  "index": "bits are taken one further up or down",
  "sign": "a signed value is extended by zeros",
  "operand": "another signal of the same type stands in a signal's place",
  "arithmetic": "+ for -, a shift the other way",
  "hold": "a register keeps its value where it should take another",
  "case": "a branch is taken for the value one above",
  "port": "an input of an instance is 0, or 1, or the opposite",
  "reset value": "a register's reset value is one more",
  "reset lost": "a register is not reset: it starts from any value",
};

interface FaultBase {
  readonly kind: FaultKind;
  readonly module: string;
  /** What the statement assigns, or `instance.port`. */
  readonly target: string;
  /** What stands there, and what instead, as Verilog. */
  readonly before: string;
  readonly after: string;
  /** Which one it is, among equal ones in its module; counts from 1. */
  readonly occurrence: number;
}

/** An expression replaced by another. */
export interface ExpressionFault extends FaultBase {
  readonly kind: Exclude<FaultKind, "reset value" | "reset lost">;
  /** Which expression of the module, in the order of `rewriteModule`. */
  readonly site: number;
  readonly mutated: Expr;
}

/** A register that starts otherwise. */
export interface ResetFault extends FaultBase {
  readonly kind: "reset value" | "reset lost";
}

export type Fault = ExpressionFault | ResetFault;

export const isResetFault = (fault: Fault): fault is ResetFault => fault.kind === "reset value" || fault.kind === "reset lost";

/** Longest text of an expression in an identity; a hash stands for the rest. */
const longest = 120;

/**
 * What a fault is known by: the same as long as its line is the same, whatever changes around it. Two faults of a circuit
 * never share one.
 */
export function identity({ module, target, kind, before, after, occurrence }: Fault): string {
  const number = occurrence === 1 ? "" : ` #${occurrence}`;
  return `${module} ${target} [${kind}] ${shortened(before)} -> ${shortened(after)}${number}`;
}

function shortened(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 12)}... ${hash(text).toString(16).padStart(8, "0")}`;
}

/** FNV-1a of a text, 32 bits, then mixed: neighbouring texts give numbers far apart. */
export function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
