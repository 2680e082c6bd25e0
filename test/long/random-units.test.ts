/** Random units of speculation and attention, and random accelerators. */

import fc from "fast-check";
import { expectAttention } from "../lapa/attention-cases";
import { expectCase, speculationCases } from "../lapa/speculation-cases";
import { expectTop } from "../lapa/top-cases";

jest.setTimeout(60 * 60_000);

test("200 random units: every survivor, every statistic, with stalls; and without, every cycle", async () => {
  await fc.assert(fc.asyncProperty(speculationCases, expectCase), { numRuns: 200 });
});

test("200 random units of attention, with stalls and without", async () => {
  await fc.assert(fc.asyncProperty(speculationCases, fc.integer({ min: 1, max: 9 }), expectAttention), { numRuns: 200 });
});

test("100 random accelerators, with stalls and without", async () => {
  // A feature is a byte on the bus.
  const cases = speculationCases.filter(({ config }) => config.operandBits <= 8);
  await fc.assert(fc.asyncProperty(cases, fc.integer({ min: 1, max: 9 }), fc.constantFrom(1, 2, 4, 8, 16, 32, 64), expectTop), { numRuns: 100 });
});
