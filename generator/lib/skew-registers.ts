import { Bits, pack, Vec } from "lapa";
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
  readonly in = this.input(Vec(this.params.items, Bits(this.params.width)));
  readonly out = this.output(Vec(this.params.items, Bits(this.params.width)));

  override get doc(): string {
    return `Delays item i by i cycles, ${this.params.items} items of ${this.params.width} bits.`;
  }

  build(): void {
    const { width, resets } = this.params;
    let waiting = pack(this.in);
    for (const out of this.out) {
      out.set(waiting.bits(width - 1, 0));
      if (waiting.width === width) break;
      const stage = this.reg(Bits(waiting.width - width), { reset: resets ? 0n : "none" });
      stage.set(waiting.bits(waiting.width - 1, width));
      waiting = stage;
    }
  }
}
