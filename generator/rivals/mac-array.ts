/** What benchmarks emit and simulate: the plainest systolic array, output-stationary; operands move right and down, sums stay. */

import { Bool, SInt, Vec, when } from "lapa";
import { LibraryModule } from "../lib/library-module";

/** Widths of one element. The accumulator wraps; it never does where it has `2 * operandBits + log2(terms)` bits. */
export type MacParameters = { readonly operandBits: number; readonly accumulatorBits: number };

/** Multiplies, accumulates, and hands its operands on. */
export class Mac extends LibraryModule<MacParameters> {
  private readonly operand = SInt(this.params.operandBits);
  private readonly sum = SInt(this.params.accumulatorBits);
  readonly enable = this.input(Bool());
  readonly clear = this.input(Bool());
  readonly a = this.input(this.operand);
  readonly b = this.input(this.operand);
  readonly aRight = this.output(this.operand);
  readonly bDown = this.output(this.operand);
  readonly total = this.output(this.sum);

  override get doc(): string {
    return "Multiply-accumulate element: total += a * b; clear starts a new sum. Operands leave one cycle after they came.";
  }

  override get latency(): number {
    return 1;
  }

  build(): void {
    const aHeld = this.reg(this.operand, { reset: 0n });
    const bHeld = this.reg(this.operand, { reset: 0n });
    const accumulator = this.reg(this.sum, { reset: 0n });
    const product = this.a.mul(this.b);
    const term = product.sext(this.sum.width);

    when(this.enable, () => {
      aHeld.set(this.a);
      bHeld.set(this.b);
      accumulator.set(accumulator.addWrap(term));
      when(this.clear, () => accumulator.set(term));
    });
    this.aRight.set(aHeld);
    this.bDown.set(bHeld);
    this.total.set(accumulator);
  }
}

export type MacArrayParameters = MacParameters & { readonly rows: number; readonly columns: number };

/** `rows` by `columns` multiply-accumulate elements. Row i takes a[i] from the left, column j takes b[j] from above. */
export class MacArray extends LibraryModule<MacArrayParameters> {
  private readonly operand = SInt(this.params.operandBits);
  readonly enable = this.input(Bool());
  readonly clear = this.input(Bool());
  readonly a = this.input(Vec(this.params.rows, this.operand));
  readonly b = this.input(Vec(this.params.columns, this.operand));
  readonly total = this.output(Vec(this.params.rows, Vec(this.params.columns, SInt(this.params.accumulatorBits))));

  override get doc(): string {
    return `Output-stationary array of ${this.params.rows} x ${this.params.columns} multiply-accumulate elements.`;
  }

  build(): void {
    const { operandBits, accumulatorBits } = this.params;
    const down: SInt[] = [...this.b];
    for (const [i, row] of this.total.entries()) {
      let right = this.a[i]!;
      for (const [j, total] of row.entries()) {
        const mac = this.instance(Mac, { operandBits, accumulatorBits });
        mac.enable.set(this.enable);
        mac.clear.set(this.clear);
        mac.a.set(right);
        mac.b.set(down[j]!);
        total.set(mac.total);
        right = mac.aRight;
        down[j] = mac.bDown;
      }
    }
  }
}
