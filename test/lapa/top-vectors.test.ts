/** The accelerator behind its bus master, on vectors: from bus to bus in the built-in engine, with stalls and without. */

import { build } from "../../generator/build";
import { parseConfig } from "../../generator/lapa/config-schema";
import { registerMap } from "../../generator/lapa/register-map";
import type { AttentionConfig, TopConfig } from "../../generator/lapa/unit-config";
import { benchName, elaborateBench, topParameters } from "../../generator/lapa/units";
import { activeCycles } from "../../sim/cycles/array-work";
import { flightConversation, headConversation, identification } from "../../sim/driver/conversation";
import { poll, read, write } from "../../sim/driver/registers";
import { builtinEngine } from "../../sim/engines/builtin/engine";
import { lintVerilog } from "../../sim/lint";
import { attentionCornerHeads } from "../../sim/verification/corner-heads";
import { expectedHeads, topVectorsOfHeads } from "../../sim/top-heads";
import { headRows } from "../../sim/vectors/attention-vectors";
import { HostSession } from "../../sim/driver/session";
import type { VectorSet } from "../../sim/vectors/vectors";
import { wordField } from "../../sim/vectors/words";
import { headsFor } from "./attention-cases";

const configOf = (config: object): TopConfig => parseConfig({ unit: "top", ...config }, "test") as TopConfig;
const built = (config: TopConfig) => build(elaborateBench(config), { configuration: null, dialect: config.dialect });
const asAttention = ({ beatBytes: _, ...config }: TopConfig): AttentionConfig => ({ ...config, unit: "attention" });

const tiny = configOf({ headDim: 8, maxKeys: 16, keysPerCycle: 4, peRows: 4, beatBytes: 4 });
const stalls = { none: { seed: 1, input: 0, output: 0 }, some: { seed: 5, input: 90, output: 90 } };

test.each([
  ["top-tiny", tiny],
  ["beats that end inside of rows, later rounds with fewer lanes", configOf({ headDim: 9, maxKeys: 21, keysPerCycle: [4, 2], peRows: 3, beatBytes: 4 })],
  ["rows that end inside of beats, 5 bits, more columns than features", configOf({ headDim: 3, maxKeys: 40, operandBits: 5, slices: [2, 3], keysPerCycle: 9, peRows: 13, beatBytes: 16 })],
  ["one row, one column, the key encoded", configOf({ headDim: 5, maxKeys: 12, logSide: "key", keysPerCycle: 1, peRows: 1, beatBytes: 1, reset: "async-low" })],
  ["masks that take long to be cleared", configOf({ headDim: 4, maxKeys: 150, keysPerCycle: 1, peRows: 2, beatBytes: 8 })],
])("%s: corners and random heads, one after the other", async (_, config) => {
  const { design } = built(config);
  const heads = [...headsFor(asAttention(config), 3), ...attentionCornerHeads(config.headDim, config.maxKeys, config, 3)];
  const expected = expectedHeads(config, heads);
  for (const [name, s] of Object.entries(stalls)) {
    const { vectors, cycles } = topVectorsOfHeads(config, expected, name === "some");
    expect(await builtinEngine.run(design, vectors, { stalls: s })).toMatchObject({ verdict: "pass", mismatches: [] });
    // Every head that runs by itself is also counted, the first one too.
    expect(cycles[heads.findIndex((h) => h.queries.length > 0)] !== null).toBe(name === "none");
    expect(cycles.filter((count) => count !== null).length).toBeGreaterThanOrEqual(name === "some" ? 0 : 3);
  }
}, 120_000);

