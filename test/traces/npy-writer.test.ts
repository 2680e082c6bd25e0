import { parseNpy } from "../../sim/traces/npy";
import { npyOfBool, npyOfOperands } from "../../sim/traces/npy-writer";

test("a header that NumPy reads, and the values after a multiple of 64 bytes", () => {
  const bytes = Buffer.from(npyOfBool(Uint8Array.of(1, 0, 0, 1, 1, 0), [2, 3]));
  expect([...bytes.subarray(0, 8)]).toEqual([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  const start = 10 + bytes.readUInt16LE(8);
  expect(start % 64).toBe(0);
  expect(bytes.toString("latin1", 10, start)).toMatch(/^\{'descr': '\|b1', 'fortran_order': False, 'shape': \(2, 3\), \} *\n$/);
  expect([...bytes.subarray(start)]).toEqual([1, 0, 0, 1, 1, 0]);
});

test("nothing but booleans, as many as the shape has", () => {
  expect(() => npyOfBool(Uint8Array.of(1, 0), [2, 2])).toThrow("2 values are no booleans of shape 2 x 2");
  expect(() => npyOfBool(Uint8Array.of(2), [1, 1])).toThrow(RangeError);
});

test("operands: int8 up to 8 bits, int16 above, as the reader has them", () => {
  const values = Int16Array.of(-128, 127, 0, -1, 5, 64);
  expect(parseNpy(npyOfOperands(values, [3, 2], 8), "o.npy")).toEqual({ dtype: "int8", shape: [3, 2], data: Int8Array.from(values) });
  const wide = Int16Array.of(-32768, 32767, 258, -2);
  expect(parseNpy(npyOfOperands(wide, [1, 4], 16), "o.npy")).toEqual({ dtype: "int16", shape: [1, 4], data: wide });
  expect(parseNpy(npyOfOperands(values, [2, 3], 9), "o.npy")).toMatchObject({ dtype: "int16", data: values });
});

test("nothing but operands of so many bits, as many as the shape has", () => {
  expect(() => npyOfOperands(Int16Array.of(1, 2, 3), [2, 2], 8)).toThrow("3 values are no operands of 8 bits and shape 2 x 2");
  for (const bad of [128, -129]) expect(() => npyOfOperands(Int16Array.of(bad), [1, 1], 8)).toThrow(RangeError);
});
