import { Bits, Bool, concat, literal, mux, when } from "lapa";
import { LibraryModule } from "./library-module";
import { listOf } from "./merge-tree";

export type SortedMergeParameters = {
  /** The top bits of a word, that words are sorted by, as an unsigned number. */
  readonly orderBits: number;
  /** The other bits of a word of a, of b; equally many unless words are joined. */
  readonly aBits: number;
  readonly bBits: number;
  /** Whether two words of equal order become one, `{order, rest of b, rest of a}`; the rest of a word that is not there is 0. */
  readonly joins: boolean;
};

/** Bits of a merged word. */
export function mergedBits({ orderBits, aBits, bBits, joins }: SortedMergeParameters): number {
  return orderBits + (joins ? aBits + bBits : aBits);
}

/**
 * Merges two streams of ascending lists into one of ascending lists, list by list. A list ends with `last`; one without
 * words is a single word with `has` 0. The price of a list is what its words are, or one cycle for an empty one: the end
 * of a list costs nothing. A word leaves one cycle after it came.
 */
export class SortedMerge extends LibraryModule<SortedMergeParameters> {
  readonly a = this.inputStream(listOf(this.params.orderBits + this.params.aBits));
  readonly b = this.inputStream(listOf(this.params.orderBits + this.params.bBits));
  readonly out = this.outputStream(listOf(mergedBits(this.params)));

  override get doc(): string {
    const equal = this.params.joins ? " words of equal order become one;" : "";
    return `Merges two ascending lists into one;${equal} a list without words is one word with has 0.`;
  }

  override get latency(): number {
    return 1;
  }

  build(): void {
    /** This list's last word of a, of b, has gone. */
    const aDone = this.reg(Bool(), { reset: 0n });
    const bDone = this.reg(Bool(), { reset: 0n });
    const full = this.reg(Bool(), { reset: 0n });
    const held = this.reg(listOf(mergedBits(this.params)), { reset: "none" });

    const aHas = aDone.not().and(this.a.payload.has);
    const bHas = bDone.not().and(this.b.payload.has);
    const [aOrder, bOrder] = [this.order(this.a.payload.word), this.order(this.b.payload.word)];
    const takeA = aHas.and(bHas.not().or(aOrder.le(bOrder)));
    const takeB = this.params.joins ? bHas.and(aHas.not().or(bOrder.le(aOrder))) : takeA.not();
    // An empty list's word goes as soon as it is seen, beside a word of the other list.
    const goA = aDone.not().and(takeA.or(this.a.payload.has.not()));
    const goB = bDone.not().and(takeB.or(this.b.payload.has.not()));
    const ready = this.a.valid.or(aDone).and(this.b.valid.or(bDone));
    const free = full.not().or(this.out.ready);
    const move = ready.and(free);

    const aEnds = aDone.or(goA.and(this.a.payload.last));
    const bEnds = bDone.or(goB.and(this.b.payload.last));
    const ends = aEnds.and(bEnds);
    when(move, () => {
      aDone.set(aEnds.and(ends.not()));
      bDone.set(bEnds.and(ends.not()));
      held.word.set(this.joined(takeA, takeB));
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

  private order(word: Bits) {
    return word.bits(word.width - 1, word.width - this.params.orderBits).asUInt();
  }

  private joined(takeA: Bool, takeB: Bool): Bits {
    const [a, b] = [this.a.payload.word, this.b.payload.word];
    if (!this.params.joins) return mux(takeA, a, b);
    const rest = (word: Bits, bits: number, taken: Bool): Bits => mux(taken, word.bits(bits - 1, 0), literal(Bits(bits), 0n));
    const order = mux(takeA, this.order(a), this.order(b));
    return concat(order, rest(b, this.params.bBits, takeB), rest(a, this.params.aBits, takeA));
  }
}
