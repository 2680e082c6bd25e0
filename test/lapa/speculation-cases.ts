/** Random speculation units, and heads for them. */

import fc from "fast-check";
import type { FilterParameters, SpeculationFormat } from "../../generator/lapa/config";
import { build } from "../../generator/build";
import { parseConfig } from "../../generator/lapa/config-schema";
import type { PredictionConfig, SpeculationConfig } from "../../generator/lapa/unit-config";
import { elaborateUnit } from "../../generator/lapa/units";
import { builtinEngine } from "../../sim/engines/builtin/engine";
import { largestRho } from "../../sim/golden/speculation";
import { vectorsOfHeads } from "../../sim/speculation-heads";
import { advanceStall } from "../../sim/vectors/stalls";
import type { Head } from "../../sim/vectors/speculation-vectors";
import { composition, formats } from "./formats";

/** What is run: a unit, and a head whose operands and registers follow from the seed. */
export interface SpeculationCase {
  readonly config: SpeculationConfig;
  readonly seed: number;
}

/** Units of any format, slices, lanes and folds, small enough for the built-in engine. */
export const speculationCases: fc.Arbitrary<SpeculationCase> = fc.record({
  format: fc.constantFrom(...formats([4, 5, 8, 11, 16], (W) => [null, 1, 3, W])), keyLog: fc.boolean(), cuts: fc.integer(), headDim: fc.integer({ min: 1, max: 10 }),
  maxKeys: fc.integer({ min: 1, max: 90 }), lanes: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 16, maxLength: 16 }), features: fc.integer({ min: 1, max: 10 }),
  survivorForm: fc.constantFrom("keys", "groups"), reset: fc.constantFrom("sync-high", "async-low"), seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
}).map(({ format, keyLog, cuts, headDim, maxKeys, lanes, features, survivorForm, reset, seed }) => {
  // Few rounds more often than many.
  const slices = composition(format.operandBits, cuts & (cuts >> 7));
  const config = parseConfig({
    unit: "speculation", ...format, ...(keyLog ? { logSide: "key", window: null } : {}), headDim, maxKeys, slices, keysPerCycle: lanes.slice(0, slices.length),
    featuresPerCycle: Math.min(features, headDim), survivorForm, reset,
  }, "sample");
  return { config: config as SpeculationConfig, seed };
});

/** Three heads of random operands: registers of either mode, causal or not, keys that stay or are loaded anew. */
export function randomHeads({ headDim, maxKeys, ...format }: PredictionConfig, seed: number): Head[] {
  const W = format.operandBits;
  let state = seed;
  const below = (n: number): number => (state = advanceStall(state)) % n;
  const vectors = (n: number): Int16Array => {
    // Narrow and wide ones: windows have bases of all sizes.
    const bits = 1 + below(W);
    return Int16Array.from({ length: n * headDim }, () => (below(9) === 0 ? -(2 ** (W - 1)) : below(2 ** bits) - 2 ** (bits - 1)));
  };
  let keys = vectors(1 + below(maxKeys));
  return Array.from({ length: 3 }, (_, h): Head => {
    const loads = h === 0 || below(2) === 0;
    if (loads && h > 0) keys = vectors(1 + below(maxKeys));
    const nK = keys.length / headDim;
    const limits = { nValid: below(4) === 0 ? below(nK + 1) : nK, causal: below(2) === 0, offset: below(2 * nK + 1) - nK };
    return { label: `head ${h}`, queries: vectors(1 + below(12)), keys, dim: headDim, loads, firstQuery: 0, parameters: { ...limits, ...filter(format, headDim, below) } };
  });
}

function filter(format: SpeculationFormat, headDim: number, below: (n: number) => number): FilterParameters {
  const { slices, logSide } = format;
  if (below(3) === 0) return { mode: "blend", rounds: slices.map(() => ({ a: below(31) - 15 })) };
  return {
    mode: "radius",
    rounds: slices.map((_, r) => ({ rho: below(8) === 0 ? largestRho(headDim, r, format) : Math.floor(largestRho(headDim, r, format) / (2 + below(30))), guard: logSide === "query" ? below(64) : 0 })),
  };
}

/** Runs a case in the built-in engine. @throws when a word or the number of cycles is not as it should be. */
export async function expectCase({ config, seed }: SpeculationCase): Promise<void> {
  const { design } = build(elaborateUnit(config), { configuration: null, dialect: "verilog" });
  const { vectors, cycles } = vectorsOfHeads(config, randomHeads(config, seed));
  expect(await builtinEngine.run(design, vectors, { stalls: { seed: 1, input: 0, output: 0 } })).toMatchObject({ verdict: "pass", mismatches: [], cycles });
  expect(await builtinEngine.run(design, vectors, { stalls: { seed, input: seed % 256, output: (seed >> 8) % 256 } })).toMatchObject({ verdict: "pass", mismatches: [] });
}
