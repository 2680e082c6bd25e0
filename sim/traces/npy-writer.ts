/** Writes NumPy's .npy, version 1: truth values and integers in C order. */

type Shape = readonly [rows: number, columns: number];

/**
 * The bytes of a .npy file that numpy.load reads as an array of bool.
 * @param values 1 or 0, row-major, as many as `shape` has elements. @throws RangeError when they are not.
 */
export function npyOfBool(values: Uint8Array, shape: Shape): Uint8Array {
  if (values.length !== shape[0] * shape[1] || values.some((v) => v > 1)) throw new RangeError(`${values.length} values are no booleans of shape ${shape.join(" x ")}`);
  return npyOf("|b1", shape, values);
}

/**
 * The bytes of a .npy file that numpy.load reads as an array of int8, or of int16 where operands have more than 8 bits.
 * @param values integers of so many bits, row-major, as many as `shape` has elements. @param operandBits 2 .. 16.
 * @throws RangeError when they are not.
 */
export function npyOfOperands(values: Int16Array, shape: Shape, operandBits: number): Uint8Array {
  const limit = 2 ** (operandBits - 1);
  if (values.length !== shape[0] * shape[1] || values.some((v) => v < -limit || v >= limit)) {
    throw new RangeError(`${values.length} values are no operands of ${operandBits} bits and shape ${shape.join(" x ")}`);
  }
  if (operandBits <= 8) return npyOf("|i1", shape, new Uint8Array(Int8Array.from(values).buffer));
  const body = new DataView(new ArrayBuffer(2 * values.length));
  values.forEach((v, i) => body.setInt16(2 * i, v, true));
  return npyOf("<i2", shape, new Uint8Array(body.buffer));
}

function npyOf(descr: string, shape: Shape, body: Uint8Array): Uint8Array {
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(", ")}), }`;
  // The data begin at a multiple of 64 bytes; the header before them ends in a newline.
  const preamble = 10;
  const length = Math.ceil((preamble + dict.length + 1) / 64) * 64 - preamble;
  const header = `${dict.padEnd(length - 1)}\n`;
  const start = Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, length & 0xff, length >> 8]);
  return Buffer.concat([start, Buffer.from(header, "latin1"), body]);
}
