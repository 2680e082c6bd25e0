/** What a column of MRSA stands in place of: multipliers, and a tree that adds their products. */

import { Bits, log2Ceil, SInt } from "lapa";
import { evenLevels } from "../lapa/mrsa-column";
import { adderTree, type Summand, summand } from "../lib/adder-tree";
import { LibraryModule } from "../lib/library-module";
import type { ColumnRegisters } from "./column-registers";

export type MultiplierColumnParameters = ColumnRegisters & {
  readonly features: number;
  /** Of both operands, signed. */
  readonly operandBits: number;
};

/** key, row -> score: their dot product. */
export class MultiplierColumn extends LibraryModule<MultiplierColumnParameters> {
  private readonly vector = Bits(this.params.features * this.params.operandBits);
  /** Feature i in bits i*W and up, signed. */
  readonly key = this.input(this.vector);
  readonly row = this.input(this.vector);
  readonly score = this.output(SInt(2 * this.params.operandBits + log2Ceil(this.params.features)));

  override get doc(): string {
    const { features, operandBits } = this.params;
    return `Dot product of ${features} features by multipliers of ${operandBits} x ${operandBits} bits.`;
  }

  build(): void {
    const { features, operandBits, rowIsShared, registersAt } = this.params;
    const key = this.reg(this.vector, { reset: "none" });
    key.set(this.key);
    const row = rowIsShared ? this.row : this.heldRow();
    const feature = (vector: Bits, i: number): SInt => vector.bits((i + 1) * operandBits - 1, i * operandBits).asSInt();
    const products = Array.from({ length: features }, (_, i) => summand(feature(key, i).mul(feature(row, i))));
    const levels = registersAt === "terms" ? new Set([0]) : evenLevels({ features, treeRegisters: 0 });
    const sum = adderTree(products, (sums, level) => (levels.has(level) ? sums.map((s) => this.held(s)) : sums));
    const score = this.reg(this.score.type, { reset: "none" });
    score.set(sum.width < score.width ? sum.sext(score.width) : sum);
    this.score.set(score);
  }

  private heldRow(): Bits {
    const row = this.reg(this.vector, { reset: "none" });
    row.set(this.row);
    return row;
  }

  private held(sum: Summand): Summand {
    const register = this.reg(sum.value.type, { reset: "none" });
    register.set(sum.value);
    return { ...sum, value: register };
  }
}
