import type { SpeculationFormat } from "../../generator/lapa/config";
import { radiusParameters } from "../../sim/metrics/radius";
import { adderBits, addWork, exactWork, roundsWork } from "../../sim/metrics/work";

const format: SpeculationFormat = { operandBits: 8, rounding: "floor", terms: 1, window: null, logSide: "query", slices: [4, 4] };
const additions = (work: { additions: ReadonlyMap<number, number> }): object => Object.fromEntries(work.additions);

test("exact scores: seven rows of 8 bits a product, and a tree from 16 bits", () => {
  const work = exactWork(10, 5, 8);
  expect(work.keyBits).toBe(10 * 5 * 8);
  // Five products: two sums and one left over, then one, then one.
  expect(additions(work)).toEqual({ 8: 10 * 5 * 7, 16: 20, 17: 10, 18: 10 });
  expect(adderBits(work)).toBe(10 * (35 * 8 + 2 * 16 + 17 + 18));
  expect(additions(exactWork(1, 1, 8))).toEqual({ 8: 7 });
});

test("rounds: terms of slice and exponent, a tree, and from the second round on the sum so far", () => {
  // Exponents up to 6: 10 bits signed, then 11 with the sign; S has 8 + 6 + 2 bits.
  const work = roundsWork([100, 30, 7], 4, format);
  expect(work.keyBits).toBe(100 * 4 * 4 + 30 * 4 * 4);
  expect(additions(work)).toEqual({ 10: 200, 11: 100 + 60, 12: 30, 16: 30 });
  // Window 4: exponents up to 3.
  expect(additions(roundsWork([100, 30], 4, { ...format, window: 4 }))).toEqual({ 7: 200, 8: 100 + 60, 9: 30, 13: 30 });
  // Two terms: twice the operands.
  expect(additions(roundsWork([1], 4, { ...format, terms: 2, slices: [8] }))).toEqual({ 14: 4, 15: 2, 16: 1 });
  // The keys' codes, of 4 bits, are read again in each round.
  expect(roundsWork([100, 30], 4, { ...format, logSide: "key" }).keyBits).toBe(130 * 4 * 4);
});

test("works of heads add", () => {
  const work = addWork([exactWork(1, 2, 8), roundsWork([1], 2, { ...format, slices: [8] })]);
  expect(work.keyBits).toBe(32);
  expect([...work.additions]).toEqual([[8, 14], [14, 1], [16, 1]]);
});

test("radii: rounded units of the round, times the slope, at most what the register holds", () => {
  const scales = { dim: 64, scaleQ: 0.02, scaleK: 0.05, attnScale: 0.125 };
  const rounds = (change: Partial<SpeculationFormat>, ...margins: number[]): object => radiusParameters(margins, [6, 5, 4], scales, { ...format, ...change }).rounds;
  // 4 * 0.72 / (0.000125 * 16) = 1440; 4 * 0.72 / 0.000125 = 23040.
  expect(rounds({}, 4, 4)).toEqual([{ rho: 1440, guard: 6 }, { rho: 23040, guard: 5 }]);
  expect(rounds({ rounding: "nearest" }, 4, 0)).toEqual([{ rho: 2000, guard: 6 }, { rho: 0, guard: 5 }]);
  expect(rounds({ terms: 2, slices: [2, 2, 4] }, 1, 2, 3)).toEqual([{ rho: 116, guard: 6 }, { rho: 930, guard: 5 }, { rho: 22320, guard: 4 }]);
  expect(rounds({}, 1e9, 1e300)).toEqual([{ rho: 2 ** 16 - 1, guard: 6 }, { rho: 2 ** 20 - 1, guard: 5 }]);
});
