/** A row of the systolic array. */

import { Bits, Bool, concat, drive, pack, type Ports, SInt, unpack, Vec } from "lapa";
import { LibraryModule } from "../lib/library-module";
import { tree } from "../lib/sums";
import { Pe, peLatency, type PeParameters, peResult } from "./pe";

export type PeRowParameters = PeParameters & {
  /** C. */
  readonly columns: number;
};

/** What enters a row from the left. */
export const rowOperand = ({ aBits }: Pick<PeParameters, "aBits">) => ({
  a: SInt(aBits),
  /** `a` is an operand. With `first` the row takes one in any case: there it is 0 where it is none. */
  live: Bool(),
  /** Column c's bit of a tile comes c cycles before the tile's `first`; 1 where the pair is masked. */
  mask: Bool(),
});

/** What moves down from row to row, a row a cycle. Column c's operand enters c cycles after that of column 0. */
export const fromAbove = ({ bBits, columns }: Pick<PeRowParameters, "bBits" | "columns">) => ({
  b: Bits(columns * bBits),
  /** Of column 0's operand: it starts a sum, ends one. */
  first: Bool(),
  last: Bool(),
});

/** Cycles from the last operand at the left to the result of column 0. Column c's comes c cycles later. */
export const peRowLatency = peLatency + 1;

/**
 * As many elements as there are columns. In the cycle in which an element's sum is complete it is also taken away, over an
 * OR of all columns into one register, so no result waits anywhere: column c ends its sum c cycles after column 0, and
 * tiles of C steps or more never have two columns end in one cycle.
 */
export class PeRow extends LibraryModule<PeRowParameters> {
  readonly operand = this.input(rowOperand(this.params));
  readonly above = this.input(fromAbove(this.params));
  readonly below = this.output(fromAbove(this.params));
  /** A column's sum, a cycle each, in order. */
  readonly result = this.output(peResult(this.params));

  override get doc(): string {
    return `Row of ${this.params.columns} processing elements; their sums come out one a cycle, in order.`;
  }

  override get latency(): number {
    return peRowLatency;
  }

  build(): void {
    const { columns } = this.params;
    const below = this.reg(fromAbove(this.params), { reset: "none" });
    drive(below, this.above);
    drive(this.below, below);
    // Bit c: the last operands are in column c's multiplier.
    const ending = this.reg(Bits(columns), { reset: "none" });
    ending.set(columns === 1 ? this.above.last.asBits() : concat(ending.bits(columns - 2, 0), this.above.last));

    const elements = this.elements(ending);
    const given = unpack(peResult(this.params), tree(elements.map((pe) => pack(pe.given)), (x, y) => x.or(y)));
    const result = this.reg(peResult(this.params), { reset: "none" });
    drive(result, given);
    drive(this.result, result);
  }

  private elements(ending: Bits): Ports<Pe>[] {
    const { columns, ...format } = this.params;
    const { operand: { a, live, mask }, above: { b, first } } = this;
    let left: Ports<Pe>["right"] = { a, takes: live.or(first), first, mask };
    return unpack(Vec(columns, SInt(format.bBits)), b).map((b, c) => {
      const pe = this.instance(Pe, format);
      drive(pe.left, left);
      pe.b.set(b);
      pe.ends.set(ending.bit(c));
      left = pe.right;
      return pe;
    });
  }
}
