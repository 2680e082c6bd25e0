/**
 * From real or wider numbers to integers of W bits. Floating point is at home here: this is how traces come about, not
 * what the hardware computes.
 */

import { UserError } from "../../generator/errors";

/** Integers and the scale that makes them real: real = values[i] * scale. */
export interface Quantised {
  readonly values: Int16Array;
  readonly scale: number;
}

/** The smallest normal double: below it a quotient has lost its precision. */
const SMALLEST_NORMAL = 2 ** -1022;

/**
 * Symmetric quantisation of a whole tensor: scale = max|x| / (2^(W-1) - 1), rounding to nearest with halves away from
 * zero, so -2^(W-1) never occurs. A tensor of zeros has scale 1.
 * @param operandBits W, 2 .. 16. @param where what is quantised, for messages.
 * @throws UserError when an element is NaN or infinite, or all are too small to divide.
 */
export function quantise(values: Float32Array | Float64Array, operandBits: number, where: string): Quantised {
  const bad = values.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0) {
    throw new UserError(`${where}: element ${bad} is ${values[bad]}`, "remove NaN and infinite values before saving the tensor");
  }
  let max = 0;
  for (const x of values) max = Math.max(max, Math.abs(x));
  if (max === 0) return { values: new Int16Array(values.length), scale: 1 };
  const scale = max / (2 ** (operandBits - 1) - 1);
  if (scale < SMALLEST_NORMAL) {
    throw new UserError(
      `${where}: its largest magnitude, ${max}, is too small to be scaled`,
      "multiply the tensor by a constant",
    );
  }
  return { values: Int16Array.from(values, (x) => roundHalfAway(x / scale)), scale };
}

/**
 * Integers as operands of W bits: unchanged when all of them fit, else all shifted right arithmetically (rounding down) by
 * the fewest bits that make them fit, with the scale doubled for each. (8 - W bits for symmetric int8, whose largest
 * magnitude is 127.)
 * @param operandBits W, 2 .. 16.
 */
export function narrow(values: Int8Array | Int16Array, scale: number, operandBits: number): Quantised {
  // x and ~x need equally many bits beside the sign: 32 - clz32 of the one that is not negative.
  let bits = 1;
  for (const x of values) bits = Math.max(bits, 33 - Math.clz32(x < 0 ? ~x : x));
  const shift = Math.max(0, bits - operandBits);
  return { values: Int16Array.from(values, (x) => x >> shift), scale: scale * 2 ** shift };
}

function roundHalfAway(x: number): number {
  const magnitude = Math.abs(x);
  const floor = Math.floor(magnitude);
  // Adding 1/2 first would round 0.49999999999999994 up.
  return Math.sign(x) * (magnitude - floor >= 0.5 ? floor + 1 : floor);
}
