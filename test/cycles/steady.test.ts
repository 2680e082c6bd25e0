/** The closed formula of docs/cycles.md, beside the model that it is of. */

import fc from "fast-check";
import { roundParts } from "../../generator/lapa/speculation-round";
import type { SpeculationParameters } from "../../generator/lapa/speculation-format";
import { thresholdLatency } from "../../generator/lapa/threshold";
import { mergeLatency } from "../../generator/lib/merge-tree";
import { laneQueueLatency } from "../../generator/lapa/lane-queue";
import { type HeadWork, type RowWork, speculationTimes } from "../../sim/cycles/speculation";

interface Case {
  readonly params: SpeculationParameters;
  readonly mode: HeadWork["mode"];
  readonly row: RowWork;
}

const cases: fc.Arbitrary<Case> = fc.record({
  slices: fc.constantFrom([8], [4, 4], [2, 2, 4], [1, 2, 5]), headDim: fc.integer({ min: 1, max: 100 }), folds: fc.integer({ min: 1, max: 3 }),
  maxKeys: fc.integer({ min: 1, max: 500 }), lanes: fc.array(fc.integer({ min: 1, max: 24 }), { minLength: 3, maxLength: 3 }),
  mode: fc.constantFrom("radius", "blend"), shares: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
}).map(({ slices, headDim, folds, maxKeys, lanes, mode, shares }) => {
  const params: SpeculationParameters = {
    operandBits: 8, rounding: "floor", terms: 1, window: 4, logSide: "query", headDim, maxKeys, slices, featuresPerCycle: Math.ceil(headDim / folds),
    keysPerCycle: lanes.slice(0, slices.length), survivorForm: "keys", keyBanks: 1, reports: true, clampsKeys: true, blackBoxMemories: false,
  };
  // Short rows are as frequent as long ones.
  const some = (most: number, share: number): number => Math.max(1, Math.round(most ** share));
  const steps = slices.map((_, round) => some(roundParts({ ...params, round }).ddf.rowWords, shares[round]!));
  return { params, mode, row: { steps, words: some(maxKeys, shares[3]!) } };
});

/** Cycles a query where all are alike. */
function steady({ params, mode, row: { steps, words } }: Case): number {
  const parts = steps.map((_, round) => roundParts({ ...params, round }));
  const { folds } = parts[0]!.unit;
  const lists = parts.map(({ format }, r) => {
    const next = parts[r + 1]?.format.sources;
    const merged = next === undefined ? [format.lanes] : next.map((lane) => format.sources.filter(([first]) => lane.includes(first!)).length);
    const behind = r + 1 < steps.length ? folds * steps[r + 1]! : words;
    return (steps[r]! + behind + laneQueueLatency + Math.max(...merged.map(mergeLatency)) + 1) / 3;
  });
  return Math.max(words, ...steps.map((w) => folds * w), ...parts.map(({ ddf }) => thresholdLatency(ddf)[mode] + 1), ...lists);
}

test("rows that are alike take what the largest of a few numbers says", () => {
  fc.assert(fc.property(cases, (one) => {
    const { params, mode, row } = one;
    const cycles = (queries: number): number => speculationTimes(params, [{ keys: 1, mode, rows: Array.from({ length: queries }, () => row) }]).cycles;
    // A multiple of three rows, long after the first ones.
    expect((cycles(1200) - cycles(600)) / 600).toBeCloseTo(steady(one), 9);
  }), { numRuns: 100 });
});
