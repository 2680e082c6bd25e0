/** The registers of the accelerator in hardware, as the map has them. */

import { Bits, Bool, concat, type Hardware, literal, type Ports, switchOn, UInt, when } from "lapa";
import { AxiLiteSlave, axiLiteSlavePorts, passAxiLite } from "../lib/axi-lite-slave";
import { LibraryModule } from "../lib/library-module";
import { any } from "../lib/sums";
import { type Access, addressBits, type Field, fieldsWith, type Register, registerMap, type RegisterMapParameters } from "./register-map";

type Numbers = Readonly<Record<string, ReturnType<typeof UInt>>>;
type Switches = Readonly<Record<string, ReturnType<typeof Bool>>>;

/** The types of fields, by name. */
export function fieldTypes(fields: readonly Field[]): Numbers {
  return Object.fromEntries(fields.map((f) => [f.name, UInt(f.bits)]));
}

function switches(fields: readonly Field[]): Switches {
  return Object.fromEntries(fields.map((f) => [f.name, Bool()]));
}

/** What fields hold. */
interface Held {
  readonly held: Hardware<Numbers>;
  readonly flags: Hardware<Switches>;
  readonly pulses: Hardware<Switches>;
}

/**
 * AXI4-Lite slave with ports for every field: `written_<field>` is what a rw field holds, and `value_<field>` what a ro field
 * reads as. `pulse_<field>` is 1 for a cycle, in which rw fields hold already what the same write gave them. Of a w1c field,
 * `raise_<field>` sets it (and wins over a clear in the same cycle), `flag_<field>` is what it holds, and `cleared_<field>` is 1
 * as 1 is written to it. Signed fields are patterns here. Writing what is only read does nothing; an address without a
 * register answers SLVERR.
 */
export class Registers extends LibraryModule<RegisterMapParameters> {
  private readonly map = registerMap(this.params);
  private readonly bus = axiLiteSlavePorts(addressBits);
  readonly axil = { ...this.input(this.bus.in), ...this.output(this.bus.out) };
  readonly raise = this.input(switches(this.of("w1c")));
  readonly value = this.input(fieldTypes(this.of("ro")));
  readonly written = this.output(fieldTypes(this.of("rw")));
  readonly pulse = this.output(switches(this.of("pulse")));
  readonly flag = this.output(switches(this.of("w1c")));
  readonly cleared = this.output(switches(this.of("w1c")));

  override get doc(): string {
    return "The registers, on AXI4-Lite; docs/registers.md lists them.";
  }

  build(): void {
    const slave = this.instance(AxiLiteSlave, { addressBits });
    passAxiLite(this.axil, slave.axil, this.bus);
    const held = this.reg(fieldTypes(this.of("rw")), { reset: Object.fromEntries(this.of("rw").map((f) => [f.name, f.reset])) });
    const flags = this.reg(switches(this.of("w1c")), { reset: 0n });
    const pulses = this.reg(switches(this.of("pulse")), { reset: 0n });
    this.write(slave, { held, flags, pulses });
    for (const { name } of this.of("pulse")) this.pulse[name]!.set(pulses[name]!);
    for (const { name } of this.of("rw")) this.written[name]!.set(held[name]!);
    for (const { name } of this.of("w1c")) {
      when(this.raise[name]!, () => flags[name]!.set(1n));
      this.flag[name]!.set(flags[name]!);
    }
    this.read(slave, { held, flags, pulses });
  }

  private of(...access: readonly Access[]): readonly Field[] {
    return fieldsWith(this.map, ...access);
  }

  /** What writes do. */
  private write(slave: Ports<AxiLiteSlave>, { held, flags, pulses }: Held): void {
    slave.writeExists.set(this.exists(slave.writeWord));
    const ones = slave.writeData.and(slave.writeMask);
    const kept = slave.writeMask.not();
    const written = this.map.filter((r) => fieldsWith([r], "rw", "w1c", "pulse").length > 0);
    const writes = Object.fromEntries(written.map((r) => [r.name.toLowerCase(), slave.write.and(slave.writeWord.eq(wordOf(r)))]));
    for (const register of written) {
      const isWritten = writes[register.name.toLowerCase()]!;
      for (const { name, low, bits, access } of register.fields) {
        const part = (word: Bits): Bits => word.bits(low + bits - 1, low);
        if (access === "pulse") pulses[name]!.set(isWritten.and(part(ones).orR()));
        if (access === "w1c") {
          this.cleared[name]!.set(isWritten.and(part(ones).orR()));
          when(this.cleared[name]!, () => flags[name]!.set(0n));
        }
        if (access === "rw") when(isWritten, () => held[name]!.set(held[name]!.asBits().and(part(kept)).or(part(ones)).asUInt()));
      }
    }
  }

  private read(slave: Ports<AxiLiteSlave>, state: Held): void {
    slave.readExists.set(this.exists(slave.readWord));
    const cases = switchOn(slave.readWord);
    for (const register of this.map) cases.is(wordOf(register), () => slave.readData.set(this.contentOf(register, state)));
    cases.otherwise(() => slave.readData.set(0n));
  }

  /** Whether there is a register at a word: in one of the ranges without a gap. */
  private exists(word: UInt): Bool {
    const words = this.map.map(wordOf);
    const firsts = words.filter((w) => !words.includes(w - 1n));
    const lasts = words.filter((w) => !words.includes(w + 1n));
    return any(firsts.map((first, i) => (first === 0n ? word.le(lasts[i]!) : word.ge(first).and(word.le(lasts[i]!)))));
  }

  /** All 32 bits of a register, 0 where it has no field. */
  private contentOf({ fields }: Register, state: Held): Bits {
    const parts: Bits[] = [];
    let next = 0;
    for (const field of fields) {
      if (field.low > next) parts.push(literal(Bits(field.low - next), 0n));
      parts.push(this.fieldContent(field, state));
      next = field.low + field.bits;
    }
    if (next < 32) parts.push(literal(Bits(32 - next), 0n));
    const [first, ...rest] = parts.reverse();
    return concat(first!, ...rest);
  }

  private fieldContent({ name, bits, access, reset }: Field, { held, flags }: Held): Bits {
    switch (access) {
      case "constant": return literal(Bits(bits), reset);
      case "ro": return this.value[name]!.asBits();
      case "rw": return held[name]!.asBits();
      case "w1c": return flags[name]!.asBits();
      case "pulse": return literal(Bits(bits), 0n);
    }
  }
}

const wordOf = ({ address }: Register): bigint => BigInt(address / 4);
