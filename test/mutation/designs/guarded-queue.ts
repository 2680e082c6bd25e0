import { Bits, Bool, Module } from "lapa";
import { Credits } from "../../../generator/lib/credits";
import { Fifo } from "../../../generator/lib/fifo";

/** A queue that never overflows, because there is a credit for every word of it; nobody is told when it is full. */
export class GuardedQueue extends Module<{ depth: number }> {
  readonly wants = this.input(Bool());
  readonly data = this.input(Bits(2));
  readonly ready = this.input(Bool());
  readonly valid = this.output(Bool());
  readonly out = this.output(Bits(2));

  build(): void {
    const { depth } = this.params;
    const queue = this.instance(Fifo, { width: 2, depth, blackBox: false });
    const credits = this.instance(Credits, { total: depth });
    const push = this.wants.and(credits.some);
    queue.push.set(push);
    queue.data.set(this.data);
    queue.out.ready.set(this.ready);
    credits.take.set(push);
    credits.give.set(queue.out.fire());
    this.valid.set(queue.out.valid);
    // What is at the output without `valid` is not seen.
    this.out.set(queue.out.payload.data.and(queue.out.valid.repeat(2)));
  }
}
