import { Bits, Bool, Module, SInt, signedWidth } from "lapa";
import { adderTree, type Summand, summand } from "../../../generator/lib/adder-tree";

export type SumParameters = {
  /** Bits of each summand. */
  readonly widths: readonly number[];
  /** Whether each summand has a carry. */
  readonly carries: readonly boolean[];
  /** Levels that are followed by registers. */
  readonly registers: readonly number[];
};

/** A sum of inputs of the given widths, and of carries for some of them; exactly as wide as its range asks for. */
export class Sum extends Module<SumParameters> {
  readonly values = this.input(this.params.widths.map((width) => SInt(width)));
  readonly carries = this.input(Bits(this.params.widths.length));
  readonly total = this.output(SInt(sumBits(this.params)));

  build(): void {
    const summands = this.values.map((value, i) => summand(value, this.params.carries[i] ? this.carries.bit(i) : null));
    this.total.set(adderTree(summands, (sums, level) => (this.params.registers.includes(level) ? sums.map((s) => this.held(s)) : sums)));
  }

  private held(sum: Summand): Summand {
    const value = this.reg(sum.value.type, { reset: "none" });
    value.set(sum.value);
    if (sum.carry === null) return { ...sum, value };
    const carry = this.reg(Bool(), { reset: "none" });
    carry.set(sum.carry);
    return { ...sum, value, carry };
  }
}

function sumBits({ widths, carries }: SumParameters): number {
  const half = widths.reduce((sum, width) => sum + (1n << BigInt(width - 1)), 0n);
  const most = half - BigInt(widths.length) + BigInt(carries.filter((c) => c).length);
  return Math.max(signedWidth(-half), signedWidth(most));
}
