/** Heads of the shapes that random ones seldom have: full, long, cut off by causal limit and padding, of many tiles, of extreme scores. */

import { largestRho } from "../golden/speculation";
import type { AttentionHead } from "../vectors/attention-vectors";
import type { HeadConfig } from "./head-coverage";
import { inOrder, RandomHeads } from "./random-heads";
import { longestHead, manySteps } from "./shape-points";

type Parameters = AttentionHead["parameters"];

/** @param seed of what is random in them; not 0 modulo 2^32. */
export function shapeHeads(config: HeadConfig, seed: number): AttentionHead[] {
  const random = new RandomHeads(config, seed);
  return inOrder([...fullHeads(config, random), ...cutHeads(config, random), ...tiledHeads(config, random), ...extremeHeads(config, random)]);
}

/** As many keys as there is room for, and so many that every lower bit of their number is 1. */
function fullHeads(config: HeadConfig, random: RandomHeads): AttentionHead[] {
  const { maxKeys, headDim } = config;
  const ones = 2 ** Math.floor(Math.log2(maxKeys + 1)) - 1;
  const all = random.load(maxKeys);
  // The first feature weighs as much as it can below, the second one above.
  const [min, max] = range(config);
  const values = all.values.map((v, at) => (at % headDim === 0 ? min : at % headDim === 1 ? max : v));
  const lanes = typeof config.keysPerCycle === "number" ? config.keysPerCycle : config.keysPerCycle[0]!;
  const rows = Math.ceil(manySteps(config) / Math.ceil(maxKeys / lanes));
  const full = { ...all, values };
  const heads = [
    named("all keys", random.of(1, full, true), { nValid: maxKeys, causal: false }),
    { ...named("all keys weigh the same", random.of(2, full, false), { nValid: maxKeys, causal: false }), execution: { c: 0, s: 7 }, dense: true },
    named("all keys but for the padding", random.of(2, full, false), { nValid: ones, causal: false }),
    // The slow mode, so that scores wait.
    { ...named("more scores than wait", random.of(rows, full, false), { nValid: maxKeys, causal: false, mode: "blend", rounds: config.slices.map((_, r) => ({ a: r - 4 })) }), dense: false },
  ];
  return ones === maxKeys ? heads : [...heads, named("one bits of keys", random.of(1, random.load(ones), true), { nValid: ones })];
}

/** Rows that end at the causal limit, at the padding, and at both. */
function cutHeads({ maxKeys }: HeadConfig, random: RandomHeads): AttentionHead[] {
  const nK = Math.min(maxKeys, 7);
  const loaded = random.load(nK);
  const nValid = Math.max(0, nK - 2);
  const cut = (label: string, rows: number, parameters: Partial<Parameters>): AttentionHead => named(label, random.of(rows, loaded, false), { nValid, causal: true, ...parameters } as Partial<Parameters>);
  return [
    cut("padding and a causal limit", 5, { offset: nValid - 4 }),
    cut("padding and rows before all keys", nK + 2, { offset: -2 }),
    { ...cut("the same without a filter", nK + 2, { offset: -2 }), dense: true },
    cut("all rows before all keys", 2, { offset: -65536 }),
    cut("all rows behind all keys", 2, { offset: 65535 }),
    cut("the diagonal", nK, { nValid: nK, offset: 0 }),
  ];
}

/** More rows than the array has, several times; without a filter, causal, padded. */
function tiledHeads(config: HeadConfig, random: RandomHeads): AttentionHead[] {
  if (config.unit === "speculation") return [];
  const { peRows, maxKeys } = config;
  const loaded = random.load(Math.min(maxKeys, 11));
  const count = loaded.keys.length / config.headDim;
  return [
    { ...named("three tiles, one row in the last", random.of(2 * peRows + 1, loaded, true), { nValid: count, causal: true, offset: 1 - peRows }), dense: true },
    { ...named("filtered, some rows in the last tile", random.of(2 * peRows - 1, loaded, false), { nValid: Math.max(1, count - 1), causal: false }), dense: false },
    { ...named("padded, without a filter", random.of(peRows + 1, loaded, false), { nValid: Math.max(0, count - 3), causal: false }), dense: true },
  ];
}

/** Scores as large, as small and as far apart as they can be, with distances that the table still tells apart. */
function extremeHeads(config: HeadConfig, random: RandomHeads): AttentionHead[] {
  const { maxKeys, headDim, slices } = config;
  const [min, max] = range(config);
  const count = Math.min(maxKeys, 6);
  const loaded = random.load(count);
  const keys = loaded.keys.map((key, at) => [min, max, key][Math.floor(at / headDim) % 3]!);
  const queries = Int16Array.from({ length: 3 * headDim }, (_, at) => [min, max, at % 2 === 0 ? min : max][Math.floor(at / headDim)]!);
  const all = { ...loaded, keys };
  const widest = { mode: "radius", rounds: slices.map((_, r) => ({ rho: largestRho(headDim, r, config), guard: 0 })) } as const;
  return [1, 64, 500].map((t, h): AttentionHead => ({
    ...named("scores far apart", random.of(1, all, h === 0), { nValid: count, causal: false, ...widest }), queries, dense: h > 0, execution: random.scaled(queries, keys, t),
  }));
}

/** More rows than any small number counts, and little to do for each. */
export function longHead(config: HeadConfig, seed: number): AttentionHead {
  const random = new RandomHeads(config, seed);
  const head = random.of(longestHead(config), random.load(Math.min(config.maxKeys, 3)), true);
  const rounds = config.slices.map(() => ({ rho: 0, guard: 0 }));
  return { ...named("many rows", head, { causal: true, offset: -1, nValid: head.keys.length / head.dim, mode: "radius", rounds }), dense: false };
}

function range({ operandBits }: HeadConfig): [number, number] {
  return [-(2 ** (operandBits - 1)), 2 ** (operandBits - 1) - 1];
}

function named(label: string, head: AttentionHead, parameters: Partial<Parameters>): AttentionHead {
  return { ...head, label: `corner: ${label}`, parameters: { ...head.parameters, ...parameters } as Parameters };
}
