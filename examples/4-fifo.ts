/**
 * 4. A FIFO: a memory between two streams, and a payload of several fields.
 *
 * The memory is read and written at the clock edge, as an SRAM is: a word that is asked for in one cycle is there in the
 * next. So the oldest word is fetched ahead, and waits at the output. With `macro` the memory is left open, for an SRAM
 * to be put in its place.
 */
import { Bool, Bundle, drive, literal, log2Ceil, Module, mux, UInt, when } from "lapa";

export class Fifo extends Module<{ width: number; depth: number; macro: boolean }> {
  static readonly defaults = { width: 32, depth: 16, macro: false };

  private readonly word = Bundle({ data: UInt(this.params.width), last: Bool() });
  readonly in = this.inputStream(this.word);
  readonly out = this.outputStream(this.word);

  override get doc(): string {
    return `Holds up to ${this.params.depth} words, and one more at the output.`;
  }

  build(): void {
    const { depth, macro } = this.params;
    const words = this.memory(this.word, { depth, blackBox: macro });
    const head = this.reg(words.addressType, { reset: 0n });
    const tail = this.reg(words.addressType, { reset: 0n });
    const count = this.reg(UInt(log2Ceil(depth + 1)), { reset: 0n });
    const fetched = this.reg(Bool(), { reset: 0n });

    const push = this.in.fire();
    const fetch = count.ne(0n).and(fetched.not().or(this.out.ready));

    this.in.ready.set(count.ne(BigInt(depth)));
    when(push, () => {
      words.write(tail, this.in.payload);
      tail.set(after(tail, depth));
    });

    when(this.out.ready, () => fetched.set(0n));
    when(fetch, () => {
      head.set(after(head, depth));
      fetched.set(1n);
    });
    this.out.valid.set(fetched);
    drive(this.out.payload, words.read(head, fetch));

    when(push.and(fetch.not()), () => count.set(count.addWrap(1n)))
      .elsewhen(fetch.and(push.not()), () => count.set(count.subWrap(1n)));
  }
}

/** The next address, around the end of the memory. */
function after(address: UInt, depth: number): UInt {
  const isLast = address.eq(BigInt(depth - 1));
  return mux(isLast, literal(address.type, 0n), address.addWrap(1n));
}
