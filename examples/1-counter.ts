/**
 * 1. A counter: ports, a register, conditions.
 *
 * Ports are fields of the class; `build` describes what happens. A register reads as its current value, and `set` gives
 * the next one; where nothing is set, it holds. Widths are explicit: `add` would give one bit more, `addWrap` does not.
 */
import { Bool, Module, UInt, when } from "lapa";

export class Counter extends Module<{ width: number }> {
  static readonly defaults = { width: 8 };

  readonly enable = this.input(Bool());
  readonly clear = this.input(Bool());
  readonly count = this.output(UInt(this.params.width));
  readonly wrapped = this.output(Bool());

  override get doc(): string {
    return "Counts the cycles in which enable is 1; clear wins.";
  }

  build(): void {
    const value = this.reg(UInt(this.params.width), { reset: 0n });
    when(this.clear, () => value.set(0n))
      .elsewhen(this.enable, () => value.set(value.addWrap(1n)));

    this.count.set(value);
    this.wrapped.set(this.enable.and(value.andR()));
  }
}
