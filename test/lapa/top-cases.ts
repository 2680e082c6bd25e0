/** Random accelerators behind their bus master. */

import { build } from "../../generator/build";
import { parseConfig } from "../../generator/lapa/config-schema";
import type { TopConfig } from "../../generator/lapa/unit-config";
import { elaborateBench } from "../../generator/lapa/units";
import { builtinEngine } from "../../sim/engines/builtin/engine";
import { expectedHeads, topVectorsOfHeads } from "../../sim/top-heads";
import { headsFor, withArray } from "./attention-cases";
import type { SpeculationCase } from "./speculation-cases";

/** Runs a case in the built-in engine, with stalls and without. @throws when a reply or a beat is not as it should be. */
export async function expectTop(given: SpeculationCase, peRows: number, beatBytes: number): Promise<void> {
  const attention = withArray(given, peRows);
  const { name: _, ...rest } = attention;
  const config = parseConfig({ ...rest, unit: "top", beatBytes }, "test") as TopConfig;
  // Two flights of a head by itself, and one of three between them.
  const heads = [1, 2].flatMap((more) => headsFor(attention, given.seed + more)).slice(0, 5);
  const expected = expectedHeads(config, heads);
  const { design } = build(elaborateBench(config), { configuration: null, dialect: "verilog" });
  for (const stalls of [{ seed: 1, input: 0, output: 0 }, { seed: given.seed, input: given.seed % 256, output: (given.seed >> 8) % 256 }]) {
    const { vectors } = topVectorsOfHeads(config, expected, stalls.input + stalls.output > 0);
    expect(await builtinEngine.run(design, vectors, { stalls })).toMatchObject({ verdict: "pass", mismatches: [] });
  }
}
