/** A host that misbehaves: the accelerator does what the registers' page says, in the built-in engine, with stalls and without. */

import { build } from "../../generator/build";
import { parseConfig } from "../../generator/lapa/config-schema";
import type { TopConfig } from "../../generator/lapa/unit-config";
import { elaborateBench } from "../../generator/lapa/units";
import { builtinEngine } from "../../sim/engines/builtin/engine";
import { topVectorsOfHeads } from "../../sim/top-heads";
import { faultyPacket, packetFaults, possibleFaults } from "../../sim/verification/host/faulty-packets";

const configOf = (config: object): TopConfig =>
  parseConfig({ unit: "top", headDim: 8, maxKeys: 16, keysPerCycle: 4, peRows: 4, beatBytes: 4, ...config }, "test") as TopConfig;
const stalls = { none: { seed: 1, input: 0, output: 0 }, some: { seed: 5, input: 64, output: 64 } };

test.each([
  ["top-tiny", {}, "all"],
  ["beats that end inside of rows", { headDim: 9, maxKeys: 21, keysPerCycle: [4, 2], peRows: 3 }, "once"],
  ["rows that end inside of beats, 5 bits", { headDim: 3, maxKeys: 40, operandBits: 5, slices: [2, 3], keysPerCycle: 9, peRows: 13, beatBytes: 16 }, "once"],
  ["a byte a beat, one key a cycle", { headDim: 5, maxKeys: 12, logSide: "key", keysPerCycle: 1, peRows: 1, beatBytes: 1, reset: "async-low" }, "once"],
  ["a beat for a head, one key", { headDim: 2, maxKeys: 1, keysPerCycle: 1, peRows: 2, beatBytes: 64 }, "some"],
] as const)("%s", async (_, shape, extent) => {
  const config = configOf(shape);
  const { design } = build(elaborateBench(config), { configuration: null, dialect: config.dialect });
  for (const [name, s] of Object.entries(stalls)) {
    const { vectors, coverage } = topVectorsOfHeads(config, [], name === "some", { seed: 3, extent });
    expect(await builtinEngine.run(design, vectors, { stalls: s })).toMatchObject({ verdict: "pass", mismatches: [] });
    if (extent !== "all") continue;
    const missing = coverage.summary().filter((k) => k.hit < k.points).map(({ kind, missing: points }) => [kind, points]);
    // Pauses are only counted where nothing else stalls.
    expect(missing).toEqual(name === "some" ? [["pauses counted", ["keys", "values", "queries", "outputs"]]] : []);
  }
}, 300_000);

describe("faulty packets", () => {
  const bytes = Uint8Array.from({ length: 10 }, (_, i) => i + 1);

  test.each([
    ["beats are missing", 0, [1, 2, 3, 4, 5, 6, 7, 8, 0, 0]], ["bytes are missing", 0, [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]], ["the last beat is null", 0, [1, 2, 3, 4, 5, 6, 7, 8, 0, 0]],
    ["beats too many", 1, [...bytes]], ["bytes too many", 1, [...bytes]], ["a hole in a beat", 2, [1, 0, 3, 4, 5, 6, 7, 8, 9, 10]],
    ["a hole in the last beat", 2, [1, 2, 3, 4, 5, 6, 7, 8, 0, 10]], ["a null beat", 2, [1, 2, 3, 4, 0, 0, 0, 0, 9, 10]],
  ] as const)("%s: what is taken, and the code", (fault, code, taken) => {
    expect(faultyPacket(fault, bytes, 4)).toMatchObject({ code, taken: Uint8Array.from(taken) });
  });

  test("end with their last beat, and have data where they keep none", () => {
    for (const fault of packetFaults) {
      const { beats } = faultyPacket(fault, bytes, 4)!;
      expect(beats.map((b) => b.last)).toEqual(beats.map((_, i) => i === beats.length - 1));
    }
    expect(faultyPacket("a null beat", bytes, 4)!.beats[1]).toEqual({ data: Uint8Array.of(165, 165, 165, 165), keep: new Uint8Array(4), last: false });
  });

  test("of one beat, and of whole beats, there are fewer", () => {
    const possible = (length: number): string[] => possibleFaults(length, 4);
    expect(possible(1)).toEqual(["the last beat is null", "beats too many", "bytes too many"]);
    expect(possible(4)).toEqual(["bytes are missing", "the last beat is null", "beats too many", "a hole in the last beat"]);
    expect(possible(8)).not.toContain("bytes too many");
  });
});
