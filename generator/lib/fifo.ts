import { Bits, Bool, drive, log2Ceil, UInt, when } from "lapa";
import { countUpDown } from "./counting";
import { LibraryModule } from "./library-module";
import { following } from "./ring";

export type FifoParameters = {
  /** Bits of a word. */
  readonly width: number;
  /** Words in the memory; one more waits at the output. */
  readonly depth: number;
  /** Leave the memory to an SRAM macro. */
  readonly blackBox: boolean;
};

/**
 * First in, first out, over a memory with synchronous read and write. The oldest word is fetched ahead and waits at the
 * output, so a word can enter and another leave in every cycle. A word is at the output two cycles after it entered.
 */
export class Fifo extends LibraryModule<FifoParameters> {
  readonly in = this.inputStream({ data: Bits(this.params.width) });
  readonly out = this.outputStream({ data: Bits(this.params.width) });

  override get doc(): string {
    return `Holds up to ${this.params.depth} words, and one more at the output.`;
  }

  build(): void {
    const { width, depth, blackBox } = this.params;
    const words = this.memory(Bits(width), { depth, blackBox });
    const head = this.reg(words.addressType, { reset: 0n });
    const tail = this.reg(words.addressType, { reset: 0n });
    const count = this.reg(UInt(log2Ceil(depth + 1)), { reset: 0n });
    const fetched = this.reg(Bool(), { reset: 0n });

    const push = this.in.fire();
    const fetch = count.ne(0n).and(fetched.not().or(this.out.ready));
    this.in.ready.set(count.ne(BigInt(depth)));
    when(push, () => {
      words.write(tail, this.in.payload.data);
      tail.set(following(tail, depth));
    });
    when(this.out.ready, () => fetched.set(0n));
    when(fetch, () => {
      head.set(following(head, depth));
      fetched.set(1n);
    });
    this.out.valid.set(fetched);
    drive(this.out.payload.data, words.read(head, fetch));
    countUpDown(count, push, fetch);
  }
}
