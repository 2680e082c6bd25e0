/** What of the accelerator's registers and bus a host has exercised. */

import { errorCodes } from "../../../generator/lapa/error-codes";
import { type Field, fieldsWith } from "../../../generator/lapa/register-map";
import type { RegisterMap } from "../../driver/registers";
import { type Exchange, type Tensor, tensors } from "../../vectors/host-script";
import type { Coverage } from "../coverage";
import { possibleFaults } from "./faulty-packets";
import { kinds, resetPlaces } from "./points";

const overlapKinds = ["write, write", "read, read", "read, write", "data before its address"] as const;

/** Everything that a host could do to this map. @param packets bytes of each tensor's packet, on which it depends which faults it can have. */
export function declareHost(coverage: Coverage, map: RegisterMap, packets: Readonly<Record<Tensor, number>>, beatBytes: number): void {
  coverage.declare(kinds.codes, errorCodes.map((e) => e.name));
  coverage.declare(kinds.reads, map.map((r) => r.name));
  coverage.declare(kinds.bits, fieldsWith(map, "rw").flatMap(bitPoints));
  coverage.declare(kinds.strobes, Array.from({ length: 16 }, (_, i) => i));
  coverage.declare(kinds.overlaps, overlapKinds);
  coverage.declare(kinds.interrupt, ["waited for", "level 0", "level 1"]);
  coverage.declare(kinds.packets, tensors.flatMap((name) => possibleFaults(packets[name], beatBytes).map((fault) => `${fault} of ${name}`)));
  coverage.declare(kinds.resets, resetPlaces);
  coverage.declare(kinds.pauses, [...tensors, "outputs"]);
}

const bitPoints = ({ name, bits }: Field): string[] => Array.from({ length: bits }, (_, i) => [0, 1].map((value) => bitPoint(name, i, value))).flat();
const bitPoint = (name: string, bit: number, value: number): string => `${name}[${bit}] = ${value}`;

/** What accesses have exercised, as far as each is known by itself. */
export function hitAccesses(coverage: Coverage, map: RegisterMap, exchanges: readonly Exchange[]): void {
  for (const exchange of exchanges) {
    const { op, mask, early, reply: { response, data } } = exchange;
    if (op === "write") coverage.hit(kinds.strobes, mask);
    if (early === true) coverage.hit(kinds.overlaps, "data before its address");
    if (op === "wait") coverage.hit(kinds.interrupt, "waited for");
    if (op === "level") coverage.hit(kinds.interrupt, `level ${data}`);
    if (op === "read" && response === 0) hitRead(coverage, map, exchange);
  }
}

function hitRead(coverage: Coverage, map: RegisterMap, { address, mask, reply: { data } }: Exchange): void {
  const register = map.find((r) => r.address === address - (address % 4));
  if (register === undefined) return;
  coverage.hit(kinds.reads, register.name);
  const seen = (low: number): boolean => Math.floor(mask / 2 ** low) % 2 === 1;
  const bit = (low: number): number => Math.floor(data / 2 ** low) % 2;
  for (const field of register.fields) {
    if (field.access === "rw") for (let i = 0; i < field.bits; i++) if (seen(field.low + i)) coverage.hit(kinds.bits, bitPoint(field.name, i, bit(field.low + i)));
    if (field.name !== "error_code" && field.name !== "start_code") continue;
    const code = seen(field.low) ? Math.floor(data / 2 ** field.low) % 2 ** field.bits : 0;
    const found = errorCodes.find((e) => e.code === code);
    if (found !== undefined) coverage.hit(kinds.codes, found.name);
  }
}

/** Which kinds of accesses overlap with the one before. @param exchanges in the order in which they are said. */
export function hitOverlaps(coverage: Coverage, exchanges: readonly Exchange[]): void {
  exchanges.forEach(({ op, overlaps }, i) => {
    if (overlaps !== true || i === 0) return;
    const both = [exchanges[i - 1].op, op].map((o) => (o === "write" ? o : "read"));
    coverage.hit(kinds.overlaps, both.sort().join(", "));
  });
}
