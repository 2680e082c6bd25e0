/** The execution unit's systolic array, with the registers that skew its operands. */

import { Bits, Bool, drive, type Ports, SInt, unpack, UserError, Vec } from "lapa";
import { LibraryModule } from "../lib/library-module";
import { SkewRegisters } from "../lib/skew-registers";
import { peResult } from "./pe";
import { PeRow, peRowLatency, type PeRowParameters } from "./pe-row";

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
 *   nothing. The `first`s of two tiles are C cycles apart or more, unless neither has masks.
 * - There is no reset. Zeros on `live`, `first`, `last` and `mask`, for as many cycles as rows, twice the columns and three,
 *   empty the array; without, results of what was in it come out ahead of a first tile whose masks have all been sent.
 * - Between the two a cycle may be without a step: all `live` are 0 and neither flag is set. One row without an operand has
 *   `live` 0, and in the first step an `a` of 0. Outside of tiles `live` is 0.
 * - The result of row r and column c comes in cycle L + r + c + 3; where the pair is masked, `kept` and `sum` are 0, as they
 *   are in all other cycles. The `last`s of two tiles are C cycles apart or more; the next
 *   tile's first step may come in cycle L + 1.
 */
export class PeArray extends LibraryModule<PeArrayParameters> {
  static readonly defaults = { aBits: 9, bBits: 8, accumulatorBits: 32, columns: 16, rows: 16 };
  /** Of this step: a column of the left matrix, row r in bits r*aBits and up, and a row of the right one, likewise; signed. */
  readonly a = this.input(Bits(this.params.rows * this.params.aBits));
  readonly b = this.input(Bits(this.params.columns * this.params.bBits));
  /** Bit r: row r has an operand in this step; in a tile's first one `a` is 0 where it has none. */
  readonly live = this.input(Bits(this.params.rows));
  /** This step is a tile's first, its last. */
  readonly first = this.input(Bool());
  readonly last = this.input(Bool());
  /** A column of the mask of a tile to come. Bit r: the pair with row r is masked. */
  readonly mask = this.input(Bits(this.params.rows));
  readonly results = this.output(Vec(this.params.rows, peResult(this.params)));

  override get doc(): string {
    const { rows, columns, aBits, bBits } = this.params;
    return `Output-stationary systolic array of ${rows} x ${columns} processing elements, ${aBits} x ${bBits} bits.`;
  }

  override get latency(): number {
    return peArrayLatency(0, 0);
  }

  build(): void {
    checkShape(this.params);
    const { rows, columns, aBits, bBits } = this.params;
    const rowOperands = unpack(Vec(rows, SInt(aBits)), this.skewed(this.a, aBits));
    const [lives, masks] = [this.skewed(this.live, 1), this.skewed(this.mask, 1)];
    let above: Ports<PeRow>["below"] = { b: this.skewed(this.b, bBits), first: this.first, last: this.last };
    for (const [r, a] of rowOperands.entries()) {
      const row = this.instance(PeRow, { aBits, bBits, accumulatorBits: this.params.accumulatorBits, columns });
      drive(row.operand, { a, live: lives.bit(r), mask: masks.bit(r) });
      drive(row.above, above);
      drive(this.results[r]!, row.result);
      above = row.below;
    }
  }

  private skewed(items: Bits, width: number): Bits {
    const registers = this.instance(SkewRegisters, { items: items.width / width, width, resets: false });
    registers.in.set(items);
    return registers.out;
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
