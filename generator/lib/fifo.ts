import { Bits, Bool, drive, literal, log2Ceil, type Memory, type Type, UInt, when } from "lapa";
import { countUpDown } from "./counting";
import { LibraryModule } from "./library-module";
import { following } from "./ring";

export type FifoParameters = {
  /** Bits of a word. */
  readonly width: number;
  /** Words that fit, two or more; whoever pushes sees to it that there is room. */
  readonly depth: number;
  /** Leave the memory to an SRAM macro. */
  readonly blackBox: boolean;
};

/**
 * First in, first out, over a memory with synchronous read and write. It takes words without asking: in this design there is a
 * credit for every word. The oldest word is fetched ahead and waits at the output, so a word can enter and another leave in
 * every cycle, and the memory needs one word less. A word is at the output two cycles after it entered.
 */
export class Fifo extends LibraryModule<FifoParameters> {
  /** Words of the memory: one alone in it is fetched at once, so that when all words are there it has all but one. */
  private readonly stored = this.params.depth - 1;
  readonly push = this.input(Bool());
  readonly data = this.input(Bits(this.params.width));
  readonly out = this.outputStream({ data: Bits(this.params.width) });

  override get doc(): string {
    return `Holds up to ${this.params.depth} words, of which the oldest waits at the output.`;
  }

  build(): void {
    const { width, blackBox } = this.params;
    const words = this.memory(Bits(width), { depth: this.stored, blackBox });
    const count = this.reg(UInt(log2Ceil(this.stored + 1)), { reset: 0n });
    const fetched = this.reg(Bool(), { reset: 0n });

    const fetch = count.ne(0n).and(fetched.not().or(this.out.ready));
    const [tail, head] = [this.place(words, this.push), this.place(words, fetch)];
    when(this.push, () => words.write(tail, this.data));
    when(this.out.ready, () => fetched.set(0n));
    when(fetch, () => fetched.set(1n));
    this.out.valid.set(fetched);
    drive(this.out.payload.data, words.read(head, fetch));
    countUpDown(count, this.push, fetch);
  }

  /** Goes around the memory. */
  private place({ addressType }: Memory<Type<"bits">>, goesOn: Bool): UInt {
    if (this.stored === 1) return literal(addressType, 0n);
    const at = this.reg(addressType, { reset: 0n });
    when(goesOn, () => at.set(following(at, this.stored)));
    return at;
  }
}