test("a head is started while another one is at work, and counters add up", async () => {
  const [first, second] = attentionCornerHeads(8, 16, tiny, 3).filter((h) => h.queries.length > 0).slice(2, 4);
  // So many queries that the first head is far from its end when the second one has been programmed.
  const queries = Int16Array.from({ length: 100 * 8 }, (_, i) => first!.queries[i % 8]!);
  const heads = [{ ...first!, queries, loads: true }, { ...second!, loads: true }];
  const map = registerMap(topParameters(tiny));
  const expected = heads.map((head) => ({ head, rows: [...headRows(head, tiny)] }));
  const sum = (of: (e: (typeof expected)[number]) => number): number => expected.reduce((total, e) => total + of(e), 0);
  const flight = flightConversation(map, heads, 2);
  const started = flight.findLastIndex((e) => e.label.endsWith("write CONTROL"));
  flight.splice(started + 1, 0, read(map, "HEADS_DONE", { heads_done: 0 }), read(map, "STATUS", { busy: 1, pending: 1, done: 0, error: 0 }));
  const active = sum(({ rows }) => activeCycles(rows.map((r) => r.survivors), { rows: 4, columns: 4, headDim: 8 }));
  const counters = [read(map, "PE_ACTIVE_LO", { pe_active_lo: active }), read(map, "ROWS_DONE", { rows_done: sum(({ rows }) => rows.length) })];
  const survivors = [0, 1].map((r) => read(map, `SURVIVORS_${r}`, { [`survivors_${r}`]: sum(({ rows }) => rows.reduce((n, { kept }) => n + kept[r]!, 0)) }));
  const session = new HostSession({ design: benchName(tiny), headDim: 8, beatBytes: 4, format: tiny }, topParameters(tiny));
  expected.forEach((head) => session.packets(head));
  session.script.say(...flight, ...counters, ...survivors);
  const { vectors } = session.script.vectors();
  expect(await builtinEngine.run(built(tiny).design, vectors, { stalls: stalls.none })).toMatchObject({ verdict: "pass", mismatches: [] });
});

describe("what is wrong is seen", () => {
  const [head] = headsFor(asAttention(tiny), 2);
  const { vectors, describe: originOf } = topVectorsOfHeads(tiny, expectedHeads(tiny, [head!]), false);
  const { design } = built(tiny);
  const channel = (name: string) => vectors.channels.find((c) => c.name === name)!;
  /** The vectors with the lowest bit of a word changed. */
  const changed = (name: string, index: number): VectorSet => ({ ...vectors, channels: vectors.channels.map((c) => {
    if (c.name !== name) return c;
    const data = Uint32Array.from(c.data);
    // A reply's data begins above the two bits of its response.
    data[index * c.limbs]! ^= name === "replies" ? 4 : 1;
    return { ...c, data };
  }) });

  test("in every counter and in an output, with what it is of", async () => {
    const labels = Array.from({ length: channel("replies").count }, (_, i) => originOf(i, "replies")!.label);
    for (const register of ["MAGIC", "STATUS", "CYCLES_LO", "INPUT_STALLS", "OUTPUT_STALLS", "PE_ACTIVE_LO", "ROWS_DONE", "SURVIVORS_0", "SURVIVORS_1"]) {
      const index = labels.findIndex((label) => label.endsWith(`read ${register}`));
      expect(index).toBeGreaterThanOrEqual(0);
      const { verdict, mismatches } = await builtinEngine.run(design, changed("replies", index), { stalls: stalls.none });
      expect([verdict, mismatches.map((m) => [m.channel, m.index, m.field])]).toEqual(["mismatch", [["replies", index, "data"]]]);
    }
    const { mismatches: [first] } = await builtinEngine.run(design, changed("outputs", 3), { stalls: stalls.none });
    expect(first).toMatchObject({ channel: "outputs", index: 3, field: "data" });
    expect(originOf(3, "outputs")).toMatchObject({ label: expect.stringMatching(/query 1, features from 4 on$/) as string, query: head!.firstQuery + 1 });
    expect([originOf(channel("outputs").count, "outputs"), originOf(labels.length, "replies")]).toEqual([null, null]);
  });
});

