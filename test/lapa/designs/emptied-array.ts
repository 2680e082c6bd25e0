import { Bits, Bool, drive, literal, log2Ceil, Module, mux, UInt, Vec, when } from "lapa";
import { PeArray, type PeArrayParameters } from "../../../generator/lapa/pe-array";
import { peResult } from "../../../generator/lapa/pe";

/** Cycles of zeros that leave nothing in the array. */
export const emptyAfter = ({ rows, columns }: Pick<PeArrayParameters, "rows" | "columns">): number => rows + 2 * columns + 3;

/** The array, whose results are 0 as long as something from before the reset may come out. */
export class EmptiedArray extends Module<PeArrayParameters> {
  readonly a = this.input(Bits(this.params.rows * this.params.aBits));
  readonly b = this.input(Bits(this.params.columns * this.params.bBits));
  readonly live = this.input(Bits(this.params.rows));
  readonly first = this.input(Bool());
  readonly last = this.input(Bool());
  readonly mask = this.input(Bits(this.params.rows));
  readonly results = this.output(Vec(this.params.rows, peResult(this.params)));

  build(): void {
    const array = this.instance(PeArray, this.params);
    const { a, b, live, first, last, mask } = this;
    drive({ a: array.a, b: array.b, live: array.live, first: array.first, last: array.last, mask: array.mask }, { a, b, live, first, last, mask });
    const cycles = emptyAfter(this.params);
    const count = this.reg(UInt(log2Ceil(cycles + 1)), { reset: 0n });
    const isEmpty = count.eq(BigInt(cycles));
    when(isEmpty.not(), () => count.set(count.addWrap(1n)));
    array.results.forEach(({ kept, sum }, r) => drive(this.results[r]!, { kept: kept.and(isEmpty), sum: mux(isEmpty, sum, literal(sum.type, 0n)) }));
  }
}
