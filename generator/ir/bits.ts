/** Exact helpers on widths and bit patterns. Everything is bigint: no value passes through 32-bit operators. */

import type { Hex } from "./types";

/** Bits needed for the unsigned value (0 needs 1). @throws RangeError when it is negative. */
export function unsignedWidth(value: bigint): number {
  if (value < 0n) throw new RangeError(`unsignedWidth: ${value} is negative`);
  return value === 0n ? 1 : value.toString(2).length;
}

/** Bits needed for the value in two's complement, sign bit included (0 and -1 need 1). */
export function signedWidth(value: bigint): number {
  return value < 0n ? (value === -1n ? 1 : unsignedWidth(-value - 1n) + 1) : (value === 0n ? 1 : unsignedWidth(value) + 1);
}

/** ceil(log2(n)) for n >= 1: the address bits of n items; 0 for n = 1. */
export function log2Ceil(n: number): number {
  if (!Number.isSafeInteger(n) || n < 1) throw new RangeError(`log2Ceil: ${n} is not a positive integer`);
  return n === 1 ? 0 : unsignedWidth(BigInt(n - 1));
}

/** 2^width - 1. */
export function mask(width: number): bigint {
  return (1n << BigInt(width)) - 1n;
}

/** The bit pattern of `value` in `width` bits (two's complement, wrapped). */
export function toHex(value: bigint, width: number): Hex {
  return "0x" + BigInt.asUintN(width, value).toString(16);
}

/** The value of a bit pattern read as unsigned or two's complement. */
export function fromHex(hex: Hex, width: number, signed: boolean): bigint {
  const raw = BigInt(hex);
  return signed ? BigInt.asIntN(width, raw) : raw;
}

/** Whether `value` can be held in `width` bits of the given sign. */
export function fits(value: bigint, width: number, signed: boolean): boolean {
  return signed ? BigInt.asIntN(width, value) === value : BigInt.asUintN(width, value) === value;
}

/** The runs of ones in a pattern, from the top: 0b1101 has bits 3 to 2, and bit 0. */
export function runsOfOnes(bits: bigint): { readonly hi: number; readonly lo: number }[] {
  const text = bits.toString(2);
  return [...text.matchAll(/1+/g)].map((run) => {
    const hi = text.length - 1 - run.index;
    return { hi, lo: hi - run[0].length + 1 };
  });
}
