/** Accesses to the accelerator's registers by the names of registers and fields; the map has their places. */

import type { Register } from "../../generator/lapa/register-map";
import type { Exchange } from "../vectors/host-script";

export type RegisterMap = readonly Register[];
/** By the field's name. */
export type FieldValues = Readonly<Record<string, number>>;

const okay = 0;
const everyByte = 15;

/** Writes a register; fields that are not named become 0. @throws RangeError for a name that the map has not, or a value that does not fit. */
export function write(map: RegisterMap, register: string, fields: FieldValues): Exchange {
  const { address, data } = placed(map, register, fields);
  return { label: `write ${register}`, op: "write", address, data, mask: everyByte, reply: { response: okay, data: 0 } };
}

/** Reads a register whose fields have to be these; others may be anything. @throws as `write` does. */
export function read(map: RegisterMap, register: string, fields: FieldValues): Exchange {
  const { address, data, mask } = placed(map, register, fields);
  return { label: `read ${register}`, op: "read", address, data: 0, mask, reply: { response: okay, data } };
}

/** Reads a register until its fields are these. @throws as `write` does. */
export function poll(map: RegisterMap, register: string, fields: FieldValues): Exchange {
  const { address, data, mask } = placed(map, register, fields);
  return { label: `poll ${register}`, op: "poll", address, data, mask, reply: { response: okay, data } };
}

/** Waits until the interrupt is raised. */
export const interrupt: Exchange = { label: "wait for the interrupt", op: "wait", address: 0, data: 0, mask: 0, reply: { response: okay, data: 0 } };

/** What the interrupt is now, 0 or 1. */
export function interruptLevel(level: 0 | 1): Exchange {
  return { label: `the interrupt is ${level}`, op: "level", address: 0, data: 0, mask: 0, reply: { response: okay, data: level } };
}

/** A register's address, what its fields make together, and the bits that they have. */
function placed(map: RegisterMap, register: string, values: FieldValues): { readonly address: number; readonly data: number; readonly mask: number } {
  const found = map.find((r) => r.name === register);
  if (found === undefined) throw new RangeError(`there is no register ${register}`);
  let [data, mask] = [0n, 0n];
  for (const [name, value] of Object.entries(values)) {
    const field = found.fields.find((f) => f.name === name);
    if (field === undefined) throw new RangeError(`${register} has no field ${name}`);
    const pattern = BigInt.asUintN(field.bits, BigInt(value));
    if ((field.signed ? BigInt.asIntN(field.bits, pattern) : pattern) !== BigInt(value)) throw new RangeError(`${value} does not fit ${name}, ${field.bits} bits`);
    data |= pattern << BigInt(field.low);
    mask |= ((1n << BigInt(field.bits)) - 1n) << BigInt(field.low);
  }
  return { address: found.address, data: Number(data), mask: Number(mask) };
}
