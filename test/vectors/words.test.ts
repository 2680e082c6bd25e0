import * as fc from "fast-check";
import type { Field } from "../../sim/vectors/vectors";
import { ChannelBuilder, packLanes, parseWordHex, wordField, wordHex } from "../../sim/vectors/words";

const field = (name: string, width: number, signed = false): Field => ({ name, port: name, width, signed });

test("the first field is in the least significant bits, the least significant limb comes first", () => {
  const builder = new ChannelBuilder("in", "input", [field("a", 4), field("b", 40), field("c", 3, true)]);
  builder.push([0xf, 0x123456789an, -2]);
  builder.push([0, 0, 3]);
  const channel = builder.build();
  expect(channel).toEqual({
    name: "in", direction: "input", fields: builder.fields, width: 47, limbs: 2, count: 2,
    data: Uint32Array.of(0x456789af, 0x6123, 0, 0x3000),
  });
  expect([wordHex(channel, 0), wordHex(channel, 1)]).toEqual(["6123456789af", "300000000000"]);
  expect([0, 1, 2].map((f) => wordField(channel, 0, f))).toEqual([15n, 0x123456789an, -2n]);
});

test("lanes sit at [i * bits +: bits], across limbs too", () => {
  const builder = new ChannelBuilder("in", "input", [field("pad", 1), field("lanes", 60)]);
  const values = [-16, 15, -1, 0, 1, -2, 7, -8, 3, -3, 11, -11];
  builder.push([1, packLanes(values, 5, true)]);
  const lanes = wordField(builder.build(), 0, 1);
  expect(values.map((_, i) => BigInt.asIntN(5, lanes >> BigInt(5 * i)))).toEqual(values.map(BigInt));
});

const anyField = fc.tuple(fc.integer({ min: 1, max: 100 }), fc.boolean())
  .chain(([width, signed]) => fc.tuple(fc.constant(field("f", width, signed)), signed
    ? fc.bigInt({ min: -(2n ** BigInt(width - 1)), max: 2n ** BigInt(width - 1) - 1n })
    : fc.bigInt({ min: 0n, max: 2n ** BigInt(width) - 1n })));

test("what is pushed is read back, as bigint or as number", () => {
  fc.assert(fc.property(fc.array(anyField, { minLength: 1, maxLength: 8 }), fc.boolean(), (pairs, numbers) => {
    const builder = new ChannelBuilder("c", "output", pairs.map(([f]) => f));
    const values = pairs.map(([, v]) => (numbers && BigInt(Number(v)) === v && Number.isSafeInteger(Number(v)) ? Number(v) : v));
    builder.push(values.map((v) => (typeof v === "bigint" ? 0n : 0)));
    builder.push(values);
    const channel = builder.build();
    pairs.forEach(([, v], i) => expect([wordField(channel, 0, i), wordField(channel, 1, i)]).toEqual([0n, v]));
    expect(parseWordHex(wordHex(channel, 1), channel.width)).toEqual(channel.data.slice(channel.limbs));
  }));
});

test("lanes are the same as one wide value", () => {
  const lanes = fc.integer({ min: 1, max: 32 }).chain((bits) => fc.boolean().chain((signed) => {
    const min = signed ? -(2 ** (bits - 1)) : 0;
    return fc.record({ bits: fc.constant(bits), signed: fc.constant(signed), values: fc.array(fc.integer({ min, max: min + 2 ** bits - 1 }), { minLength: 1, maxLength: 20 }) });
  }));
  fc.assert(fc.property(lanes, fc.integer({ min: 1, max: 33 }), ({ bits, signed, values }, pad) => {
    const width = bits * values.length;
    const wide = values.reduce((sum, v, i) => sum | (BigInt.asUintN(bits, BigInt(v)) << BigInt(bits * i)), 0n);
    const builder = new ChannelBuilder("c", "input", [field("pad", pad), field("wide", width)]);
    builder.push([0, wide]);
    builder.push([0, packLanes(values, bits, signed)]);
    const channel = builder.build();
    expect(wordHex(channel, 1)).toBe(wordHex(channel, 0));
  }));
});

