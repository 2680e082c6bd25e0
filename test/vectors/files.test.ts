import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { UserError } from "../../generator/errors";
import { readVectors, writeVectors } from "../../sim/vectors/files";
import type { Top } from "../../sim/vectors/top";
import type { Channel, VectorSet } from "../../sim/vectors/vectors";
import { ChannelBuilder, wordField } from "../../sim/vectors/words";
import { contents, eachFolder } from "../cli/lapa";

const folder = eachFolder();
const at = (name: string): string => join(folder.path, name);
const stalls = { seed: -7, input: 255, output: 0 };

type Port = Top["ports"][number];

/** A design with just the ports that the vectors use. */
function topFor({ design, mode, channels, constants }: VectorSet, reset: Top["reset"] = "sync-high"): Top {
  const ports = channels.flatMap(({ name, direction, fields }): Port[] => [
    ...(mode === "cycles" ? [] : [
      { name: `${name}_valid`, direction, width: 1 },
      { name: `${name}_ready`, direction: direction === "input" ? "output" as const : "input" as const, width: 1 },
    ]),
    ...fields.map((f) => ({ name: f.port, direction, width: f.width })),
  ]);
  return {
    name: design, modules: [design], clocked: true, resettable: true, reset,
    ports: [...ports, ...constants.map((c) => ({ name: c.port, direction: "input" as const, width: c.width }))],
  };
}

const field = fc.record({ width: fc.oneof(fc.integer({ min: 1, max: 70 }), fc.constantFrom(1, 31, 32, 33, 64, 1000)), signed: fc.boolean() });
const pattern = (width: number): fc.Arbitrary<bigint> => fc.bigInt({ min: 0n, max: (1n << BigInt(width)) - 1n });

function channel(name: string, direction: Channel["direction"], count: number): fc.Arbitrary<Channel> {
  return fc.array(field, { minLength: 1, maxLength: 4 }).chain((fields) =>
    fc.array(fc.tuple(...fields.map((f) => pattern(f.width))), { minLength: count, maxLength: count }).map((words) => {
      const builder = new ChannelBuilder(name, direction, fields.map((f, i) => ({ ...f, name: `list[${i}].re`, port: `${name}_${i}` })));
      for (const word of words) builder.push(word.map((v, i) => (fields[i].signed ? BigInt.asIntN(fields[i].width, v) : v)));
      return builder.build();
    }));
}

const constants = fc.array(fc.integer({ min: 1, max: 100 }).chain((width) => pattern(width).map((value) => ({ width, value }))), { maxLength: 2 })
  .map((list) => list.map((c, i) => ({ ...c, port: `constant_${i}` })));

const count = fc.integer({ min: 0, max: 9 });
const streams = fc.tuple(
  fc.array(count, { maxLength: 2 }).chain((counts) => fc.tuple(...counts.map((n, i) => channel(`in${i}`, "input", n)))),
  fc.array(count, { maxLength: 2 }).chain((counts) => fc.tuple(...counts.map((n, i) => channel(`out${i}`, "output", n)))),
  channel("last", "output", 1),
).map(([inputs, outputs, last]) => ({ mode: "streams" as const, channels: [...inputs, last, ...outputs] }));
const cycles = fc.integer({ min: 1, max: 9 }).chain((n) => fc.tuple(channel("x", "input", n), channel("y", "output", n)))
  .map((channels) => ({ mode: "cycles" as const, channels }));
const anyVectors = fc.tuple(fc.oneof(streams, cycles), constants)
  .map(([some, c]): VectorSet => ({ schema: "lapa-vectors/1", design: "unit", constants: c, ...some }));

interface Written {
  readonly clock: string | null;
  readonly reset: unknown;
  readonly stalls: unknown;
  readonly channels: { name: string; file: string; count: number; width: number; sha256: string; valid: string | null; fields: { port: string; lo: number; width: number }[] }[];
  readonly constants: { port: string; value: string }[];
  readonly testbench: { file: string; sha256: string };
}
const sha256 = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");

