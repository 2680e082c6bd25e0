import { build } from "../../generator/build";
import { parseConfig } from "../../generator/lapa/config-schema";
import { presets } from "../../generator/lapa/presets";
import { elaborateUnit } from "../../generator/lapa/units";
import type { AttentionConfig } from "../../generator/lapa/unit-config";
import { builtinEngine } from "../../sim/engines/builtin/engine";
import type { Design } from "../../sim/engines/engine";
import { exponentTable } from "../../sim/golden/execution";
import { attentionVectorsOfHeads } from "../../sim/speculation-heads";
import { vectorSources } from "../../sim/unit-vectors";
import type { AttentionHead } from "../../sim/vectors/attention-vectors";
import { type HeadConfig, HeadCoverage, observeHead } from "../../sim/verification/head-coverage";
import { verificationHeads } from "../../sim/verification/verification-heads";

const configOf = (config: object): HeadConfig => parseConfig(config, "test") as HeadConfig;
const preset = (name: string): HeadConfig => configOf(presets[name]!.config);
/** Nothing of it is a power of two, or a multiple of anything. */
const odd = { operandBits: 5, headDim: 9, maxKeys: 21, slices: [2, 3], rounding: "nearest", logSide: "key", keysPerCycle: 4 };
const units: readonly (readonly [string, HeadConfig, readonly string[]])[] = [
  ["tiny", preset("tiny"), []],
  ["attention-tiny", preset("attention-tiny"), []],
  ["top-tiny", preset("top-tiny"), []],
  ["an odd speculation unit", configOf({ ...odd, unit: "speculation" }), []],
  ["an odd top", configOf({ ...odd, unit: "top", peRows: 3, beatBytes: 4 }), ["rounding of probabilities: 7 tie"]],
  ["one key of one feature", configOf({ unit: "attention", headDim: 1, maxKeys: 1, keysPerCycle: 1, peRows: 1 }), []],
];

const made = (config: HeadConfig, source: string, seed: number, cycles?: number) => vectorSources(config, [source], seed)[0]!.make(Infinity, cycles);
const missing = (config: HeadConfig, cycles?: number): string[] => made(config, "corners", 1, cycles).coverage!.summary().flatMap((k) => k.missing.map((point) => `${k.kind}: ${point}`));

test.each(units)("%s: the corners hit every point there is, except for those that are named here", (_, config, expected) => {
  expect(missing(config)).toEqual(expected);
});

test("few heads hit all that does not need many rows", () => {
  const all = ["rows of a head: bit 4", "rows of a head: bit 5", "rows of a head: bit 6", "rows of a head: bit 7", "rows of a head: bit 8", "rows of a head: bit 9", "rows of a head: bit 12"];
  const left = missing(preset("tiny"), 8000);
  expect(left.filter((point) => !all.includes(point))).toEqual([]);
  expect(made(preset("tiny"), "corners", 1, 8000).cycles!).toBeLessThan(8000);
});

test("every entry of the softmax's table that is changed is noticed, by the head that says so", async () => {
  const config = preset("attention-tiny") as AttentionConfig;
  const { design } = build(elaborateUnit(config), { configuration: null, dialect: "verilog" });
  const heads = verificationHeads(config, 1, 8000);
  const hits = heads.map((head) => {
    const covered = new HeadCoverage(config);
    observeHead(config, covered, head);
    return new Set(covered.coverage.hits());
  });
  const verdicts: string[] = [];
  for (let f = 0; f < 64; f++) {
    const head: AttentionHead | undefined = heads[hits.findIndex((of) => of.has(`exponential table: ${f} less`))];
    expect([f, head !== undefined]).toEqual([f, true]);
    const { vectors } = attentionVectorsOfHeads(config, [{ ...head!, loads: true }]);
    const { verdict } = await builtinEngine.run(withEntry(design, f), vectors, { stalls: { seed: 1, input: 0, output: 0 } });
    verdicts.push(verdict);
  }
  expect(verdicts).toEqual(verdicts.map(() => "mismatch"));
}, 300_000);

/** The design with an entry of the table that is one less. */
function withEntry(design: Design, f: number): Design {
  const entry = `"lo":0,"value":{"kind":"lit","value":"0x${exponentTable[f]!.toString(16)}","width":8`;
  const changed = `"lo":0,"value":{"kind":"lit","value":"0x${(exponentTable[f]! - 1).toString(16)}","width":8`;
  let count = 0;
  const modules = design.circuit.modules.map((module) => {
    if (!module.name.startsWith("lapa_probability")) return module;
    const text = JSON.stringify(module);
    count += text.split(entry).length - 1;
    return JSON.parse(text.replace(entry, changed)) as typeof module;
  });
  expect([f, count]).toEqual([f, 1]);
  return { ...design, circuit: { ...design.circuit, modules } };
}

describe("seeds", () => {
  const words = (source: string, seed: number): string[] => made(preset("tiny"), source, seed).vectors.channels.map((c) => `${c.name} ${c.data.join(" ")}`);

  test.each(["corners", "random"])("of %s: the same one gives the same heads, another one others", (source) => {
    const first = words(source, 5);
    expect(words(source, 5)).toEqual(first);
    expect(words(source, 6)).not.toEqual(first);
  });
});

test.each(units)("%s: random heads fit, and are of both modes and all kinds", async (_, config) => {
  const { coverage } = made(config, "random", 3);
  const points = coverage!.hits();
  for (const point of ["head: causal", "head: padding", "head: keys of the head before", "head: blend after radius", "head: radius after blend"]) expect(points).toContain(point);
  if (config.unit !== "speculation") for (const point of ["tiles: dense", "tiles: filtered after dense"]) expect(points).toContain(point);
});
