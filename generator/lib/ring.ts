import { literal, mux, type UInt } from "lapa";

/** The next of `depth` addresses, around the end. */
export function following(address: UInt, depth: number): UInt {
  if (depth === 2 ** address.width) return address.addWrap(1n);
  return mux(address.eq(BigInt(depth - 1)), literal(address.type, 0n), address.addWrap(1n));
}
