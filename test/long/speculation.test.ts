/** The speculation unit: random units, and every preset on every trace at hand. */

import fc from "fast-check";
import { expectCase, speculationCases } from "../lapa/speculation-cases";

jest.setTimeout(60 * 60_000);

test("200 random units: every survivor, every statistic, with stalls; and without, every cycle", async () => {
  await fc.assert(fc.asyncProperty(speculationCases, expectCase), { numRuns: 200 });
});
