import * as fc from "fast-check";
import { parseSafetensors } from "../../sim/traces/safetensors";
import { safetensors, safetensorsBytes, userErrorOf } from "./fixtures";

const entry = (begin: number, end: number, shape: unknown = [end - begin], dtype: unknown = "I8"): object =>
  ({ dtype, shape, data_offsets: [begin, end] });
const read = (bytes: Uint8Array): ReturnType<typeof parseSafetensors> => parseSafetensors(bytes, "t.safetensors");
const errorOf = (bytes: Uint8Array): string => userErrorOf(() => read(bytes));

test("every dtype, shape, order and the metadata come back", () => {
  const tensors = {
    a: { shape: [2, 2], data: Int8Array.of(-128, -1, 0, 127) },
    b: { shape: [3], data: Int16Array.of(-32768, 1, 32767) },
    c: { shape: [1, 1, 2], data: Float32Array.of(-0.5, 3e38) },
    d: { shape: [0, 7], data: new Float32Array(0) },
    e: { shape: [], data: Float64Array.of(5e-324) },
  };
  const file = read(safetensors(tensors, { model: "m", note: "a \"quoted\" {brace}: é" }));
  expect(file.names).toEqual(["a", "b", "c", "d", "e"]);
  expect([...file.metadata]).toEqual([["model", "m"], ["note", "a \"quoted\" {brace}: é"]]);
  for (const [name, { shape, data }] of Object.entries(tensors)) expect(file.tensor(name)).toMatchObject({ shape, data });
});

test("a header padded with spaces, at any alignment", () => {
  const bytes = Buffer.concat([Buffer.alloc(3), safetensorsBytes('{"b":{"dtype":"I16","shape":[1],"data_offsets":[0,2]}}   ', Buffer.from([0xfe, 0xff]))]);
  expect(read(bytes.subarray(3)).tensor("b").data).toEqual(Int16Array.of(-2));
});

test("tensors that are not asked for may have any dtype of the format, and the same key may occur in two objects", () => {
  const file = read(safetensorsBytes({ a: entry(0, 4, [2], "BF16"), b: entry(4, 5) }, Buffer.alloc(5)));
  expect(file.tensor("b").shape).toEqual([1]);
  expect(userErrorOf(() => file.tensor("a"))).toMatch('t.safetensors: tensor "a" has dtype BF16 | convert it to one of I8, I16, F32, F64');
  expect(userErrorOf(() => file.tensor("q"))).toMatch('there is no tensor "q"; it has a, b | name the tensors q, k and v');
  expect(userErrorOf(() => read(safetensorsBytes("{}")).tensor("q"))).toMatch('there is no tensor "q"; it has none at all');
});

const tenGigabytes = Buffer.concat([Buffer.from("00e40b5402000000", "hex"), Buffer.from("{}")]);
const [aa, half] = [Buffer.alloc(2), Buffer.alloc(1)];

