import * as fc from "fast-check";
import { attentionRow } from "../../sim/metrics/attention";
import { executionParameters } from "../../sim/metrics/execution-parameters";
import { meanError, type OutputError, OutputMeter } from "../../sim/metrics/output";

function errorOf(rows: readonly { output: number[]; reference: number[] }[]): OutputError {
  const meter = new OutputMeter();
  for (const { output, reference } of rows) meter.add(Int16Array.from(output), Float64Array.from(reference));
  return meter.error();
}

test("relative and largest error and cosine, over all elements of a head", () => {
  // Differences 0, 1, -0.5, 0; |O|^2 = 9 + 16 + 1, |A|^2 = 9 + 9 + 0.25, O . A = 9 + 12 + 0.
  const error = errorOf([{ output: [3, 4], reference: [3, 3] }, { output: [-1, 0], reference: [-0.5, 0] }]);
  expect(error).toEqual({ relative: expect.closeTo(Math.sqrt(1.25 / 18.25), 12), largest: 1, cosine: expect.closeTo(21.5 / Math.sqrt(26 * 18.25), 12) });
  expect(errorOf([{ output: [5, -6], reference: [5, -6] }])).toEqual({ relative: 0, largest: 0, cosine: expect.closeTo(1, 12) });
  expect(errorOf([{ output: [5, -6], reference: [-10, 12] }])).toEqual({ relative: expect.closeTo(1.5, 12), largest: 18, cosine: expect.closeTo(-1, 12) });
});

test("zeros: right ones are no error, wrong ones have no relative error", () => {
  expect(errorOf([{ output: [0, 0], reference: [0, 0] }])).toEqual({ relative: 0, largest: 0, cosine: 1 });
  expect(errorOf([{ output: [0, 0], reference: [3, -4] }])).toEqual({ relative: 1, largest: 4, cosine: 0 });
  expect(errorOf([{ output: [3, -4], reference: [0, 0] }])).toEqual({ relative: Infinity, largest: 4, cosine: 0 });
});

test("of heads: root mean square, largest and mean, weighted by rows", () => {
  const heads = [{ rows: 1, error: { relative: 0.3, largest: 2, cosine: 0.9 } }, { rows: 3, error: { relative: 0.1, largest: 5, cosine: 0.5 } }];
  expect(meanError(heads)).toEqual({ relative: expect.closeTo(Math.sqrt((0.09 + 0.03) / 4), 12), largest: 5, cosine: expect.closeTo(0.6, 12) });
});

test("the reference is softmax of scaled scores times the values, over the first keys", () => {
  const trace = {
    name: "t", operandBits: 8, q: Int16Array.of(9, 9, 2, -1), k: Int16Array.of(1, 1, 3, 0, -2, 5), v: Int16Array.of(10, 20, -30, 40, 1, 1), nQ: 2, nK: 3, dim: 2,
    scaleQ: 0.5, scaleK: 0.2, scaleV: 3, attnScale: 0.7, causal: false, meta: new Map<string, string>(),
  };
  // Scores 1, 6 and -9 by 0.07.
  const [a, b, c] = [1, 6, -9].map((s) => Math.exp(0.07 * s));
  const row = (count: number): number[] => [...attentionRow(trace, 1, count)];
  expect(row(3)).toEqual([(10 * a - 30 * b + c) / (a + b + c), (20 * a + 40 * b + c) / (a + b + c)].map((x) => expect.closeTo(x, 10)));
  expect(row(2)).toEqual([(10 * a - 30 * b) / (a + b), (20 * a + 40 * b) / (a + b)].map((x) => expect.closeTo(x, 10)));
  expect(row(0)).toEqual([0, 0]);
});

describe("registers of execution", () => {
  test("known values, and the ends of the range", () => {
    expect(executionParameters(0.0000125)).toEqual({ c: 38727, s: 25 });
    // r = 64: 2^6 * 2^9 is the last power of two below 65536.
    expect(executionParameters(Math.LN2)).toEqual({ c: 32768, s: 9 });
    expect(executionParameters(1e-30)).toEqual({ c: 0, s: 31 });
    expect(executionParameters(65535.4 / 64 * Math.LN2)).toEqual({ c: 65535, s: 0 });
    expect(executionParameters(65535.6 / 64 * Math.LN2)).toBeNull();
    expect(executionParameters(1e300)).toBeNull();
  });

  test("the most precise c that 16 bits hold, for any scale", () => {
    fc.assert(fc.property(fc.double({ min: -24, max: 6.5, noNaN: true }).map(Math.exp), (real) => {
      const { c, s } = executionParameters(real)!;
      const exact = (real / Math.LN2) * 64 * 2 ** s;
      expect(Math.abs(c - exact)).toBeLessThanOrEqual(0.5 + 1e-9);
      expect(s === 31 ? c < 65536 : c >= 32768 && c < 65536).toBe(true);
    }));
  });
});
