/**
 * 2. A FIR filter: a loop over taps.
 *
 * The loop runs while the hardware is described, so it costs nothing and may use any TypeScript. `mul` is exact: as wide
 * as both factors. Names come from the bindings: `delayed` in pass 3 of the loop is `delayed_3` in Verilog.
 */
import { literal, log2Ceil, Module, SInt } from "lapa";

export class Fir extends Module<{ width: number; tapWidth: number; taps: readonly number[] }> {
  static readonly defaults = { width: 8, tapWidth: 4, taps: [3, -5, 7, -5, 3] };

  /** Wide enough for the sum of all products. */
  private readonly sumType = SInt(this.params.width + this.params.tapWidth + log2Ceil(this.params.taps.length));
  readonly x = this.input(SInt(this.params.width));
  readonly y = this.output(this.sumType);

  override get doc(): string {
    return `Filter with the taps ${this.params.taps.join(", ")}, the first for the newest sample.`;
  }

  override get latency(): number {
    return 1;
  }

  build(): void {
    let sample = this.x;
    let sum: SInt = literal(this.sumType, 0n);
    for (const [i, tap] of this.params.taps.entries()) {
      if (i > 0) {
        const delayed = this.reg(this.x.type, { reset: 0n });
        delayed.set(sample);
        sample = delayed;
      }
      const factor = literal(SInt(this.params.tapWidth), BigInt(tap));
      const product = sample.mul(factor);
      sum = sum.addWrap(product.sext(this.sumType.width));
    }
    const result = this.reg(this.sumType, { reset: 0n });
    result.set(sum);
    this.y.set(result);
  }
}
