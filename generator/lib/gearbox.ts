import { Bits, Bool, concat, literal, log2Ceil, mux, UInt, Vec, when } from "lapa";
import { LibraryModule } from "./library-module";

export type GearboxParameters = {
  /** Bits of a unit. */
  readonly unitBits: number;
  /** Units of a word that enters, a power of two. */
  readonly inUnits: number;
  /** Units of a word that leaves. */
  readonly outUnits: number;
  /** Whether words can be told to be the last; otherwise what does not fill a word waits for more. */
  readonly ends: boolean;
};

/** The largest unit that all these widths are multiples of: the cheapest one for a gearbox between them. */
export function commonUnit(...widths: readonly number[]): number {
  const common = (a: number, b: number): number => (b === 0 ? a : common(b, a % b));
  return widths.reduce(common);
}

/**
 * Words of one width into words of another, without a gap between them. Of a word that enters, the lowest `count` units are
 * data, at least one. Where there is an end, what is left after `last` leaves as a word of its own, with its `count` and `last`;
 * otherwise words leave full. A word enters while less than a word waits to leave, or as it leaves, so that the narrower side is always busy.
 */
export class Gearbox extends LibraryModule<GearboxParameters> {
  private readonly total = this.params.inUnits + this.params.outUnits - 1;
  readonly in = this.inputStream({ ...dataOf(this.params.unitBits, this.params.inUnits), ...this.count(), ...this.last() });
  /** Forget what waits. */
  readonly clear = this.input(Bool());
  readonly out = this.outputStream({ ...dataOf(this.params.unitBits, this.params.outUnits), ...this.rest() });

  /** Of one unit all is data. */
  private count(): { readonly count?: ReturnType<typeof UInt> } {
    return this.params.inUnits > 1 ? { count: countOf(this.params.inUnits) } : {};
  }

  /** What an end adds to words. */
  private last(): { readonly last?: ReturnType<typeof Bool> } {
    return this.params.ends ? { last: Bool() } : {};
  }

  private rest(): { readonly count?: ReturnType<typeof UInt>; readonly last?: ReturnType<typeof Bool> } {
    return this.params.ends ? { count: countOf(this.params.outUnits), last: Bool() } : {};
  }

  override get doc(): string {
    const { unitBits, inUnits, outUnits } = this.params;
    return `Words of ${inUnits} into words of ${outUnits} units of ${unitBits} bits.`;
  }

  override get latency(): number {
    return 1;
  }

  build(): void {
    const { outUnits } = this.params;
    const fill = this.reg(UInt(log2Ceil(this.total + 1)), { reset: 0n });
    const full = fill.ge(BigInt(outUnits));
    // Where the next word goes: above what stays when a full word leaves.
    const place = mux(full, fill.subWrap(BigInt(outUnits)), fill);
    const fits = full.not().or(this.out.ready.and(place.lt(BigInt(outUnits))));
    const enters = this.in.fire();
    const leaves = this.out.fire();
    this.units(enters, leaves, place);
    const ending = this.ending(fill, full, place);
    this.in.ready.set(ending === null ? fits : ending.not().and(fits));
    this.out.valid.set(ending === null ? full : full.or(ending));

    // Without an end only full words leave.
    when(leaves, () => fill.set(ending === null ? place : mux(full, place, literal(fill.type, 0n))));
    const { count } = this.in.payload;
    when(enters, () => fill.set(place.addWrap(count === undefined ? 1n : count.zext(fill.width))));
    when(this.clear, () => fill.set(0n));
  }

  /** Whether the last word has entered; null where there is no end. */
  private ending(fill: UInt, full: Bool, place: UInt): Bool | null {
    const { outUnits } = this.params;
    const { count, last } = this.out.payload;
    if (count === undefined || last === undefined) return null;
    const ending = this.reg(Bool(), { reset: 0n });
    const isLast = ending.and(full.not().or(place.eq(0n)));
    const rest = count.width < fill.width ? fill.trunc(count.width) : fill.zext(count.width);
    count.set(mux(full, literal(count.type, BigInt(outUnits)), rest));
    last.set(isLast);
    when(this.out.fire().and(isLast), () => ending.set(0n));
    when(this.in.fire(), () => ending.set(this.in.payload.last!));
    when(this.clear, () => ending.set(0n));
    return ending;
  }

  /** The units that wait, the oldest in front. */
  private units(enters: Bool, leaves: Bool, place: UInt): void {
    const { unitBits, inUnits, outUnits } = this.params;
    const units = this.reg(Vec(this.total, Bits(unitBits)), { reset: "none" });
    const entering = this.rotated(place);
    units.forEach((unit, k) => {
      const behind = units[k + outUnits];
      if (behind !== undefined) when(leaves, () => unit.set(behind));
      // place <= k < place + inUnits; place is below outUnits.
      const isNotBefore = k < outUnits - 1 ? [place.le(BigInt(k))] : [];
      const isNotBehind = k >= inUnits ? [place.gt(BigInt(k - inUnits))] : [];
      const isHere = [...isNotBefore, ...isNotBehind].reduce((a, b) => a.and(b), enters);
      when(isHere, () => unit.set(entering[k % inUnits]!));
    });
    const [first, ...rest] = units.slice(0, outUnits).reverse();
    this.out.payload.data.set(concat(first!, ...rest));
  }

  /** The entering units, turned so that the first is at `place` modulo their number. */
  private rotated(place: UInt): Bits[] {
    const { unitBits, inUnits, outUnits } = this.params;
    let turned = Array.from({ length: inUnits }, (_, i) => this.in.payload.data.bits((i + 1) * unitBits - 1, i * unitBits));
    for (let level = 0; 2 ** level < Math.min(inUnits, outUnits); level++) {
      const before = turned;
      const turns = place.bit(level);
      turned = before.map((unit, i) => mux(turns, before[(i - 2 ** level + inUnits) % inUnits]!, unit));
    }
    return turned;
  }
}

const dataOf = (unitBits: number, units: number) => ({ data: Bits(units * unitBits) });
const countOf = (units: number) => UInt(log2Ceil(units + 1));
