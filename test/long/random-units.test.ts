/** Random units of speculation and attention. */

import fc from "fast-check";
import { expectAttention } from "../lapa/attention-cases";
import { expectCase, speculationCases } from "../lapa/speculation-cases";

jest.setTimeout(60 * 60_000);

test("200 random units: every survivor, every statistic, with stalls; and without, every cycle", async () => {
  await fc.assert(fc.asyncProperty(speculationCases, expectCase), { numRuns: 200 });
});

test("200 random units of attention, with stalls and without", async () => {
  await fc.assert(fc.asyncProperty(speculationCases, fc.integer({ min: 1, max: 9 }), expectAttention), { numRuns: 200 });
});
