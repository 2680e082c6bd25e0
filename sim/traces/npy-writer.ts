/** Writes NumPy's .npy, version 1: truth values in C order. */

/**
 * The bytes of a .npy file that numpy.load reads as an array of bool.
 * @param values 1 or 0, row-major, as many as `shape` has elements. @throws RangeError when they are not.
 */
export function npyOfBool(values: Uint8Array, shape: readonly [rows: number, columns: number]): Uint8Array {
  if (values.length !== shape[0] * shape[1] || values.some((v) => v > 1)) throw new RangeError(`${values.length} values are no booleans of shape ${shape.join(" x ")}`);
  const dict = `{'descr': '|b1', 'fortran_order': False, 'shape': (${shape.join(", ")}), }`;
  // The data begin at a multiple of 64 bytes; the header before them ends in a newline.
  const preamble = 10;
  const length = Math.ceil((preamble + dict.length + 1) / 64) * 64 - preamble;
  const header = `${dict.padEnd(length - 1)}\n`;
  const start = Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, length & 0xff, length >> 8]);
  return Buffer.concat([start, Buffer.from(header, "latin1"), values]);
}
