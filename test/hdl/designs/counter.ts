import { Bool, Module, UInt, when } from "lapa";

/** Counts the cycles in which `enable` is 1; `clear` wins. */
export class Counter extends Module<{ width: number }> {
  readonly enable = this.input(Bool());
  readonly clear = this.input(Bool());
  readonly count = this.output(UInt(this.params.width));

  build(): void {
    const value = this.reg(UInt(this.params.width), { reset: 0n });
    const nextValue = value.addWrap(1n);
    when(this.clear, () => value.set(0n)).elsewhen(this.enable, () => value.set(nextValue));
    this.count.set(value);
  }
}
