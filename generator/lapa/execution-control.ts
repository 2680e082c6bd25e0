/** Takes the heads of the execution unit, and counts what of them is still to come. */

import { Bool, drive, literal, mux, type Ports, UInt, when } from "lapa";
import { countDown } from "../lib/counting";
import { LibraryModule } from "../lib/library-module";
import { executionFormat, type ExecutionParameters } from "./execution-format";
import { HeadStages } from "./head-stages";
import { scaleBits, shiftBits } from "./probability";
import { rowBits } from "./speculation-format";

/** One head is executed while the next one's keys and values come. */
export const keyBanks = 2;

/** `keys` keys and values are loaded (none: those of the head before stay); c and s of the softmax. */
export function executionHeadFields(params: ExecutionParameters) {
  return { keys: UInt(executionFormat(params).countBits), rows: UInt(rowBits), scale: UInt(scaleBits), shift: UInt(shiftBits) };
}

/** A head's keys and values are taken; then, when the outputs of the head before have left, its queries and masks. */
export class ExecutionControl extends LibraryModule<ExecutionParameters> {
  private readonly fields = executionHeadFields(this.params);
  readonly head = this.inputStream(this.fields);
  readonly keyWritten = this.input(Bool());
  readonly valueWritten = this.input(Bool());
  readonly rowTaken = this.input(Bool());
  /** A row's last mask is taken. */
  readonly rowMasked = this.input(Bool());
  /** A tile's outputs have left. */
  readonly tileDone = this.input(Bool());
  /** A head is loaded, or runs: its last outputs have not been offered. */
  readonly hasHead = this.output(Bool());
  /** The next key and the next value are a head's first. */
  readonly newKeys = this.output(Bool());
  readonly takesKeys = this.output(Bool());
  readonly takesValues = this.output(Bool());
  /** The next row is a head's first; then what the head says holds until its end. */
  readonly begins = this.output(Bool());
  readonly takesRows = this.output(Bool());
  readonly takesMasks = this.output(Bool());
  /** The row to be taken, to be masked, is the head's last. */
  readonly lastRow = this.output(Bool());
  readonly lastMask = this.output(Bool());
  /** Rows of the tile that leaves next. */
  readonly tileRows = this.output(UInt(rowBits));
  readonly scale = this.output(this.fields.scale);
  readonly shift = this.output(this.fields.shift);
  /** The banks that keys and values are written into and read from. */
  readonly loadBank = this.output(Bool());
  readonly runBank = this.output(Bool());

  override get doc(): string {
    return "Takes heads: keys and values, then queries and masks.";
  }

  build(): void {
    const { payload } = this.head;
    const stages = this.instance(HeadStages, { keyBanks });
    const bringsKeys = payload.keys.ne(0n);
    stages.head.valid.set(this.head.valid);
    stages.bringsKeys!.set(bringsKeys);
    this.head.ready.set(stages.head.ready);
    const taken = this.head.fire();
    const keysLeft = this.countdown(payload.keys, taken, this.keyWritten);
    const valuesLeft = this.countdown(payload.keys, taken, this.valueWritten);
    stages.written.set(keysLeft.eq(0n).and(valuesLeft.eq(0n)));
    this.newKeys.set(taken.and(bringsKeys));
    this.takesKeys.set(stages.loads.and(keysLeft.ne(0n)));
    this.takesValues.set(stages.loads.and(valuesLeft.ne(0n)));
    this.hasHead.set(stages.loads.or(stages.runs));
    this.loadBank.set(stages.loadBank!);
    this.runBank.set(stages.runBank!);
    const { keys: _, ...fields } = this.fields;
    const { keys: __, ...word } = payload;
    const next = this.reg(fields, { reset: "none", enable: taken });
    drive(next, word);
    this.run(stages, next);
  }

  /** The head that runs. @param next the one that is loaded. */
  private run({ begins, runs, left }: Ports<HeadStages>, next: { readonly rows: UInt; readonly scale: UInt; readonly shift: UInt }): void {
    const rowsToTake = this.countdown(next.rows, begins, this.rowTaken);
    const rowsToMask = this.countdown(next.rows, begins, this.rowMasked);
    const rowsLeft = this.reg(UInt(rowBits), { reset: "none" });
    const tileRows = mux(rowsLeft.ge(BigInt(this.params.rows)), literal(rowsLeft.type, BigInt(this.params.rows)), rowsLeft);
    when(this.tileDone, () => rowsLeft.set(rowsLeft.subWrap(tileRows)));
    when(begins, () => rowsLeft.set(next.rows));
    left.set(rowsLeft.eq(0n));
    const { scale, shift } = this.reg({ scale: this.fields.scale, shift: this.fields.shift }, { reset: "none", enable: begins });
    scale.set(next.scale);
    shift.set(next.shift);
    this.scale.set(scale);
    this.shift.set(shift);
    this.begins.set(begins);
    this.tileRows.set(tileRows);
    this.takesRows.set(runs.and(rowsToTake.ne(0n)));
    this.takesMasks.set(runs.and(rowsToMask.ne(0n)));
    this.lastRow.set(rowsToTake.eq(1n));
    this.lastMask.set(rowsToMask.eq(1n));
  }

  private countdown(from: UInt, loads: Bool, counts: Bool): UInt {
    const left = this.reg(from.type, { reset: "none" }) as UInt;
    countDown(left, from, loads, counts);
    return left;
  }
}
