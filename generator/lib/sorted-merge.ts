import { Bits, Bool, mux, when } from "lapa";
import { LibraryModule } from "./library-module";

export type SortedMergeParameters = {
  /** Bits of a word. */
  readonly width: number;
  /** Its top bits that words are sorted by, as an unsigned number. */
  readonly orderBits: number;
};

/**
 * Merges two streams of ascending lists into one of ascending lists, list by list. A list ends with `last`; one without
 * words is a single word with `has` 0. The price of a list is what its words are, or one cycle for an empty one: the end
 * of a list costs nothing. A word leaves one cycle after it came.
 */
export class SortedMerge extends LibraryModule<SortedMergeParameters> {
  private readonly word = { word: Bits(this.params.width), has: Bool(), last: Bool() };
  readonly a = this.inputStream(this.word);
  readonly b = this.inputStream(this.word);
  readonly out = this.outputStream(this.word);

  override get doc(): string {
    return "Merges two ascending lists into one; a list without words is one word with has 0.";
  }

  override get latency(): number {
    return 1;
  }

  build(): void {
    const { width, orderBits } = this.params;
    /** This list's last word of a, of b, has gone. */
    const aDone = this.reg(Bool(), { reset: 0n });
    const bDone = this.reg(Bool(), { reset: 0n });
    const full = this.reg(Bool(), { reset: 0n });
    const held = this.reg(this.word, { reset: "none" });

    const order = (word: Bits): Bits => word.bits(width - 1, width - orderBits);
    const aHas = aDone.not().and(this.a.payload.has);
    const bHas = bDone.not().and(this.b.payload.has);
    const isBeforeB = order(this.a.payload.word).asUInt().le(order(this.b.payload.word).asUInt());
    const takeA = aHas.and(bHas.not().or(isBeforeB));
    // An empty list's word goes as soon as it is seen, beside a word of the other list.
    const goA = aDone.not().and(takeA.or(this.a.payload.has.not()));
    const goB = bDone.not().and(takeA.not().or(this.b.payload.has.not()));
    const ready = this.a.valid.or(aDone).and(this.b.valid.or(bDone));
    const free = full.not().or(this.out.ready);
    const move = ready.and(free);

    const aEnds = aDone.or(goA.and(this.a.payload.last));
    const bEnds = bDone.or(goB.and(this.b.payload.last));
    const ends = aEnds.and(bEnds);
    when(move, () => {
      aDone.set(aEnds.and(ends.not()));
      bDone.set(bEnds.and(ends.not()));
      held.word.set(mux(takeA, this.a.payload.word, this.b.payload.word));
      held.has.set(aHas.or(bHas));
      held.last.set(ends);
    });
    when(free, () => full.set(ready));
    this.a.ready.set(move.and(goA));
    this.b.ready.set(move.and(goB));
    this.out.valid.set(full);
    this.out.payload.word.set(held.word);
    this.out.payload.has.set(held.has);
    this.out.payload.last.set(held.last);
  }
}
