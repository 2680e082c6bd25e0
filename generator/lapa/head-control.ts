/** Takes one head after the other: its registers, its keys, its rows. */

import { Bool, drive, type Hardware, literal, mask, mux, SInt, UInt, Vec, when } from "lapa";
import { countDown } from "../lib/counting";
import { LibraryModule } from "../lib/library-module";
import { HeadStages } from "./head-stages";
import { rowBits, speculationFormat, type SpeculationFormat, type SpeculationParameters } from "./speculation-format";

/** Bits of a head's causal offset, signed: whatever rows and keys there are. */
export const offsetBits = rowBits + 1;

/** The registers of a head. A list has a value for each round; `guard` only for rounds that have one. */
export function headFields({ rounds, countBits }: SpeculationFormat, { logSide }: Pick<SpeculationParameters, "logSide">) {
  const guards = logSide === "query" ? rounds.filter((r) => !r.isLast).length : 0;
  return {
    keys: UInt(countBits), rows: UInt(rowBits), nValid: UInt(countBits), causal: Bool(), offset: SInt(offsetBits), blend: Bool(),
    rho: rounds.map((r) => UInt(r.rhoBits)), guard: Array.from({ length: guards }, () => UInt(6)), weight: Vec(rounds.length, SInt(5)),
  };
}

type HeadFields = ReturnType<typeof headFields>;

/**
 * A head's keys are taken, `keys` of them (none: those of the head before stay); then, when the head before has left the
 * filters, its rows. Numbers of keys above n are taken as n, where that has not been checked.
 */
export class HeadControl extends LibraryModule<SpeculationParameters> {
  private readonly unit = speculationFormat(this.params);
  private readonly fields = headFields(this.unit, this.params);
  readonly head = this.inputStream(this.fields);
  /** A key has been taken, has been written; a row has been taken, has left. */
  readonly keyTaken = this.input(Bool());
  readonly keyWritten = this.input(Bool());
  readonly rowTaken = this.input(Bool());
  readonly rowDone = this.input(Bool());
  /** The row at hand is issued: the next one sees a key more. */
  readonly rowIssued = this.input(Bool());
  /** The next key is a head's first, the next row is. */
  readonly newKeys = this.output(Bool());
  readonly newRows = this.output(Bool());
  readonly takesKeys = this.output(Bool());
  readonly takesRows = this.output(Bool());
  readonly busy = this.params.reports ? this.output(Bool()) : null;
  /** The banks that keys are written into and read from: see `HeadStages`. */
  readonly loadBank = this.params.keyBanks === 2 ? this.output(Bool()) : null;
  readonly runBank = this.params.keyBanks === 2 ? this.output(Bool()) : null;
  /** How many of its first keys the row at hand sees. */
  readonly alive = this.output(UInt(this.unit.countBits));
  readonly blend = this.output(Bool());
  readonly rho = this.output(this.fields.rho);
  readonly guard = this.fields.guard.length === 0 ? null : this.output(this.fields.guard);
  readonly weight = this.output(this.fields.weight);

  override get doc(): string {
    return "Takes heads: registers, keys, rows.";
  }

  build(): void {
    const { payload } = this.head;
    const stages = this.instance(HeadStages, { keyBanks: this.params.keyBanks });
    const keys = atMostAll(payload.keys, this.params);
    stages.head.valid.set(this.head.valid);
    stages.bringsKeys?.set(keys.ne(0n));
    this.head.ready.set(stages.head.ready);
    const newKeys = this.head.fire();
    const newRows = stages.begins;
    const { rows, offset, ...registers } = this.registers(newKeys);

    const keysToTake = this.countdown(keys, newKeys, this.keyTaken);
    const keysToWrite = this.countdown(keys, newKeys, this.keyWritten);
    const rowsToTake = this.countdown(rows, newRows, this.rowTaken);
    const rowsToLeave = this.countdown(rows, newRows, this.rowDone);
    stages.written.set(keysToWrite.eq(0n));
    stages.left.set(rowsToLeave.eq(0n));
    this.newKeys.set(newKeys);
    this.newRows.set(newRows);
    this.takesKeys.set(stages.loads.and(keysToTake.ne(0n)));
    this.takesRows.set(stages.runs.and(rowsToTake.ne(0n)));
    this.busy?.set(stages.loads.or(stages.runs));
    this.loadBank?.set(stages.loadBank!);
    this.runBank?.set(stages.runBank!);
    this.filters(registers, offset, newRows);
  }

  /** What the word says, as it is needed when the head runs. */
  private registers(newKeys: Bool) {
    const { keys: _, ...fields } = this.fields;
    const { keys: __, ...word } = this.head.payload;
    const held = this.reg(fields, { reset: "none", enable: newKeys });
    drive(held, { ...word, nValid: atMostAll(word.nValid, this.params) });
    return held;
  }

  /** What the rounds see of a head's registers: with two banks a copy, for the next head's come while this one runs. */
  private filters(next: Hardware<Omit<HeadFields, "keys" | "rows" | "offset">>, offset: SInt, newRows: Bool): void {
    const { keys: _, rows: __, offset: ___, ...fields } = this.fields;
    let held = next;
    if (this.params.keyBanks === 2) {
      held = this.reg(fields, { reset: "none", enable: newRows });
      drive(held, next);
    }
    this.blend.set(held.blend);
    held.rho.forEach((rho, r) => this.rho[r]!.set(rho));
    held.guard.forEach((guard, r) => this.guard![r]!.set(guard));
    held.weight.forEach((weight, r) => this.weight[r]!.set(weight));
    this.alive.set(this.aliveKeys(held, offset, newRows));
  }

  /** Keys j < nValid, and where causal j <= i + offset: the first ones. */
  private aliveKeys({ nValid, causal }: { readonly nValid: UInt; readonly causal: Bool }, offset: SInt, newRows: Bool): UInt {
    // i + offset + 1: one bit more than either.
    const limit = this.reg(SInt(offsetBits + 1), { reset: "none" });
    when(this.rowIssued, () => limit.set(limit.addWrap(1n)));
    when(newRows, () => limit.set(offset.add(1n)));
    const isAll = causal.not().or(limit.ge(nValid.zext(nValid.width + 1).asSInt()));
    const isNone = limit.lt(0n);
    const some = limit.width > nValid.width ? limit.asUInt().trunc(nValid.width) : limit.asUInt().zext(nValid.width);
    return mux(isAll, nValid, mux(isNone, literal(nValid.type, 0n), some));
  }

  private countdown(from: UInt, loads: Bool, counts: Bool): UInt {
    const left = this.reg(from.type, { reset: "none" }) as UInt;
    countDown(left, from, loads, counts);
    return left;
  }
}

/** A number of keys, or n where it is more; the number itself where that cannot be, or has been checked. */
export function atMostAll(keys: UInt, { maxKeys, clampsKeys }: Pick<SpeculationParameters, "maxKeys" | "clampsKeys">): UInt {
  if (!clampsKeys || BigInt(maxKeys) === mask(keys.width)) return keys;
  return mux(keys.gt(BigInt(maxKeys)), literal(keys.type, BigInt(maxKeys)), keys);
}

