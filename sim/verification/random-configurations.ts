/** Configurations at random: every one is legal, and small enough to be generated, linted and simulated in some seconds. */

import { parseConfig } from "../../generator/lapa/config-schema";
import type { UnitConfig } from "../../generator/lapa/unit-config";
import { Random } from "./random";

/** Units with more to go wrong come more often. */
const units = ["top", "top", "top", "attention", "attention", "speculation", "speculation", "speculation", "aloc_dot", "aloc"] as const;
const resets = ["sync-high", "sync-low", "async-high", "async-low"] as const;
const beats = [1, 2, 4, 8, 16, 32, 64] as const;

/** Configuration `index` of those that a seed gives. */
export function randomConfiguration(seed: number, index: number): UnitConfig {
  const random = new Random(seed, index);
  // Neighbouring streams of the generator begin alike.
  for (let i = 0; i < 8; i++) random.below(2);
  const unit = random.of(units);
  const common = { unit, reset: random.of(resets), dialect: random.of(["verilog", "systemverilog"]) };
  return parseConfig({ ...common, ...unitKeys(unit, random) }, `configuration ${index} of seed ${seed}`);
}

function unitKeys(unit: (typeof units)[number], random: Random): object {
  switch (unit) {
    case "aloc": return arithmetic(random, [2, 16]);
    case "aloc_dot": {
      const headDim = 1 + random.below(40);
      const { operandBits, logSide, ...rest } = arithmetic(random, [2, 16]);
      return { ...rest, operandBits, logSide, headDim, window: windowOf(random, operandBits, logSide), treeRegisters: random.below(treeLevels(headDim) + 2) };
    }
    case "speculation": return { ...prediction(random, [4, 16]), survivorForm: random.of(["keys", "groups"]) };
    case "attention": return { ...prediction(random, [4, 16]), peRows: 1 + random.below(9) };
    case "top": return { ...prediction(random, [4, 8]), peRows: 1 + random.below(9), beatBytes: random.of(beats) };
  }
}

/** Levels of adders below a dot product. */
function treeLevels(headDim: number): number {
  return headDim === 1 ? 0 : (headDim - 1).toString(2).length;
}

function arithmetic(random: Random, [least, most]: readonly [number, number]) {
  const rounding = random.of(["floor", "floor", "nearest"] as const);
  // 8 bits are what most people take.
  const operandBits = random.oneIn(3) ? 8 : least + random.below(most - least + 1);
  return { operandBits, rounding, terms: rounding === "floor" ? random.of([1, 1, 2] as const) : 1, logSide: random.of(["query", "query", "key"] as const) };
}

function windowOf(random: Random, operandBits: number, logSide: "query" | "key"): number | null {
  return logSide === "key" || random.oneIn(3) ? null : 1 + random.below(operandBits);
}

function prediction(random: Random, bits: readonly [number, number]): object {
  const { operandBits, logSide, ...rest } = arithmetic(random, bits);
  const headDim = 1 + random.below(random.oneIn(8) ? 40 : 12);
  const slices = composition(random, operandBits);
  return {
    ...rest, operandBits, logSide, headDim, slices, window: windowOf(random, operandBits, logSide), maxKeys: 1 + random.below(random.oneIn(8) ? 300 : 70),
    keysPerCycle: random.oneIn(2) ? 1 + random.below(12) : slices.map(() => 1 + random.below(12)),
    featuresPerCycle: random.oneIn(2) ? null : 1 + random.below(headDim), blackBoxMemories: random.oneIn(8),
  };
}

/** Numbers of at least 1 that add up to `total`, few more often than many. */
function composition(random: Random, total: number): number[] {
  const parts: number[] = [];
  for (let left = total; left > 0; left -= parts.at(-1)!) parts.push(Math.min(left, 1 + random.below(Math.max(2, left))));
  return parts;
}
