/** What Verilog takes an expression for, which need not be its type in the IR: a cast changes no text. */

import { bitRange } from "../ir/traverse";
import type { Binary, Expr } from "../ir/types";

const comparisons = new Set<Binary["op"]>(["eq", "ne", "lt", "le", "gt", "ge"]);

/** A single bit's operators are the logical ones (`!`, `&&`, `||`), as the conditions that they mostly are. */
export function isLogical(e: Expr): boolean {
  if (e.width !== 1 || e.signed) return false;
  return e.kind === "unary" ? e.op === "not" : e.kind === "binary" && (e.op === "and" || e.op === "or");
}

/** Whether Verilog takes the expression, as it is printed, as signed. */
export function takenAsSigned(e: Expr): boolean {
  switch (e.kind) {
    case "ref":
    case "lit":
      return e.signed;
    case "cast":
      return takenAsSigned(e.a);
    case "unary":
      return !isLogical(e) && (e.op === "not" || e.a.width === 1) && takenAsSigned(e.a);
    case "binary":
      return binaryTakenAsSigned(e);
    case "mux":
      return takenAsSigned(e.a) && takenAsSigned(e.b);
    case "slice": {
      const bits = bitRange(e);
      return bits !== null && bits.ref.signed && bits.hi - bits.lo + 1 === bits.ref.width;
    }
    case "extend":
      return e.a.kind === "lit" ? e.a.signed : e.width === e.a.width && takenAsSigned(e.a);
    default:
      return false;
  }
}

function binaryTakenAsSigned(e: Binary): boolean {
  if (comparisons.has(e.op) || isLogical(e)) return false;
  // Printing sees to it that these two are taken for what they are.
  if (e.op === "mul" || (e.op === "shr" && e.signed)) return e.signed;
  return takenAsSigned(e.a) && (e.op === "shl" || e.op === "shr" || takenAsSigned(e.b));
}
