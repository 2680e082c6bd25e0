/** A column of MRSA as it is compared with others: with the registers of its operands. */

import { Bits, pack, SInt } from "lapa";
import { codeLayout } from "../lapa/aloc-format";
import { selectionBits, selectionOf } from "../lapa/code-selection";
import { MrsaColumn, type MrsaColumnParameters } from "../lapa/mrsa-column";
import { LibraryModule } from "../lib/library-module";
import type { ColumnRegisters } from "./column-registers";

export type RegisteredMrsaColumnParameters = Omit<MrsaColumnParameters, "folds" | "treeRegisters"> & ColumnRegisters;

/** A column with registers behind its terms, the widest place there is. */
class TermsColumn extends MrsaColumn {
  protected override registeredLevels(): ReadonlySet<number> {
    return new Set([0]);
  }
}

/** slices, row, base -> score, as MrsaColumn. */
export class RegisteredMrsaColumn extends LibraryModule<RegisteredMrsaColumnParameters> {
  readonly slices = this.input(Bits(this.params.features * this.params.sliceBits));
  /** Of each feature the code, or its selection where the row is shared: then it is decoded once for all columns. */
  readonly row = this.input(Bits(this.params.features * (this.params.rowIsShared ? selectionBits(this.params) : codeLayout(this.params).codeBits)));
  /** Of the row, as the codes are. */
  readonly base = this.input(SInt(this.params.scoreBits));
  readonly score = this.output(SInt(this.params.scoreBits));

  override get doc(): string {
    const { features, sliceBits } = this.params;
    return `A column of MRSA over ${features} features, a slice of ${sliceBits} bits each, and the registers of its operands.`;
  }

  build(): void {
    const { rowIsShared, registersAt, ...format } = this.params;
    const column = this.instance(registersAt === "terms" ? TermsColumn : MrsaColumn, { ...format, folds: 1, treeRegisters: 0 });
    const slices = this.reg(this.slices.type, { reset: "none" });
    slices.set(this.slices);
    column.slices.set(slices);
    column.selections.set(rowIsShared ? this.row : this.decodedRow());
    column.base.set(rowIsShared ? this.base : this.heldBase());
    this.score.set(column.score);
  }

  private decodedRow(): Bits {
    const { codeBits } = codeLayout(this.params);
    const codes = this.reg(this.row.type, { reset: "none" });
    codes.set(this.row);
    return pack(Array.from({ length: this.params.features }, (_, i) => selectionOf(codes.bits((i + 1) * codeBits - 1, i * codeBits), this.params)));
  }

  private heldBase(): SInt {
    const base = this.reg(this.base.type, { reset: "none" });
    base.set(this.base);
    return base;
  }
}
