/** Hardware types: a width and a sign, nothing more. Aggregates are records and lists of them (see aggregates). */

import { fits } from "../ir/bits";
import { fail, report } from "./problem";

/** Widest signal: a mistake in a parameter should not become a gigabyte of Verilog. */
export const maxWidth = 65_535;

export type Sort = "uint" | "sint" | "bits" | "bool";

/** The type of a signal. `S` keeps apart what may not be mixed. */
export interface Type<S extends Sort = Sort> {
  readonly sort: S;
  readonly width: number;
  readonly signed: boolean;
}

function type<S extends Sort>(sort: S, width: number): Type<S> {
  if (!Number.isInteger(width) || width < 1 || width > maxWidth) {
    fail("LAPA-E004", `a width is an integer from 1 to ${maxWidth}; this one is ${width}`, "Check the parameter it is computed from.");
  }
  return { sort, width, signed: sort === "sint" };
}

/** Unsigned number of `width` bits. @throws DiagnosticError LAPA-E004 when the width is not 1 .. 65,535. */
export const uintType = (width: number): Type<"uint"> => type("uint", width);
/** Two's complement number of `width` bits. @throws DiagnosticError LAPA-E004 as above. */
export const sintType = (width: number): Type<"sint"> => type("sint", width);
/** A pattern of `width` bits that is no number: no arithmetic. @throws DiagnosticError LAPA-E004 as above. */
export const bitsType = (width: number): Type<"bits"> => type("bits", width);
/** One bit: a condition. */
export const boolType = (): Type<"bool"> => type("bool", 1);

export const sameType = (a: Type, b: Type): boolean => a.sort === b.sort && a.width === b.width;

/** How a type is written in the DSL: `UInt(8)`. */
export function typeName(t: Type): string {
  return t.sort === "bool" ? "Bool()" : `${{ uint: "UInt", sint: "SInt", bits: "Bits" }[t.sort]}(${t.width})`;
}

/** @throws DiagnosticError LAPA-E003 when the type cannot hold the value. */
export function checkLiteral(value: bigint, t: Type): void {
  if (!fits(value, t.width, t.signed)) {
    report("LAPA-E003", `${value} does not fit in ${typeName(t)}`, "Widen the signal or correct the literal.");
  }
}
