import { Bool, log2Ceil, UInt } from "lapa";
import { countUpDown } from "./counting";
import { LibraryModule } from "./library-module";

/**
 * Counts what is free of something limited. Whoever takes one sees to it that there is one; what is given back can be
 * taken in the next cycle.
 */
export class Credits extends LibraryModule<{ total: number }> {
  readonly take = this.input(Bool());
  readonly give = this.input(Bool());
  readonly some = this.output(Bool());

  override get doc(): string {
    return `How many of ${this.params.total} are free; all after reset.`;
  }

  build(): void {
    const type = UInt(log2Ceil(this.params.total + 1));
    const free = this.reg(type, { reset: BigInt(this.params.total) });
    countUpDown(free, this.give, this.take);
    this.some.set(free.ne(0n));
  }
}