describe("the driver", () => {
  const map = registerMap(topParameters(tiny));

  test("packs fields by name, with their signs", () => {
    expect(write(map, "OFFSET", { offset: -3 })).toMatchObject({ op: "write", address: 0x4c, data: 0xfffffffd, mask: 15 });
    expect(read(map, "STATUS", { done: 1, error_code: 3 })).toMatchObject({ op: "read", address: 0x24, mask: 0xff02, reply: { response: 0, data: 0x302 } });
    expect(poll(map, "STATUS", { busy: 0 })).toMatchObject({ op: "poll", data: 0, mask: 1 });
    expect(() => write(map, "NOTHING", {})).toThrow("there is no register NOTHING");
    expect(() => write(map, "MODE", { loads: 1 })).toThrow("MODE has no field loads");
    expect(() => write(map, "MODE", { load: 2 })).toThrow("2 does not fit load, 1 bits");
  });

  test("reads all constants; reads the cycles of a head where they are known", () => {
    expect(identification(map).map((e) => e.label)).toEqual(["MAGIC", "VERSION", "VECTORS", "CAPACITY", "ARRAY", "SLICES", "FORMAT"].map((name) => `read ${name}`));
    const [head] = headsFor(asAttention(tiny), 2);
    const said = (cycles: number | null) => headConversation(map, head!, { survivors: [5, 4], rows: 3, active: 2 ** 33 + 7, cycles }, 1)
      .filter((e) => /CYCLES|STALLS|PE_ACTIVE/.test(e.label)).map(({ address, reply }) => [address, reply.data]);
    expect(said(null)).toEqual([[0x88, 7], [0x8c, 2]]);
    expect(said(1234)).toEqual([[0x80, 1234], [0x84, 0], [0x90, 0], [0x94, 0], [0x88, 7], [0x8c, 2]]);
  });

  test("packets are bytes, without padding", () => {
    const config = configOf({ headDim: 3, maxKeys: 8, keysPerCycle: 2, peRows: 2, beatBytes: 4 });
    const [head] = headsFor(asAttention(config), 1);
    const queries = Int16Array.of(1, -2, 3, 4, 5, -128);
    const { vectors } = topVectorsOfHeads(config, expectedHeads(config, [{ ...head!, queries, dim: 3 }]), true);
    const beats = vectors.channels.find((c) => c.name === "queries")!;
    expect([0, 1].map((i) => [0, 1, 2, 3, 4, 5].map((f) => wordField(beats, i, f)))).toEqual([[0x0403fe01n, 15n, 0n, 0n, 0n, 0n], [0x8005n, 3n, 1n, 0n, 0n, 0n]]);
  });
});

test("cycles of the array, by hand", () => {
  const shape = { rows: 2, columns: 3, headDim: 4 };
  const keys = (...rows: number[][]): Uint16Array[] => rows.map((row) => Uint16Array.from(row));
  // Nobody needs a key: a run of 4 steps, and a word for each of 2 tiles of features.
  expect(activeCycles(keys([], []), shape)).toBe(4 + 2);
  // Columns 0, 1, 2 have keys {0, 3}, {1}, {}: 2 runs, and 3 words and one that ends the tile.
  expect(activeCycles(keys([0, 1], [0, 3]), shape)).toBe(2 * 4 + 4 * 2);
  // The last column has as many keys as any, and ends the tile itself; the third query is a tile of its own.
  expect(activeCycles(keys([2, 5, 1], [], [8]), shape)).toBe(2 * 4 + 3 * 2 + 4 + 2);
  expect(activeCycles([], shape)).toBe(0);
});

test("clean in all tools", async () => {
  const { design, synthesis, warnings } = built({ ...tiny, reset: "async-low", dialect: "systemverilog" });
  expect(warnings).toEqual([]);
  for (const { tool, version, messages } of await lintVerilog(design.circuit.top, synthesis)) expect([tool, version === null, messages]).toEqual([tool, false, ""]);
}, 60_000);
