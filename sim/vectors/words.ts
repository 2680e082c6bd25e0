/** Words of a channel: building them from fields, reading fields back, and their hexadecimal form. */

import type { Channel, Field } from "./vectors";

/** Equal lanes that share one wide field: lane i sits at bits [i * bits +: bits]. */
export interface Lanes {
  readonly values: ArrayLike<number>;
  /** 1 .. 32. */
  readonly bits: number;
  readonly signed: boolean;
}

/** What a field is given: one number, or the lanes it is made of. A signed field takes its value, not its pattern. */
export type FieldValue = number | bigint | Lanes;

/** Lanes for one field. @throws RangeError when `bits` is not 1 .. 32. */
export function packLanes(values: ArrayLike<number>, bits: number, signed: boolean): Lanes {
  if (!Number.isInteger(bits) || bits < 1 || bits > 32) throw new RangeError(`a lane has 1 to 32 bits, not ${bits}`);
  return { values, bits, signed };
}

/** Collects the words of one channel, in a buffer that doubles as it fills. */
export class ChannelBuilder {
  readonly width: number;
  readonly limbs: number;
  private data: Uint32Array;
  private words = 0;

  /** @param fields the first one sits in the least significant bits. @throws RangeError for a width below 1. */
  constructor(readonly name: string, readonly direction: Channel["direction"], readonly fields: readonly Field[]) {
    for (const f of fields) {
      if (!Number.isInteger(f.width) || f.width < 1) throw new RangeError(`field ${f.name} of ${name} has width ${f.width}`);
    }
    this.width = fields.reduce((sum, f) => sum + f.width, 0);
    this.limbs = Math.ceil(this.width / 32);
    this.data = new Uint32Array(64 * this.limbs);
  }

  get count(): number {
    return this.words;
  }

  /**
   * Appends a word.
   * @param values one a field, in the order of the fields.
   * @throws RangeError when a value does not fit its field (nothing is appended then), or their number is wrong.
   */
  push(values: readonly FieldValue[]): void {
    if (values.length !== this.fields.length) {
      throw new RangeError(`${this.name}: ${values.length} values for ${this.fields.length} fields`);
    }
    values.forEach((value, i) => this.check(value, this.fields[i]));
    if ((this.words + 1) * this.limbs > this.data.length) this.grow();
    let bit = this.words * this.limbs * 32;
    values.forEach((value, i) => {
      this.put(value, this.fields[i].width, bit);
      bit += this.fields[i].width;
    });
    this.words++;
  }

  /** The words so far; pushing more does not change a channel already built. */
  build(): Channel {
    const { name, direction, fields, width, limbs, words: count } = this;
    return { name, direction, fields, width, limbs, count, data: this.data.slice(0, count * limbs) };
  }

  private check(value: FieldValue, field: Field): void {
    const where = `${this.name}.${field.name}`;
    if (typeof value !== "object") {
      const [low, high] = field.signed
        ? [-(1n << BigInt(field.width - 1)), (1n << BigInt(field.width - 1)) - 1n]
        : [0n, (1n << BigInt(field.width)) - 1n];
      const whole = typeof value === "bigint" || Number.isSafeInteger(value);
      // A bigint and a number compare by exact value.
      if (!whole || value < low || value > high) throw new RangeError(`${where}: ${value} does not fit ${low} .. ${high}`);
      return;
    }
    const { values, bits, signed } = value;
    if (values.length * bits !== field.width) {
      throw new RangeError(`${where}: ${values.length} lanes of ${bits} bits do not make ${field.width} bits`);
    }
    const low = signed ? -(2 ** (bits - 1)) : 0;
    const high = low + 2 ** bits - 1;
    for (let i = 0; i < values.length; i++) {
      const v = values[i];
      if (!Number.isInteger(v) || v < low || v > high) {
        throw new RangeError(`${where}: lane ${i}: ${v} does not fit ${low} .. ${high}`);
      }
    }
  }

  private put(value: FieldValue, width: number, bit: number): void {
    if (typeof value === "object") {
      for (let i = 0; i < value.values.length; i++) this.putBits(value.values[i], value.bits, bit + i * value.bits);
    } else if (typeof value === "number" && width <= 32) {
      this.putBits(value, width, bit);
    } else {
      const pattern = BigInt.asUintN(width, BigInt(value));
      for (let at = 0; at < width; at += 32) {
        this.putBits(Number(BigInt.asUintN(32, pattern >> BigInt(at))), Math.min(32, width - at), bit + at);
      }
    }
  }

  /** Writes 1 to 32 bits, which straddle at most two limbs. The place is still zero. */
  private putBits(value: number, width: number, bit: number): void {
    const pattern = width === 32 ? value >>> 0 : value & ((1 << width) - 1);
    const limb = Math.floor(bit / 32);
    const shift = bit % 32;
    this.data[limb] |= pattern << shift;
    if (shift + width > 32) this.data[limb + 1] |= pattern >>> (32 - shift);
  }

  private grow(): void {
    const larger = new Uint32Array(2 * this.data.length);
    larger.set(this.data);
    this.data = larger;
  }
}

/**
 * The value of a field in a word, negative where a signed field is.
 * @throws RangeError when the channel has no such word or field.
 */
export function wordField(channel: Channel, index: number, fieldIndex: number): bigint {
  const field = channel.fields.at(fieldIndex);
  if (field === undefined || fieldIndex < 0) throw new RangeError(`${channel.name} has no field ${fieldIndex}`);
  const lo = channel.fields.slice(0, fieldIndex).reduce((sum, f) => sum + f.width, 0);
  const pattern = BigInt("0x" + wordHex(channel, index)) >> BigInt(lo);
  return field.signed ? BigInt.asIntN(field.width, pattern) : BigInt.asUintN(field.width, pattern);
}

/**
 * A word as ceil(width / 4) lower-case hexadecimal digits, most significant first, without a prefix.
 * @throws RangeError when the channel has no such word.
 */
export function wordHex(channel: Channel, index: number): string {
  if (!Number.isInteger(index) || index < 0 || index >= channel.count) {
    throw new RangeError(`${channel.name} has ${channel.count} words: there is no word ${index}`);
  }
  let digits = "";
  for (let i = (index + 1) * channel.limbs - 1; i >= index * channel.limbs; i--) {
    digits += channel.data[i].toString(16).padStart(8, "0");
  }
  return digits.slice(-Math.ceil(channel.width / 4));
}

/**
 * The limbs of a word of `width` bits, least significant first: the inverse of `wordHex`.
 * @param hex exactly ceil(width / 4) digits of either case.
 * @throws RangeError for other characters or another length, or a value of more than `width` bits.
 */
export function parseWordHex(hex: string, width: number): Uint32Array {
  const digits = Math.ceil(width / 4);
  if (hex.length !== digits || !/^[0-9a-f]*$/i.test(hex)) throw new RangeError(`"${hex}" is not ${digits} hexadecimal digits`);
  if (width % 4 !== 0 && parseInt(hex[0], 16) >> (width % 4) !== 0) throw new RangeError(`"${hex}" has more than ${width} bits`);
  const limbs = new Uint32Array(Math.ceil(width / 32));
  for (let i = 0; i < limbs.length; i++) {
    const end = digits - 8 * i;
    limbs[i] = parseInt(hex.slice(Math.max(0, end - 8), end), 16);
  }
  return limbs;
}
