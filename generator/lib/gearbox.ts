import { Bits, Bool, concat, literal, log2Ceil, mux, UInt, Vec, when } from "lapa";
import { LibraryModule } from "./library-module";

export type GearboxParameters = {
  /** Bits of a unit. */
  readonly unitBits: number;
  /** Units of a word that enters, a power of two. */
  readonly inUnits: number;
  /** Units of a word that leaves. */
  readonly outUnits: number;
};

/** The largest unit that all these widths are multiples of: the cheapest one for a gearbox between them. */
export function commonUnit(...widths: readonly number[]): number {
  const common = (a: number, b: number): number => (b === 0 ? a : common(b, a % b));
  return widths.reduce(common);
}

/**
 * Words of one width into words of another, without a gap between them. Of a word that enters, the lowest `count` units are
 * data, at least one. After `last` what is left leaves as a word of its own, with its `count` and `last`; otherwise words leave
 * full. A word enters while less than a word waits to leave, or as it leaves, so that the narrower side is always busy.
 */
export class Gearbox extends LibraryModule<GearboxParameters> {
  private readonly total = this.params.inUnits + this.params.outUnits - 1;
  readonly in = this.inputStream(wordOf(this.params.unitBits, this.params.inUnits));
  /** Forget what waits. */
  readonly clear = this.input(Bool());
  readonly out = this.outputStream(wordOf(this.params.unitBits, this.params.outUnits));

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
    /** The last word has entered. */
    const ending = this.reg(Bool(), { reset: 0n });
    const full = fill.ge(BigInt(outUnits));
    // Where the next word goes: above what stays when a full word leaves.
    const place = mux(full, fill.subWrap(BigInt(outUnits)), fill);
    const fits = full.not().or(this.out.ready.and(place.lt(BigInt(outUnits))));
    const enters = this.in.fire();
    const leaves = this.out.fire();
    this.in.ready.set(ending.not().and(fits));
    this.out.valid.set(full.or(ending));
    this.units(enters, leaves, place);
    const size = log2Ceil(outUnits + 1);
    const rest = size < fill.width ? fill.trunc(size) : fill.zext(size);
    this.out.payload.count.set(mux(full, literal(UInt(size), BigInt(outUnits)), rest));
    const isLast = ending.and(full.not().or(place.eq(0n)));
    this.out.payload.last.set(isLast);

    when(leaves, () => {
      fill.set(mux(full, place, literal(fill.type, 0n)));
      when(isLast, () => ending.set(0n));
    });
    when(enters, () => {
      fill.set(place.addWrap(this.in.payload.count.zext(fill.width)));
      ending.set(this.in.payload.last);
    });
    when(this.clear, () => {
      fill.set(0n);
      ending.set(0n);
    });
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

function wordOf(unitBits: number, units: number) {
  return { data: Bits(units * unitBits), count: UInt(log2Ceil(units + 1)), last: Bool() };
}
