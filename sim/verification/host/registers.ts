/** What a host may do to registers without starting anything: all that they hold, strobes, places where nothing is. */

import type { Register } from "../../../generator/lapa/register-map";
import type { HostSession } from "../../driver/session";
import type { Exchange } from "../../vectors/host-script";
import type { Random } from "../random";
import type { Extent } from "./extent";
import { RegisterModel, resetValue } from "./register-model";

const everyBit = 0xffffffff;
const addressSpace = 4096;
const slaveError = 2;

/** Reads every register; nothing has happened yet. */
export function resetValues({ map, script }: HostSession): void {
  script.say(...map.map((r): Exchange => ({
    label: `read ${r.name} after reset`, op: "read", address: r.address, data: 0, mask: everyBit, reply: { response: 0, data: resetValue(r) },
  })));
}

/**
 * Writes every register that holds anything: a number of its own, its complement, then byte by byte; all are read back when all
 * are written, so that none takes what was meant for another. Neighbouring accesses overlap, and data comes before addresses.
 */
export function readBack(session: HostSession, random: Random, extent: Extent): void {
  const { map, script } = session;
  const model = new RegisterModel(map);
  const { writable } = model;
  const control = writable.find((r) => r.name === "CONTROL");
  // Neither a start nor a reset.
  const quiet = (r: Register, data: number): number => (r === control ? (data & ~3) >>> 0 : data);
  const anything = (): number => (random.below(2 ** 16) * 2 ** 16 + random.below(2 ** 16)) >>> 0;
  const readAll = (): void => script.say(...writable.map((r, i) => ({ ...model.read(r), overlaps: i % 3 !== 0 })));
  const writeAll = (data: (r: Register) => number, strobes: number): void =>
    script.say(...writable.map((r, i) => ({ ...model.write(r, quiet(r, data(r)), strobes), overlaps: i % 4 !== 0, early: i % 5 === 2 })));
  const complement = (r: Register): number => ~model.value(r) >>> 0;
  writeAll(anything, 15);
  readAll();
  for (const strobes of extent === "some" ? [15] : [15, 1, 2, 4, 8]) {
    writeAll(complement, strobes);
    readAll();
  }
  const [first] = writable.filter((r) => r !== control);
  for (let strobes = 0; strobes < 16; strobes++) script.say(model.write(first, complement(first), strobes), model.read(first));
  writeWhileReading(session, model, random);
  // As after reset: nothing is expected of registers that a head does not look at.
  writeAll(resetValue, 15);
  readAll();
}

/** A write and a read of different registers at the same time. */
function writeWhileReading({ script }: HostSession, model: RegisterModel, random: Random): void {
  const writable = model.writable.filter((r) => r.name !== "CONTROL");
  writable.forEach((register, i) => {
    const other = writable[(i + 1 + random.below(writable.length - 1)) % writable.length];
    script.say(model.read(other), { ...model.write(register, ~model.value(register) >>> 0), overlaps: true }, model.read(register), { ...model.read(other), overlaps: true });
  });
}

/** Writes what is only read, and where nothing is: neither does anything, and the latter is an error. */
export function holes({ map, script }: HostSession): void {
  const there = new Set(map.map((r) => r.address));
  const around = [...there].flatMap((address) => [address - 4, address + 4]);
  const empty = [...new Set([...around, addressSpace - 4, addressSpace / 2])].filter((a) => a >= 0 && a < addressSpace && !there.has(a)).sort((a, b) => a - b);
  for (const address of empty) {
    const label = `nothing at ${address}`;
    script.say(
      { label: `write ${label}`, op: "write", address, data: everyBit, mask: 15, reply: { response: slaveError, data: 0 } },
      { label: `read ${label}`, op: "read", address, data: 0, mask: everyBit, reply: { response: slaveError, data: 0 } },
    );
  }
  // An answer that waits is not that of the address behind it, which is there, or is not.
  const nothing: Exchange = { label: "read where nothing is", op: "read", address: empty[0], data: 0, mask: everyBit, reply: { response: slaveError, data: 0 } };
  const magic: Exchange = { label: `read ${map[0].name}`, op: "read", address: map[0].address, data: 0, mask: everyBit, reply: { response: 0, data: resetValue(map[0]) } };
  for (let i = 0; i < 6; i++) script.say({ ...nothing, overlaps: i > 0 }, { ...magic, overlaps: true });
  const constants = map.filter((r) => r.fields.every((f) => f.access === "constant" || f.access === "ro"));
  for (const r of constants) script.say({ label: `write ${r.name}, which is only read`, op: "write", address: r.address, data: everyBit, mask: 15, reply: { response: 0, data: 0 } });
  for (const r of constants.filter((c) => c.fields.every((f) => f.access === "constant"))) {
    // The two lowest bits of an address do not count.
    for (const byte of [0, 3]) script.say({ label: `read ${r.name}`, op: "read", address: r.address + byte, data: 0, mask: everyBit, reply: { response: 0, data: resetValue(r) } });
  }
}
