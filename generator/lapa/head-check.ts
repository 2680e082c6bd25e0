/** Whether the registers of a head are what the accelerator can do. */

import { Bool, literal, mux, UInt } from "lapa";
import { LibraryModule } from "../lib/library-module";
import { any } from "../lib/sums";
import { codeOf, startErrors, type StartErrorName } from "./error-codes";
import { type Field, fieldsWith, registerMap, type RegisterMapParameters } from "./register-map";
import { fieldTypes } from "./registers";

/** Bits of an error's code. */
export const codeBits = 8;

/** The fields that are a head's: all that can be written, but for the interrupt's. */
export function headRegisterFields(params: RegisterMapParameters): readonly Field[] {
  return fieldsWith(registerMap(params), "rw").filter((f) => f.name !== "irq_enable");
}

/** Compares registers with the ranges of the map and with each other. Combinational; the lowest code of what is wrong, or 0. */
export class HeadCheck extends LibraryModule<RegisterMapParameters> {
  private readonly checked = headRegisterFields(this.params).filter((f) => f.allowed !== null);
  readonly written = this.input({ ...fieldTypes(this.checked), load: UInt(1) });
  /** No head can be taken. */
  readonly busy = this.input(Bool());
  /** How many keys were loaded last. */
  readonly loaded = this.input(UInt(32));
  readonly fault = this.output(Bool());
  readonly code = this.output(UInt(codeBits));

  override get doc(): string {
    return "Checks the registers of a head.";
  }

  build(): void {
    const written: Readonly<Record<string, UInt>> = this.written;
    const faults = new Map<StartErrorName, Bool[]>([["start_busy", [this.busy]]]);
    const add = (error: StartErrorName, fault: Bool): void => void faults.set(error, [...faults.get(error) ?? [], fault]);
    for (const { name, bits, signed, allowed } of this.checked) {
      const { min, max, error } = allowed!;
      const value = signed ? written[name]!.asSInt() : written[name]!;
      const [lowest, highest] = signed ? [-(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n] : [0n, (1n << BigInt(bits)) - 1n];
      if (min > lowest) add(error, value.lt(min));
      if (max < highest) add(error, value.gt(max));
    }
    add("n_valid", written["n_valid"]!.gt(written["keys"]!));
    add("not_loaded", written["load"]!.asBool().not().and(written["keys"]!.ne(this.loaded)));

    const found = startErrors.flatMap(({ name }) => (faults.has(name) ? [{ name, isFound: any(faults.get(name)!) }] : []));
    const none = literal(UInt(codeBits), 0n);
    const code = found.reduceRight((rest, { name, isFound }) => mux(isFound, literal(none.type, BigInt(codeOf(name))), rest), none);
    this.code.set(code);
    this.fault.set(any(found.map((f) => f.isFound)));
  }
}
