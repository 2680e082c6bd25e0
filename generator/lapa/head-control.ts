/** Takes one head after the other: its registers, its keys, its rows. */

import { Bool, Enum, literal, mux, SInt, switchOn, UInt, Vec, when } from "lapa";
import { LibraryModule } from "../lib/library-module";
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

const State = Enum("State", "idle", "load", "run");

/**
 * A head is taken when the one before has left the filters. Then its keys are taken, `keys` of them (none: those of the head
 * before stay), then its rows. Numbers of keys above n are taken as n.
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
  readonly newHead = this.output(Bool());
  readonly takesKeys = this.output(Bool());
  readonly takesRows = this.output(Bool());
  readonly busy = this.output(Bool());
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
    const registers = this.registers();
    const { payload } = this.head;
    const state = this.reg(State, { reset: State.idle });
    const newHead = this.head.fire();
    const keys = this.atMostAll(payload.keys);
    const keysToTake = this.countdown(keys, newHead, this.keyTaken);
    const keysToWrite = this.countdown(keys, newHead, this.keyWritten);
    const rowsToTake = this.countdown(payload.rows, newHead, this.rowTaken);
    const rowsToLeave = this.countdown(payload.rows, newHead, this.rowDone);
    switchOn(state)
      .is(State.idle, () => when(this.head.valid, () => state.set(State.load)))
      .is(State.load, () => when(keysToWrite.eq(0n), () => state.set(State.run)))
      .is(State.run, () => when(rowsToLeave.eq(0n), () => state.set(State.idle)))
      .otherwise(() => state.set(State.idle));
    this.head.ready.set(state.eq(State.idle));
    this.newHead.set(newHead);
    this.busy.set(state.ne(State.idle));
    this.takesKeys.set(state.eq(State.load).and(keysToTake.ne(0n)));
    this.takesRows.set(state.eq(State.run).and(rowsToTake.ne(0n)));
    this.alive.set(this.aliveKeys(registers, newHead));
  }

  /** The head's registers, as far as the rounds see them. */
  private registers() {
    const { payload } = this.head;
    const fields = { nValid: payload.nValid.type, causal: Bool(), blend: Bool(), rho: this.fields.rho, guard: this.fields.guard, weight: this.fields.weight };
    const held = this.reg(fields, { reset: "none", enable: this.head.fire() });
    held.nValid.set(this.atMostAll(payload.nValid));
    held.causal.set(payload.causal);
    held.blend.set(payload.blend);
    this.blend.set(held.blend);
    payload.rho.forEach((rho, r) => {
      held.rho[r]!.set(rho);
      this.rho[r]!.set(held.rho[r]!);
    });
    payload.guard.forEach((guard, r) => {
      held.guard[r]!.set(guard);
      this.guard![r]!.set(held.guard[r]!);
    });
    payload.weight.forEach((weight, r) => {
      held.weight[r]!.set(weight);
      this.weight[r]!.set(held.weight[r]!);
    });
    return held;
  }

  /** Keys j < nValid, and where causal j <= i + offset: the first ones. */
  private aliveKeys({ nValid, causal }: { readonly nValid: UInt; readonly causal: Bool }, newHead: Bool): UInt {
    // i + offset + 1: one bit more than either.
    const limit = this.reg(SInt(offsetBits + 1), { reset: "none" });
    when(this.rowIssued, () => limit.set(limit.addWrap(1n)));
    when(newHead, () => limit.set(this.head.payload.offset.add(1n)));
    const isAll = causal.not().or(limit.ge(nValid.zext(nValid.width + 1).asSInt()));
    const isNone = limit.lt(0n);
    const some = limit.width > nValid.width ? limit.asUInt().trunc(nValid.width) : limit.asUInt().zext(nValid.width);
    return mux(isAll, nValid, mux(isNone, literal(nValid.type, 0n), some));
  }

  private countdown(from: UInt, loads: Bool, counts: Bool): UInt {
    const left = this.reg(from.type, { reset: 0n }) as UInt;
    when(counts, () => left.set(left.subWrap(1n)));
    when(loads, () => left.set(from));
    return left;
  }

  private atMostAll(keys: UInt): UInt {
    const { maxKeys } = this.params;
    if (BigInt(maxKeys) === (1n << BigInt(keys.width)) - 1n) return keys;
    return mux(keys.gt(BigInt(maxKeys)), literal(keys.type, BigInt(maxKeys)), keys);
  }
}

