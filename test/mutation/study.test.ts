/** A small mutation study of a whole unit, with the vectors of `lapa verify`. */

import { readConfiguration } from "../../generator/cli/configuration";
import { simulatedDesign } from "../../generator/cli/design";
import { verilatorEngine } from "../../sim/engines/verilator";
import { identity } from "../../sim/mutation/fault";
import { allFaults } from "../../sim/mutation/faults";
import { prove } from "../../sim/mutation/proof";
import { byKind, byModule, scoreOf, scoresBy, study } from "../../sim/mutation/study";
import { all, vectorSources } from "../../sim/unit-vectors";
import { requireTool } from "../engines/engine-suite";
import { requireYosys } from "../formal/prove";

requireTool(verilatorEngine, "apt-get install verilator g++ make");
requireYosys();

const { config, design } = simulatedDesign(readConfiguration({ config: "tiny" }));
const faults = allFaults(design.circuit, config.name);
const named = (pattern: RegExp): string => {
  const found = faults.map(identity).find((name) => pattern.test(name));
  if (found === undefined) throw new Error(`no fault is like ${pattern}`);
  return found;
};

test("what every word shows is noticed, most of a sample is, and a list that is wrong is found out", async () => {
  const obvious = named(/^lapa_threshold_\S+ out_valid .* -> 1'b0$/);
  const known = [
    { config: "tiny", fault: obvious, reason: "a test says so" },
    { config: "tiny", fault: "lapa_nothing a [stuck] b -> 1'b0", reason: "a test says so" },
  ];
  const setting = { run: { stalls: { seed: 1, input: 64, output: 64 }, initSeed: 1, limit: Infinity }, count: 40, seed: 1, module: null, proofSeconds: 0 };
  const told: number[] = [];
  const result = await study(design.circuit, config.name, vectorSources(config, [all], 1), setting, known, (what, done) => { if (what === "seeded") told.push(done); });
  expect(result.listFaults).toEqual([`the list names a fault that is noticed: ${obvious}`, "the list names a fault that is not there: lapa_nothing a [stuck] b -> 1'b0"]);
  const score = scoreOf(result.judged);
  expect(score).toMatchObject({ seeded: 41, equivalent: 0, listed: 0 });
  expect(score.noticed + score.unnoticed).toBe(41);
  expect(score.score).toBeGreaterThan(70);
  expect(told).toEqual(Array.from({ length: 41 }, (_, i) => i + 1));
  for (const key of [byModule, byKind]) expect(scoresBy<string>(result.judged, key).reduce((sum, s) => sum + s.noticed, 0)).toBe(score.noticed);
}, 600_000);

test("a fault that changes nothing is proved to", async () => {
  const equal = named(/^lapa_row_statistics_\S+ lanes_largest_\S+ \[compare\] .* >= .* -> .* > /);
  expect(await prove(design.circuit, config.name, faults.find((f) => identity(f) === equal)!, 20)).toEqual({ by: "function" });
}, 120_000);

test("a module that is not there is refused", async () => {
  const setting = { run: { stalls: { seed: 1, input: 0, output: 0 }, initSeed: 1, limit: 1 }, count: 1, seed: 1, module: "none", proofSeconds: 0 };
  await expect(study(design.circuit, config.name, [], setting, [], () => undefined)).rejects.toThrow("no module none with faults");
});
