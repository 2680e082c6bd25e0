/** Hardware types: a width and a sign, nothing more. Aggregates are records and lists of them (see aggregates). */

import { fits } from "../ir/bits";
import { fail, report } from "./problem";

/** Widest signal: a mistake in a parameter should not become a gigabyte of Verilog. */
export const maxWidth = 65_535;

export type Sort = "uint" | "sint" | "bits" | "bool" | "enum";

/** The type of a signal. `S` keeps apart what may not be mixed. */
export class Type<S extends Sort = Sort> {
  /** @throws DiagnosticError LAPA-E004 when the width is not an integer from 1 to 65,535. */
  constructor(readonly sort: S, readonly width: number) {
    if (!Number.isInteger(width) || width < 1 || width > maxWidth) {
      fail("LAPA-E004", `a width is an integer from 1 to ${maxWidth}; this one is ${width}`, "Check the parameter it is computed from.");
    }
  }

  get signed(): boolean {
    return this.sort === "sint";
  }

  /** The same sort of another width. */
  resized(width: number): Type<S> {
    return new Type(this.sort, width);
  }

  /** How the type is written in the DSL: `UInt(8)`. */
  toString(): string {
    const names = { uint: "UInt", sint: "SInt", bits: "Bits", enum: "Enum" };
    return this.sort === "bool" ? "Bool()" : `${names[this.sort as keyof typeof names]}(${this.width})`;
  }
}

/** Unsigned number of `width` bits. @throws DiagnosticError LAPA-E004 when the width is not 1 .. 65,535. */
export const uintType = (width: number): Type<"uint"> => new Type("uint", width);
/** Two's complement number of `width` bits. @throws DiagnosticError LAPA-E004 as above. */
export const sintType = (width: number): Type<"sint"> => new Type("sint", width);
/** A pattern of `width` bits that is no number: no arithmetic. @throws DiagnosticError LAPA-E004 as above. */
export const bitsType = (width: number): Type<"bits"> => new Type("bits", width);
/** One bit: a condition. */
export const boolType = (): Type<"bool"> => new Type("bool", 1);

/** An enumeration is a type of its own: no other type equals it, not even one of the same names. */
export const sameType = (a: Type, b: Type): boolean => (a.sort === "enum" || b.sort === "enum" ? a === b : a.sort === b.sort && a.width === b.width);

/** @throws DiagnosticError LAPA-E003 when the value is not a bigint or the type cannot hold the value. */
export function checkLiteral(value: bigint, t: Type): void {
  if (typeof value !== "bigint") fail("LAPA-E003", `${String(value)} is not a bigint`, "Write literals as bigint: 1n, 0xffn, BigInt(n).");
  if (!(t instanceof EnumType ? value >= 0n && value < t.members.length : fits(value, t.width, t.signed))) report("LAPA-E003", `${value} does not fit in ${t}`, "Widen the signal or correct the literal.");
}

/** An enumeration: member i has the value i. */
export class EnumType<N extends string = string> extends Type<"enum"> {
  constructor(readonly name: string, readonly members: readonly N[], width: number) {
    super("enum", width);
  }

  /** The constant's name in Verilog: `STATE_IDLE`. */
  label(value: bigint): string {
    return `${this.name}_${this.members[Number(value)]}`.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();
  }

  override resized(): never {
    throw new Error("an enumeration has one width");
  }

  override toString(): string {
    return this.name;
  }
}
