/** What registers hold that were written, byte by byte. */

import type { Register } from "../../../generator/lapa/register-map";
import type { RegisterMap } from "../../driver/registers";
import type { Exchange } from "../../vectors/host-script";

const everyByte = 15;

/** The bits of a register that hold what is written. */
export function writableMask({ fields }: Register): number {
  return fields.filter((f) => f.access === "rw").reduce((mask, { low, bits }) => (mask | (2 ** bits - 1) * 2 ** low) >>> 0, 0);
}

export class RegisterModel {
  private readonly held: Map<string, number>;
  readonly writable: readonly Register[];

  /** After reset. */
  constructor(map: RegisterMap) {
    this.writable = map.filter((r) => writableMask(r) !== 0);
    this.held = new Map(this.writable.map((r) => [r.name, resetValue(r)]));
  }

  /** Writes some bytes of a register; writing none of them does nothing. @param data whose pulses act, too. */
  write(register: Register, data: number, strobes = everyByte): Exchange {
    const lanes = [0, 1, 2, 3].reduce((mask, byte) => (((strobes >> byte) & 1) === 1 ? (mask | (0xff << (8 * byte))) >>> 0 : mask), 0);
    const mask = (writableMask(register) & lanes) >>> 0;
    this.held.set(register.name, ((this.value(register) & ~mask) | (data & mask)) >>> 0);
    return { label: `write ${register.name}, strobes ${strobes}`, op: "write", address: register.address, data, mask: strobes, reply: { response: 0, data: 0 } };
  }

  /** All 32 bits: those that nothing is written to are 0 in these registers. */
  read(register: Register): Exchange {
    return { label: `read ${register.name}`, op: "read", address: register.address, data: 0, mask: 0xffffffff, reply: { response: 0, data: this.value(register) } };
  }

  value({ name }: Register): number {
    return this.held.get(name) ?? 0;
  }
}

/** What a register reads as after reset: of what the hardware says 0, like everything that has not happened. */
export function resetValue({ fields }: Register): number {
  return Number(fields.reduce((word, { reset, low, bits }) => word | (BigInt.asUintN(bits, reset) << BigInt(low)), 0n));
}
