import { Bits, Bool, Module, mux, literal, UInt, when } from "lapa";

/** Two equal memories that are written in lanes, and a third of another shape; what was asked for comes a cycle later. */
export class Banks extends Module<{ macro: boolean }> {
  readonly write = this.input(Bool());
  readonly upper = this.input(Bool());
  readonly lanes = this.input(Bits(4));
  readonly address = this.input(UInt(3));
  readonly data = this.input(Bits(32));
  readonly read = this.input(Bool());
  readonly low = this.output(Bits(32));
  readonly high = this.output(Bits(32));
  readonly tag = this.output(Bits(5));

  build(): void {
    const { macro } = this.params;
    const lowBank = this.memory(Bits(32), { depth: 6, lanes: 4, blackBox: macro });
    const highBank = this.memory(Bits(32), { depth: 6, lanes: 4, blackBox: macro });
    const tags = this.memory(Bits(5), { depth: 8, blackBox: macro, moduleName: "tag_ram" });
    when(this.write, () => {
      when(this.upper, () => highBank.write(this.address, this.data, this.lanes)).otherwise(() => lowBank.write(this.address, this.data, this.lanes));
      tags.write(this.address, this.data.bits(4, 0));
    });
    // Nothing is shown before it was written: a memory starts with unknown words.
    const shown = this.reg(Bool(), { reset: 0n });
    shown.set(this.read);
    const visible = (word: Bits): Bits => mux(shown, word, literal(word.type, 0n));
    this.low.set(visible(lowBank.read(this.address, this.read)));
    this.high.set(visible(highBank.read(this.address, this.read)));
    this.tag.set(visible(tags.read(this.address, this.read)));
  }
}