test("what is written is read back; and others read the same from the description and the words", async () => {
  await fc.assert(fc.asyncProperty(anyVectors, async (vectors) => {
    await writeVectors(at("v"), vectors, topFor(vectors), { stalls });
    expect(await readVectors(at("v"))).toEqual(vectors);

    const written = JSON.parse(readFileSync(at("v/vectors.json"), "utf8")) as Written;
    expect(readdirSync(at("v")).sort()).toEqual([...vectors.channels.map((c) => `${c.name}.hex`), "tb.v", "vectors.json"].sort());
    expect(written).toMatchObject({ clock: "clk", reset: { port: "rst", kind: "sync-high" }, stalls });
    expect(written.testbench).toEqual({ file: "tb.v", sha256: sha256(at("v/tb.v")) });
    expect(written.constants.map((c) => [c.port, BigInt(c.value)])).toEqual(vectors.constants.map((c) => [c.port, c.value]));
    written.channels.forEach((c, k) => {
      const file = at(`v/${c.file}`);
      expect([c.name, c.sha256, c.valid]).toEqual([vectors.channels[k].name, sha256(file), vectors.mode === "streams" ? `${c.name}_valid` : null]);
      const words = readFileSync(file, "ascii").split("\n").slice(0, -1).map((line) => BigInt(`0x${line}`));
      expect(words).toHaveLength(c.count);
      words.forEach((word, n) => c.fields.forEach((f, i) => {
        const value = wordField(vectors.channels[k], n, i);
        expect(BigInt.asUintN(f.width, word >> BigInt(f.lo))).toBe(BigInt.asUintN(f.width, value));
      }));
    });
  }), { numRuns: 60 });
});

/** One input of two fields and an output of 5 bits: 2 digits, of which the first is 0 or 1. */
function small(): VectorSet {
  const input = new ChannelBuilder("in", "input", [{ name: "a", port: "in_a", width: 8, signed: true }, { name: "b", port: "in_b", width: 33, signed: false }]);
  const output = new ChannelBuilder("out", "output", [{ name: "y", port: "out_y", width: 5, signed: false }]);
  for (let i = 0; i < 4; i++) {
    input.push([-i, BigInt(i) << 31n]);
    output.push([i * 9]);
  }
  return { schema: "lapa-vectors/1", design: "unit", mode: "streams", channels: [input.build(), output.build()], constants: [] };
}

test("the same twice; resets and clocks that a design lacks are null", async () => {
  for (const dir of ["a", "b"]) await writeVectors(at(dir), small(), topFor(small(), "async-low"), { stalls });
  expect(contents(at("a"))).toEqual(contents(at("b")));
  expect(JSON.parse(contents(at("a"))["vectors.json"])).toMatchObject({ reset: { port: "rst_n", kind: "async-low" } });
  await writeVectors(at("a"), small(), { ...topFor(small()), clocked: false, resettable: false }, { stalls });
  expect(JSON.parse(contents(at("a"))["vectors.json"])).toMatchObject({ clock: null, reset: null });
});