test("many words; a channel already built does not change", () => {
  const builder = new ChannelBuilder("c", "input", [field("n", 33)]);
  for (let n = 0; n < 1000; n++) builder.push([n]);
  const first = builder.build();
  for (let n = 1000; n < 5000; n++) builder.push([n]);
  expect([first.count, first.data.length, builder.count]).toEqual([1000, 2000, 5000]);
  const all = builder.build();
  for (const n of [0, 63, 64, 999, 4999]) expect(wordField(all, n, 0)).toBe(BigInt(n));
  expect(new ChannelBuilder("c", "input", [field("n", 33)]).build()).toMatchObject({ count: 0, data: new Uint32Array(0) });
});

test("hexadecimal text", () => {
  expect(parseWordHex("1fffffffF", 33)).toEqual(Uint32Array.of(0xffffffff, 1));
  expect(parseWordHex("0", 1)).toEqual(Uint32Array.of(0));
  for (const [hex, width, message] of [
    ["2", 1, '"2" has more than 1 bits'], ["200000000", 33, "more than 33 bits"], ["x", 4, '"x" is not 1 hexadecimal digits'],
    ["0x1", 12, "is not 3"], ["", 4, "is not 1"], ["00", 4, "is not 1"], ["-1", 8, "is not 2"],
  ] as const) expect(() => parseWordHex(hex, width)).toThrow(message);
});

test("values that do not fit are refused, and nothing is appended", () => {
  const builder = new ChannelBuilder("in", "input", [field("u", 4), field("s", 4, true), field("wide", 8)]);
  const cases: [Parameters<ChannelBuilder["push"]>[0], string][] = [
    [[16, 0, 0], "in.u: 16 does not fit 0 .. 15"], [[-1, 0, 0], "in.u: -1 does not fit"], [[16n, 0, 0], "in.u: 16 does not fit"],
    [[0, 8, 0], "in.s: 8 does not fit -8 .. 7"], [[0, -9n, 0], "in.s: -9 does not fit"], [[0.5, 0, 0], "0.5 does not fit"], [[0, NaN, 0], "NaN does not fit"],
    [[0, 0], "in: 2 values for 3 fields"], [[0, 0, 0, 0], "4 values for 3 fields"],
    [[0, 0, packLanes([1, 2], 3, false)], "in.wide: 2 lanes of 3 bits do not make 8 bits"],
    [[0, 0, packLanes([1, 16], 4, false)], "in.wide: lane 1: 16 does not fit 0 .. 15"], [[0, 0, packLanes([-9, 0], 4, true)], "lane 0: -9 does not fit -8 .. 7"],
    [[0, 0, packLanes([0, 8], 4, true)], "lane 1: 8"], [[0, 0, packLanes([-1, 0], 4, false)], "lane 0: -1"], [[0, 0, packLanes([0, 0.5], 4, true)], "lane 1: 0.5"],
  ];
  for (const [values, message] of cases) expect(() => builder.push(values)).toThrow(message);
  expect(builder.count).toBe(0);
  builder.push([15, -8, packLanes([15, 0], 4, false)]);
  expect(wordHex(builder.build(), 0)).toBe("0f8f");
});

test("no such word, field, lane width or field width", () => {
  const builder = new ChannelBuilder("in", "input", [field("u", 4)]);
  builder.push([1]);
  const channel = builder.build();
  for (const index of [-1, 1, 0.5]) expect(() => wordHex(channel, index)).toThrow(`in has 1 words: there is no word ${index}`);
  for (const index of [-1, 1]) expect(() => wordField(channel, 0, index)).toThrow(`in has no field ${index}`);
  for (const bits of [0, 33, 1.5]) expect(() => packLanes([0], bits, true)).toThrow(`a lane has 1 to 32 bits, not ${bits}`);
  for (const width of [0, 1.5]) expect(() => new ChannelBuilder("in", "input", [field("u", width)])).toThrow(`field u of in has width ${width}`);
});
