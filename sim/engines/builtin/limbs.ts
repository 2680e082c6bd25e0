/**
 * How a value of any width lies in memory: little-endian 32-bit limbs, one element of an Int32Array each.
 *
 * Every limb but the last holds 32 bits. The last is canonical: its unused high bits repeat the sign bit of a signed
 * value and are 0 for an unsigned one, so that narrow values are plain JavaScript integers. A full limb of an
 * unsigned value reads as a negative number when its bit 31 is set; whoever compares it uses `>>> 0` first.
 *
 * What runs every cycle, here and in runtime.ts and memory.ts, looks up no global such as Math: under a test runner,
 * where globals are intercepted, that costs twenty times all the rest.
 */

/** Type of a value; `width` is 1 or more. */
export interface Shape {
  readonly width: number;
  readonly signed: boolean;
}

export const limbCount = (width: number): number => (width + 31) >>> 5;

/** Bits in limb `i` of a value of `width` bits: 1 .. 32. */
export const limbWidth = (width: number, i: number): number => (width - 32 * i < 32 ? width - 32 * i : 32);

/** The low `width` (1 .. 32) bits of `limb` in canonical form. */
export function canonical(limb: number, width: number, signed: boolean): number {
  const unused = 32 - width;
  return signed || unused === 0 ? (limb << unused) >> unused : ((limb << unused) >>> unused) | 0;
}

/** Limb `i` of the bit pattern of `value`, canonical for `shape`. */
export function limbOf(value: bigint, shape: Shape, i: number): number {
  return canonical(Number(BigInt.asIntN(32, value >> BigInt(32 * i))), limbWidth(shape.width, i), shape.signed);
}

/** The value held at `at` in `store`: its bit pattern, never negative. */
export function readPattern(store: Int32Array, at: number, shape: Shape): bigint {
  let value = 0n;
  for (let i = limbCount(shape.width) - 1; i >= 0; i--) value = (value << 32n) | BigInt(store[at + i]! >>> 0);
  return BigInt.asUintN(shape.width, value);
}

/** Stores the bit pattern of `value` at `at`. */
export function writeValue(store: Int32Array, at: number, shape: Shape, value: bigint): void {
  for (let i = 0; i < limbCount(shape.width); i++) store[at + i] = limbOf(value, shape, i);
}

/** Bits `bit .. bit + 31` of the words that start at `words[at]`, without reading at or past `words[end]`. */
function bitsAt(words: Uint32Array, at: number, end: number, bit: number): number {
  const i = at + (bit >>> 5);
  const shift = bit & 31;
  const low = words[i]! >>> shift;
  return shift === 0 || i + 1 >= end ? low | 0 : low | (words[i + 1]! << (32 - shift));
}

/** A run of bits in an array of words: `shape.width` bits from bit `bit` of the word that starts at `words[at]`. */
export interface BitRun {
  readonly words: Uint32Array;
  readonly at: number;
  readonly bit: number;
}

/** Copies a run of bits into `store` at `index`, canonical for `shape`. */
export function loadBits(store: Int32Array, index: number, shape: Shape, from: BitRun): void {
  const end = from.at + limbCount(from.bit + shape.width);
  for (let i = 0; i < limbCount(shape.width); i++) {
    const limb = bitsAt(from.words, from.at, end, from.bit + 32 * i);
    store[index + i] = canonical(limb, limbWidth(shape.width, i), shape.signed);
  }
}

/** Whether the value at `index` of `store` has the bits of `expected`. */
export function equalBits(store: Int32Array, index: number, shape: Shape, expected: BitRun): boolean {
  const end = expected.at + limbCount(expected.bit + shape.width);
  for (let i = 0; i < limbCount(shape.width); i++) {
    const limb = bitsAt(expected.words, expected.at, end, expected.bit + 32 * i);
    if (store[index + i] !== canonical(limb, limbWidth(shape.width, i), shape.signed)) return false;
  }
  return true;
}