describe("damage is found, and said with the file's name", () => {
  const edit = (file: string, from: RegExp | string, to: string) => (): void => {
    const text = readFileSync(at(`v/${file}`), "utf8");
    expect(text.replace(from, to)).not.toBe(text);
    writeFileSync(at(`v/${file}`), text.replace(from, to));
  };

  test.each<[string, () => void, RegExp]>([
    ["another digit", edit("out.hex", "09", "08"), /out\.hex has changed since it was written/],
    ["a word too wide", edit("out.hex", "09", "29"), /out\.hex:2: not a word of 5 bits in 2 hexadecimal digits/],
    ["capitals", edit("out.hex", "1b", "1B"), /out\.hex:4: not a word/],
    ["unknown bits", edit("out.hex", "1b", "xx"), /out\.hex:4: not a word/],
    ["a digit less", edit("in.hex", "0\n", "\n"), /in\.hex: 4 lines of 11 digits take 48 bytes; there are 47/],
    ["other line ends", edit("out.hex", /\n/g, "\r\n"), /out\.hex: 4 lines of 2 digits take 12 bytes; there are 16/],
    ["a line split", edit("out.hex", "00\n09", "00009"), /out\.hex:1: not a word/],
    ["no file of words", () => rmSync(at("v/in.hex")), /cannot read .*in\.hex/],
    ["no description", () => rmSync(at("v/vectors.json")), /cannot read .*vectors\.json/],
    ["half a description", edit("vectors.json", /[^]{200}$/, ""), /vectors\.json is not a description of vectors/],
    ["an unknown key", edit("vectors.json", '"mode"', '"more": 1, "mode"'), /vectors\.json is not a description of vectors: [^]*more/],
    ["another format", edit("vectors.json", "lapa-vectors/1", "lapa-vectors/2"), /vectors\.json is not a description of vectors/],
    ["another count", edit("vectors.json", '"count": 4', '"count": 5'), /in\.hex: 5 lines of 11 digits/],
    ["another width", edit("vectors.json", '"width": 33', '"width": 32'), /channel in: 41 is not the width of its fields/],
    ["somebody else's file", edit("vectors.json", '"file": "in.hex"', '"file": "../in.hex"'), /"\.\.\/in\.hex" is not the file of channel "in"/],
    ["a name that leads elsewhere", edit("vectors.json", /"in"|"in\.hex"/g, '"../in"'), /"\.\.\/in" is not the file of channel "\.\.\/in"/],
    ["two of a name", edit("vectors.json", /"out("|\.hex")/g, '"in$1'), /in\.hex: 4 lines of 2 digits/],
  ])("%s", async (_what, damage, message) => {
    await writeVectors(at("v"), small(), topFor(small()), { stalls });
    damage();
    const error: unknown = await readVectors(at("v")).then(() => null, (e: unknown) => e);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toMatch(message);
  });
});

describe("vectors that no test bench can run are refused, and nothing is written", () => {
  const only = (direction: Channel["direction"], mode: VectorSet["mode"]): VectorSet =>
    ({ ...small(), mode, channels: small().channels.filter((c) => c.direction === direction) });
  const without = (name: string): Top => ({ ...topFor(small()), ports: topFor(small()).ports.filter((p) => p.name !== name) });
  const empty = new ChannelBuilder("out", "output", small().channels[1].fields).build();

  test.each<[string, VectorSet, Top | null, RegExp]>([
    ["inputs only", only("input", "streams"), null, /vectors of unit: no output has a word, and nothing would be compared/],
    ["outputs without words", { ...small(), channels: [small().channels[0], empty] }, null, /no output has a word/],
    ["inputs only, by cycles", only("input", "cycles"), null, /cycles mode takes one input and one output channel/],
    ["outputs only, by cycles", only("output", "cycles"), null, /cycles mode takes one input and one output channel/],
    ["no channels", { ...small(), channels: [] }, null, /there are no channels/],
    ["a design called as the bench is", { ...small(), design: "tb" }, null, /has a module tb in it, and that is what the test bench is called/],
    ["a part of the design called as the bench is", small(), { ...topFor(small()), modules: ["tb", "unit"] }, /has a module tb in it, and that is what the test bench is called/],
    ["another design", small(), { ...topFor(small()), name: "other" }, /they are for unit/],
    ["a port less", small(), without("in_b"), /the design has no port in_b/],
    ["a handshake less", small(), without("out_ready"), /the design has no port out_ready/],
    ["an input more", small(), { ...topFor(small()), ports: [...topFor(small()).ports, { name: "more", direction: "input", width: 1 }] }, /nothing drives input more/],
    ["a port twice", { ...small(), constants: [{ port: "in_a", width: 8, value: 0n }] }, null, /port in_a is used twice/],
  ])("%s", async (_what, vectors, top, message) => {
    const error: unknown = await writeVectors(at("v"), vectors, top ?? topFor(vectors), { stalls }).then(() => null, (e: unknown) => e);
    expect(error).toBeInstanceOf(UserError);
    expect((error as Error).message).toMatch(message);
    expect(readdirSync(folder.path)).toEqual([]);
  });
});
