import { Bits, pack } from "lapa";
import { LibraryModule } from "./library-module";

export type SkewRegistersParameters = {
  readonly items: number;
  /** Bits of an item. */
  readonly width: number;
  /** To 0; otherwise the registers are not reset. */
  readonly resets: boolean;
};

/**
 * Delays item i by i cycles, as a systolic array wants its operands. Stage s holds items s and up and lets go of the
 * first, so there are as many registers, and lines, as items, though n * (n - 1) / 2 items in them.
 */
export class SkewRegisters extends LibraryModule<SkewRegistersParameters> {
  /** Item i in bits i*width and up. */
  readonly in = this.input(Bits(this.params.items * this.params.width));
  readonly out = this.output(Bits(this.params.items * this.params.width));

  override get doc(): string {
    return `Delays item i by i cycles, ${this.params.items} items of ${this.params.width} bits.`;
  }

  build(): void {
    const { width, resets } = this.params;
    let waiting: Bits = this.in;
    const delayed = [waiting.bits(width - 1, 0)];
    while (waiting.width > width) {
      const stage = this.reg(Bits(waiting.width - width), { reset: resets ? 0n : "none" });
      stage.set(waiting.bits(waiting.width - 1, width));
      delayed.push(stage.bits(width - 1, 0));
      waiting = stage;
    }
    this.out.set(pack(delayed));
  }
}
