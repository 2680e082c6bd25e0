import fc from "fast-check";
import { blendThreshold } from "../../sim/golden/ddf";
import { dividedThreshold } from "../../sim/verification/row-points";

test("the division bit by bit gives the threshold of the specification", () => {
  const scores = fc.array(fc.integer({ min: -512, max: 511 }), { minLength: 1, maxLength: 9 });
  fc.assert(fc.property(scores, fc.integer({ min: -15, max: 15 }), (row, a) => {
    const statistics = { count: row.length, max: Math.max(...row), min: Math.min(...row), sum: row.reduce((x, y) => x + y, 0) };
    expect(dividedThreshold(statistics, { a }, 10, (rest, divisor) => rest >= divisor)).toBe(blendThreshold(statistics, { a }));
  }), { numRuns: 500 });
});
