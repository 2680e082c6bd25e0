import { parseNpy } from "../../sim/traces/npy";
import { npy, npyBytes, userErrorOf } from "./fixtures";

const read = (bytes: Uint8Array): ReturnType<typeof parseNpy> => parseNpy(bytes, "q.npy");
const header = (descr: string, order: string, shape: string): string => `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }\n`;
const good = header("'|i1'", "False", "(2,)");
const two = Buffer.from([1, 0xff]);

test.each([
  [[2, 2], Int8Array.of(-128, -1, 0, 127)],
  [[3], Int16Array.of(-32768, 1, 32767)],
  [[1, 2], Float32Array.of(-0.5, 3e38)],
  [[], Float64Array.of(5e-324)],
  [[0, 4], new Float64Array(0)],
])("shape %j comes back", (shape, data) => {
  expect(read(npy({ shape, data }))).toMatchObject({ shape, data });
});

test("version 2, any order of keys, no trailing comma", () => {
  const text = "{'shape':(2,), 'fortran_order' : False,'descr':'|i1'}";
  expect(read(npyBytes(text, two, [2, 0])).data).toEqual(Int8Array.of(1, -1));
});

test.each<[string, Uint8Array, string]>([
  ["another format", Buffer.from("PK\x03\x04 and more text"), "is not a .npy file"],
  ["a cut preamble", npyBytes(good, two).subarray(0, 9), "is not a .npy file"],
  ["version 3", npyBytes(good, two, [3, 0]), "is of .npy version 3.0; versions 1.0 and 2.0 are read"],
  ["version 1.1", npyBytes(good, two, [1, 1]), "version 1.1"],
  ["a cut header", npyBytes(good, two).subarray(0, 30), `the header is said to have ${good.length} bytes, but 20 follow | check that the file was copied whole`],
  ["a header of 4 GB", Buffer.concat([Buffer.from("\x93NUMPY\x02\x00", "latin1"), Buffer.alloc(8, 0xff)]), "said to have 4294967295 bytes, but 4 follow"],
  ["Fortran order", npyBytes(header("'|i1'", "True", "(2,)"), two), "is in Fortran (column-major) order | save it in C order: numpy.save(file, numpy.ascontiguousarray(x))"],
  ["big-endian numbers", npyBytes(header("'>f4'", "False", "(2,)"), two), "holds '>f4', not one of |i1, <i2, <f4, <f8 | convert it first: numpy.save(file, x.astype('<f4'))"],
  ["half floats", npyBytes(header("'<f2'", "False", "(1,)"), two), "holds '<f2'"],
  ["records", npyBytes(header("[('a', '<f4')]", "False", "(2,)"), two), "is not one of a plain array"],
  ["no dict", npyBytes("[]", two), 'the header "[]" is not one of a plain array'],
  ["an unclosed dict", npyBytes(good.replace("}", ""), two), "is not one of a plain array"],
  ["text behind the dict", npyBytes(good + "x", two), "is not one of a plain array"],
  ["a missing key", npyBytes("{'descr': '|i1', 'shape': (2,), }", two), "is not one of a plain array"],
  ["a further key", npyBytes(good.replace("{", "{'x': 1, "), two), "is not one of a plain array"],
  ["a key twice", npyBytes(good.replace("{", "{'descr': '<f4', "), two), "is not one of a plain array"],
  ["no comma", npyBytes(good.replace(", 'shape'", " 'shape'"), two), "is not one of a plain array"],
  ["an order that is no truth value", npyBytes(header("'|i1'", "0", "(2,)"), two), "is not one of a plain array"],
  ["a shape that is no tuple", npyBytes(header("'|i1'", "False", "(2)x"), two), "is not one of a plain array"],
  ["a negative size", npyBytes(header("'|i1'", "False", "(-2,)"), two), "is not one of a plain array"],
  ["too large a size", npyBytes(header("'|i1'", "False", "(99999999999999999,)"), two), "is not one of a plain array"],
  ["a shape past 2^53 bytes", npyBytes(header("'<f8'", "False", "(1099511627776, 1099511627776)"), two), "needs 9671406556917033397649408 bytes of data, but 2 follow"],
  ["missing data", npyBytes(good, two.subarray(1)), "shape (2) of '|i1' needs 2 bytes of data, but 1 follow the header | check that the file was copied whole"],
  ["further data", npyBytes(good, Buffer.alloc(3)), "needs 2 bytes of data, but 3 follow"],
])("refuses %s", (_, bytes, message) => {
  const text = userErrorOf(() => read(bytes));
  expect(text).toContain(message);
  expect(text).toMatch(/^q\.npy: /);
});
