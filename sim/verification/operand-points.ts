/** What operands exercise of ALOC: every exponent of either sign, saturation, the window, and every lane by itself. */

import type { SpeculationFormat } from "../../generator/lapa/config";
import { codeGeometry } from "../golden/aloc";
import type { Coverage } from "./coverage";

/** Vectors of the side that is encoded: queries, or keys as they are loaded. */
export class OperandPoints {
  private readonly largestExponent: number;
  private readonly least: number;

  constructor(private readonly coverage: Coverage, private readonly format: SpeculationFormat, headDim: number) {
    const { operandBits, terms, window } = format;
    this.least = -(2 ** (operandBits - 1));
    this.largestExponent = codeGeometry({ ...format, window: null }).maxExponent;
    const exponents = Array.from({ length: this.largestExponent + 1 }, (_, e) => e);
    coverage.declare("leading-one codes", ["zero", "saturated", ...exponents.flatMap((e) => [`exponent ${e}`, `exponent ${e}, negative`])]);
    // A remainder is smaller than the leading one.
    if (terms === 2) coverage.declare("leading-one codes", ["no remainder", ...exponents.slice(0, -1).map((e) => `remainder of exponent ${e}`)]);
    coverage.declare("feature that is the largest", Array.from({ length: headDim }, (_, c) => c));
    if (window === null) return;
    coverage.declare("exponent window", Array.from({ length: Math.max(0, this.largestExponent - window + 1) + 1 }, (_, b) => `base ${b}`));
    // A row's base is 0 where the window holds all exponents: nothing is below it, and an only feature is never below itself.
    if (window <= this.largestExponent && headDim > 1) coverage.declare("exponent window", ["drops"]);
  }

  /** @param vector [d]. */
  hit(vector: ArrayLike<number>): void {
    let [top, at, count, bottom] = [-1, 0, 0, Infinity];
    for (let c = 0; c < vector.length; c++) {
      const e = this.operand(vector[c]!);
      if (e < 0) continue;
      bottom = Math.min(bottom, e);
      if (e > top) [top, at, count] = [e, c, 1];
      else if (e === top) count++;
    }
    if (count === 1) this.coverage.hitIfDeclared("feature that is the largest", at);
    if (this.format.window === null || count === 0) return;
    const base = Math.max(0, top - this.format.window + 1);
    this.coverage.hitIfDeclared("exponent window", `base ${base}`);
    if (bottom < base) this.coverage.hitIfDeclared("exponent window", "drops");
  }

  /** The exponent of one operand; -1 for zero. */
  private operand(x: number): number {
    if (x === this.least) this.coverage.hitIfDeclared("leading-one codes", "saturated");
    const m = Math.min(Math.abs(x), -this.least - 1);
    if (m === 0) {
      this.coverage.hitIfDeclared("leading-one codes", "zero");
      return -1;
    }
    const first = 31 - Math.clz32(m);
    const isUp = this.format.rounding === "nearest" && first > 0 && ((m >> (first - 1)) & 1) === 1;
    const e = isUp ? first + 1 : first;
    this.coverage.hitIfDeclared("leading-one codes", `exponent ${e}${x < 0 ? ", negative" : ""}`);
    const rest = m - 2 ** first;
    if (this.format.terms === 2) this.coverage.hitIfDeclared("leading-one codes", rest === 0 ? "no remainder" : `remainder of exponent ${31 - Math.clz32(rest)}`);
    return e;
  }
}
