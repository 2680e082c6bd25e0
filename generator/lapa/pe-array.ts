/** The execution unit's systolic array, with the registers that skew its operands. */

import { Bool, concat, drive, type Hardware, type Ports, SInt, UserError, Vec } from "lapa";
import { LibraryModule } from "../lib/library-module";
import { SkewRegisters } from "../lib/skew-registers";
import { PeRow, peRowLatency, type PeRowParameters, rowOperand, rowResult } from "./pe-row";

export type PeArrayParameters = PeRowParameters & {
  /** R. */
  readonly rows: number;
};

/** The most rows, and columns. */
export const mostPes = 64;

/** Cycles from a step's operands, as they enter the array, to the result of row r and column c where that step is a tile's last. */
export function peArrayLatency(r: number, c: number): number {
  return peRowLatency + r + c;
}

/**
 * R x C output-stationary processing elements: a tile is a product of an R x K and a K x C matrix, whatever K, a step of
 * K a cycle. The operands of a step come in one cycle for all rows and columns and are skewed in here. Timing, with a
 * tile's first step in cycle F and its last one in L:
 *
 * - `mask` of column c comes for all rows in cycle F - c; zeros, which are what is sent when there is nothing to send, mask
 *   nothing. C cycles at least lie between the `first`s of two tiles, if the second one has masks.
 * - Between the two a cycle may be without a step: all `live` are 0 and neither flag is set. One row without an operand has
 *   `live` 0. Outside of tiles `live` is 0.
 * - The result of row r and column c comes in cycle L + r + c + 3. C cycles at least lie between the `last`s of two tiles;
 *   the next tile's first step can come in cycle L + 1.
 */
export class PeArray extends LibraryModule<PeArrayParameters> {
  static readonly defaults = { aBits: 9, bBits: 8, accumulatorBits: 32, columns: 16, rows: 16 };
  /** Of this step: a column of the left matrix and a row of the right one. */
  readonly a = this.input(Vec(this.params.rows, SInt(this.params.aBits)));
  readonly live = this.input(Vec(this.params.rows, Bool()));
  readonly b = this.input(Vec(this.params.columns, SInt(this.params.bBits)));
  /** This step is a tile's first, its last. */
  readonly first = this.input(Bool());
  readonly last = this.input(Bool());
  /** A column of the mask of a tile to come: 1 where the pair is masked. */
  readonly mask = this.input(Vec(this.params.rows, Bool()));
  readonly results = this.output(Vec(this.params.rows, rowResult(this.params)));

  override get doc(): string {
    const { rows, columns, aBits, bBits } = this.params;
    return `Output-stationary systolic array of ${rows} x ${columns} processing elements, ${aBits} x ${bBits} bits.`;
  }

  override get latency(): number {
    return peArrayLatency(0, 0);
  }

  build(): void {
    checkShape(this.params);
    const { rows: _, ...rowParameters } = this.params;
    const operands = this.skewedRows();
    let above: Ports<PeRow>["below"] = { b: this.skewedColumns(), first: this.first, last: this.last };
    this.results.forEach((result, r) => {
      const row = this.instance(PeRow, rowParameters);
      drive(row.operand, operands[r]!);
      drive(row.above, above);
      drive(result, row.result);
      above = row.below;
    });
  }

  /** Operands need no reset; flags do. */
  private skewedRows(): Hardware<ReturnType<typeof rowOperand>>[] {
    const { rows, aBits } = this.params;
    const operands = this.instance(SkewRegisters, { items: rows, width: aBits, resets: false });
    const flags = this.instance(SkewRegisters, { items: rows, width: 2, resets: true });
    return this.a.map((a, r) => {
      operands.in[r]!.set(a.asBits());
      flags.in[r]!.set(concat(this.mask[r]!, this.live[r]!));
      return { a: operands.out[r]!.asSInt(), live: flags.out[r]!.bit(0), mask: flags.out[r]!.bit(1) };
    });
  }

  private skewedColumns(): SInt[] {
    const { columns, bBits } = this.params;
    const operands = this.instance(SkewRegisters, { items: columns, width: bBits, resets: false });
    return this.b.map((b, c) => {
      operands.in[c]!.set(b.asBits());
      return operands.out[c]!.asSInt();
    });
  }
}

/** @throws UserError */
function checkShape({ rows, columns, aBits, bBits, accumulatorBits }: PeArrayParameters): void {
  for (const [what, value] of Object.entries({ rows, columns })) {
    if (value > mostPes) throw new UserError(`PE array: ${what} is ${value}`, `Choose an integer from 1 to ${mostPes}.`);
  }
  if (accumulatorBits < aBits + bBits) {
    throw new UserError(`PE array: accumulatorBits is ${accumulatorBits}`, `Give it ${aBits + bBits} bits or more: a product of ${aBits} x ${bBits} bits has as many.`);
  }
}
