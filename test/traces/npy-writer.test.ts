import { npyOfBool } from "../../sim/traces/npy-writer";

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
