/** Counts what a head costs. */

import { Bool, literal, UInt, when } from "lapa";
import { LibraryModule } from "../lib/library-module";
import { fieldsWith, registerMap, type RegisterMapParameters } from "./register-map";
import { fieldTypes } from "./registers";
import { speculationFormat } from "./speculation-format";

/** From the start of a head while none is in flight to the next such start, in cycles in which `running` is 1. Ports are called after the registers' fields. */
export class Counters extends LibraryModule<RegisterMapParameters> {
  private readonly unit = speculationFormat(this.params);
  /** A head starts, and none is in flight: all counters are 0 in the next cycle. */
  readonly start = this.input(Bool());
  /** A head is in flight. */
  readonly running = this.input(Bool());
  readonly active = this.input(Bool());
  readonly inputStalled = this.input(Bool());
  readonly outputStalled = this.input(Bool());
  readonly rowDone = this.input(Bool());
  /** A row has left a round, with so many keys. */
  readonly survived = this.unit.rounds.map(() => this.input({ valid: Bool(), count: UInt(this.unit.countBits) }));
  readonly value = this.output(fieldTypes(fieldsWith(registerMap(this.params), "ro").filter((f) => !["busy", "pending", "error_code", "start_code", "heads_done"].includes(f.name))));

  override get doc(): string {
    return "Counts what a head costs.";
  }

  build(): void {
    const cycles = this.counted(64, literal(Bool(), 1n));
    const active = this.counted(64, this.active);
    const inputStalls = this.counted(32, this.inputStalled);
    const outputStalls = this.counted(32, this.outputStalled);
    const rows = this.counted(32, this.rowDone);
    const survivors = this.survived.map(({ valid, count }) => this.counted(32, valid, count));
    this.pair("cycles", cycles);
    this.pair("pe_active", active);
    this.value["input_stalls"]!.set(inputStalls);
    this.value["output_stalls"]!.set(outputStalls);
    this.value["rows_done"]!.set(rows);
    survivors.forEach((count, r) => this.value[`survivors_${r}`]!.set(count));
  }

  private pair(name: string, count: UInt): void {
    this.value[`${name}_lo`]!.set(count.trunc(32));
    this.value[`${name}_hi`]!.set(count.bits(63, 32).asUInt());
  }

  private counted(bits: number, counts: Bool, by?: UInt): UInt {
    const count = this.reg(UInt(bits), { reset: 0n });
    // After a soft reset the core still works, and no head is in flight.
    when(counts.and(this.running), () => count.set(by === undefined ? count.addWrap(1n) : count.addWrap(by.zext(bits))));
    when(this.start, () => count.set(0n));
    return count;
  }
}
