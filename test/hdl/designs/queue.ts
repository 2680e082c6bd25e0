import { Bool, Bundle, drive, Enum, literal, log2Ceil, Module, mux, UInt, when } from "lapa";

const Entry = (width: number) => Bundle({ data: UInt(width), last: Bool() });
const Phase = Enum("Phase", "empty", "loaded");

/** A FIFO whose words wait in a memory; a read takes a cycle, so one word is kept at the output. */
export class Queue extends Module<{ width: number; depth: number }> {
  private readonly entry = Entry(this.params.width);
  readonly in = this.inputStream(this.entry);
  readonly out = this.outputStream(this.entry);
  readonly level = this.output(UInt(log2Ceil(this.params.depth + 1)));

  build(): void {
    const { depth } = this.params;
    const words = this.memory(this.entry, { depth });
    const head = this.reg(words.addressType, { reset: 0n });
    const tail = this.reg(words.addressType, { reset: 0n });
    const count = this.reg(this.level.type, { reset: 0n });
    const phase = this.reg(Phase, { reset: Phase.empty });

    this.in.ready.set(count.ne(BigInt(depth)));
    const pushed = this.in.fire();
    when(pushed, () => {
      words.write(tail, this.in.payload);
      tail.set(next(tail, depth));
    });

    const taken = this.out.fire();
    const fetched = count.ne(0n).and(phase.eq(Phase.empty).or(taken));
    when(taken, () => phase.set(Phase.empty));
    when(fetched, () => {
      head.set(next(head, depth));
      phase.set(Phase.loaded);
    });
    when(pushed.and(fetched.not()), () => count.set(count.addWrap(1n)))
      .elsewhen(fetched.and(pushed.not()), () => count.set(count.subWrap(1n)));

    drive(this.out.payload, words.read(head, fetched));
    this.out.valid.set(phase.eq(Phase.loaded));
    this.level.set(count);
  }
}

/** The address after this one, around the end of the memory. */
function next(address: UInt, depth: number): UInt {
  const after = address.addWrap(1n);
  if (depth === 2 ** address.width) return after;
  const last = address.eq(BigInt(depth - 1));
  const wrapped = literal(address.type, 0n);
  return mux(last, wrapped, after);
}