test.each<[string, Uint8Array, string]>([
  ["too short", Buffer.from("1234567"), "has 7 bytes, too few for a safetensors file | check that it was copied whole"],
  ["a header longer than the file", safetensorsBytes("{}").subarray(0, 9), "the header is said to have 2 bytes, but only 1 follow | the file is cut short"],
  ["a header of 10 GB", tenGigabytes, "the header is said to have 10000000000 bytes, but only 2 follow"],
  ["the largest header length", Buffer.alloc(16, 0xff), "the header is said to have 18446744073709551615 bytes, but only 8 follow"],
  ["no header", safetensorsBytes(""), "the header is not JSON"],
  ["not JSON", safetensorsBytes("{]"), "the header is not JSON"],
  ["not UTF-8", Buffer.concat([Buffer.from("0100000000000000ff", "hex")]), "the header is not UTF-8 text"],
  ["an array", safetensorsBytes("[]"), "the header is not a JSON object"],
  ["null", safetensorsBytes("null"), "the header is not a JSON object"],
  ["a tensor twice", safetensorsBytes('{"q":{"dtype":"I8"},"\\u0071":{}}'), 'the header has the key "q" twice in one object | keep one of them'],
  ["metadata twice", safetensorsBytes('{"__metadata__":{"a{":"}","scale_q":"1","scale_q" : "2"}}'), 'the key "scale_q" twice'],
  ["metadata not an object", safetensorsBytes('{"__metadata__":["1"]}'), "__metadata__ is not a JSON object"],
  ["metadata not text", safetensorsBytes({ __metadata__: { scale_q: 0.5 } }), 'metadata "scale_q" is 0.5 | write it as a string'],
  ["an entry that is no object", safetensorsBytes({ q: 3 }), 'tensor "q": its header entry is not a JSON object'],
  ["no dtype", safetensorsBytes({ q: { shape: [], data_offsets: [0, 1] } }), 'tensor "q" has dtype undefined, which safetensors does not have'],
  ["an unknown dtype", safetensorsBytes({ q: entry(0, 2, [2], "I9") }, aa), 'tensor "q" has dtype "I9", which safetensors does not have | use one of I8, I16, F32, F64'],
  ["no shape", safetensorsBytes({ q: { dtype: "I8", data_offsets: [0, 1] } }), "its shape undefined is not a list of whole numbers"],
  ["a negative size", safetensorsBytes({ q: entry(0, 2, [-2, -1]) }, aa), "its shape [-2,-1] is not a list of whole numbers"],
  ["a fractional size", safetensorsBytes({ q: entry(0, 2, [0.5]) }, aa), "its shape [0.5] is not"],
  ["one offset", safetensorsBytes({ q: { dtype: "I8", shape: [1], data_offsets: [0] } }), "its data_offsets [0] are not a begin and an end"],
  ["backward offsets", safetensorsBytes({ q: entry(2, 0, [2]) }, aa), "its data_offsets [2,0] are not a begin and an end"],
  ["offsets past the end", safetensorsBytes({ q: entry(0, 3) }, aa), 'tensor "q" ends at byte 3 of the data, but the file has only 2 | the file is cut short'],
  ["another length than the shape's", safetensorsBytes({ q: entry(0, 2, [3]) }, aa), "shape [3] of I8 needs 3 bytes, but its data_offsets give 2"],
  ["a shape past 2^53 bytes", safetensorsBytes({ q: entry(0, 2, [2 ** 40, 2 ** 40], "F32") }, aa), "needs 4835703278458516698824704 bytes, but its data_offsets give 2"],
  ["an overlap", safetensorsBytes({ q: entry(0, 2), k: entry(1, 2) }, aa), 'tensor "k" begins at byte 1 and overlaps the one that ends at 2'],
  ["a gap", safetensorsBytes({ q: entry(0, 0), k: entry(1, 2) }, aa), "bytes 0 to 1 of the data belong to no tensor"],
  ["bytes left over", safetensorsBytes({ q: entry(0, 1) }, Buffer.concat([aa, half])), "the last 2 bytes belong to no tensor"],
])("refuses %s", (_, bytes, message) => {
  const text = errorOf(bytes);
  expect(text).toContain(message);
  expect(text).toMatch(/^t\.safetensors: /);
});

test("a good file cut or altered anywhere is read, or refused with a UserError; never anything else", () => {
  const good = safetensors({ q: { shape: [2, 2], data: Int8Array.of(1, 2, 3, 4) } }, { scale_q: "0.5" });
  for (let n = 0; n < good.length; n++) expect(errorOf(good.subarray(0, n))).toContain("t.safetensors");
  fc.assert(fc.property(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
    const bad = Buffer.from(good);
    bad[at] = byte;
    try {
      const file = read(bad);
      for (const name of file.names) file.tensor(name);
    } catch (error) {
      expect(error).toMatchObject({ name: "UserError" });
    }
  }), { numRuns: 1000 });
});
