import * as fc from "fast-check";
import type { Row } from "../../sim/golden/speculation";
import { addTallies, massLost, type Quality, qualityOf, QualityMeter, topHits } from "../../sim/metrics/quality";
import type { Trace } from "../../sim/traces/trace";

const traceOf = (change: Partial<Trace>): Trace => ({
  name: "t", operandBits: 8, q: Int16Array.of(), k: Int16Array.of(), v: null, nQ: 1, nK: 1, dim: 1, scaleQ: 0.5, scaleK: 0.1, scaleV: 1, attnScale: 1, causal: false, meta: new Map(), ...change,
});

/** A row of one round that keeps `survivors` of the first `alive` keys. */
function rowOf(query: number, alive: number, survivors: number[]): Row {
  const kept = Uint16Array.from(survivors);
  return { query, base: 0, reach: 0, survivors: kept, rounds: [{ keys: Uint16Array.from({ length: alive }, (_, j) => j), scores: [], statistics: null, survivors: kept }] };
}

function quality(trace: Trace, rows: readonly Row[]): Quality {
  const meter = new QualityMeter(trace);
  rows.forEach((row) => meter.add(row));
  return qualityOf(meter.tally());
}

/** A head, and what is kept of each row, of which at least one key. */
const anyHead = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 3 })).chain(([nQ, nK, dim]) => {
  const numbers = (count: number): fc.Arbitrary<number[]> => fc.array(fc.integer({ min: -9, max: 9 }), { minLength: count, maxLength: count });
  const kept = fc.uniqueArray(fc.integer({ min: 0, max: nK - 1 }), { minLength: 1, maxLength: nK }).map((js) => js.toSorted((a, b) => a - b));
  return fc.record({ nQ: fc.constant(nQ), nK: fc.constant(nK), dim: fc.constant(dim), q: numbers(nQ * dim), k: numbers(nK * dim), v: numbers(nK * dim), kept: fc.array(kept, { minLength: nQ, maxLength: nQ }) });
});

test("as the definitions have it, row by row", () => {
  fc.assert(fc.property(anyHead, ({ nQ, nK, dim, q, k, v, kept }) => {
    const trace = traceOf({ nQ, nK, dim, q: Int16Array.from(q), k: Int16Array.from(k), v: Int16Array.from(v) });
    const keys = Array.from({ length: nK }, (_, j) => j);
    let [recall, lost, divergence, error, norm] = [0, 0, 0, 0, 0];
    kept.forEach((survivors, i) => {
      const scores = keys.map((j) => q.slice(i * dim, (i + 1) * dim).reduce((s, x, c) => s + x * k[j * dim + c] * 0.05, 0));
      const sum = scores.reduce((s, x) => s + Math.exp(x), 0);
      const p = scores.map((x) => Math.exp(x) / sum);
      const mass = survivors.reduce((s, j) => s + p[j], 0);
      const pruned = keys.map((j) => (survivors.includes(j) ? p[j] / mass : 0));
      const output = (w: number[]): number[] => Array.from({ length: dim }, (_, c) => keys.reduce((s, j) => s + w[j] * v[j * dim + c], 0));
      lost += 1 - mass;
      divergence += survivors.reduce((s, j) => s + pruned[j] * Math.log(pruned[j] / p[j]), 0);
      output(p).forEach((o, c) => { error += (output(pruned)[c] - o) ** 2; norm += o ** 2; });
      // Of equal scores the survivors' count as the larger. (Scores are 0.05 times integers.)
      const order = (j: number): number => 2 * Math.round(20 * scores[j]) + (survivors.includes(j) ? 1 : 0);
      const top = keys.toSorted((a, b) => order(b) - order(a)).slice(0, survivors.length);
      recall += top.filter((j) => survivors.includes(j)).length / survivors.length;
    });
    const got = quality(trace, kept.map((survivors, i) => rowOf(i, nK, survivors)));
    fc.pre(norm > 1e-6);
    expect(got.kept[0]).toBeCloseTo(kept.reduce((s, js) => s + js.length / nK, 0) / nQ, 9);
    expect(got.massLost).toBeCloseTo(lost / nQ, 9);
    expect(got.divergence).toBeCloseTo(divergence / nQ, 9);
    expect(got.outputError! ** 2 * norm).toBeCloseTo(error, 6);
    expect(got.recall).toBeCloseTo(recall / nQ, 9);
  }), { numRuns: 300 });
});

test("everything kept loses nothing; the best key alone has recall 1", () => {
  const trace = traceOf({ nQ: 2, nK: 3, q: Int16Array.of(3, -2), k: Int16Array.of(4, 5, 9), v: Int16Array.of(1, 2, 3) });
  expect(quality(trace, [rowOf(0, 3, [0, 1, 2]), rowOf(1, 3, [0, 1, 2])])).toEqual({ rows: 2, pairs: 6, survivors: [6], kept: [1], recall: 1, massLost: 0, divergence: 0, outputError: 0 });
  expect(quality(trace, [rowOf(0, 3, [2]), rowOf(1, 3, [0])]).recall).toBe(1);
  expect(quality(trace, [rowOf(0, 3, [0]), rowOf(1, 3, [0])]).recall).toBe(0.5);
  // A mean of rows, not of pairs: 1/3 and 1/1.
  expect(quality(trace, [rowOf(0, 3, [2]), rowOf(1, 1, [0])])).toMatchObject({ pairs: 4, survivors: [2], kept: [2 / 3] });
});

test("rows without alive keys do not count; without values there is no output; zero values cannot be wrong", () => {
  const trace = traceOf({ nQ: 2, nK: 2, q: Int16Array.of(1, 1), k: Int16Array.of(4, 5) });
  expect(quality(trace, [rowOf(0, 0, []), rowOf(1, 2, [1])])).toMatchObject({ rows: 1, pairs: 2, kept: [0.5], outputError: null });
  expect(quality({ ...trace, v: Int16Array.of(0, 0) }, [rowOf(1, 2, [1])]).outputError).toBe(0);
  expect(() => quality(trace, [rowOf(0, 0, [])])).toThrow("no row has an alive key");
});

test("tallies of heads add: means over all rows, errors as a root mean square", () => {
  const meterOf = (trace: Trace, rows: Row[]): QualityMeter => rows.reduce((m, row) => (m.add(row), m), new QualityMeter(trace));
  const [a, b] = [traceOf({ nQ: 2, nK: 2, q: Int16Array.of(1, 20), k: Int16Array.of(4, 9), v: Int16Array.of(1, 7) }), traceOf({ nQ: 1, nK: 4, q: Int16Array.of(2), k: Int16Array.of(4, 5, 6, 7), v: Int16Array.of(1, -2, 3, 4) })];
  const tallies = [meterOf(a, [rowOf(0, 2, [0]), rowOf(1, 2, [1])]).tally(), meterOf(b, [rowOf(0, 4, [1, 2, 3])]).tally()];
  const [qa, qb, all] = [...tallies.map(qualityOf), qualityOf(addTallies(tallies))];
  for (const figure of ["massLost", "divergence", "recall"] as const) expect(all[figure]).toBeCloseTo((2 * qa[figure] + qb[figure]) / 3, 12);
  expect(all).toMatchObject({ rows: 3, pairs: 8, survivors: [5], kept: [(0.5 + 0.5 + 0.75) / 3] });
  expect(all.outputError).toBeCloseTo(Math.sqrt((2 * qa.outputError! ** 2 + qb.outputError! ** 2) / 3), 12);
  expect(() => addTallies([])).toThrow(RangeError);
});

test("a row that loses all but what rounding swallows still has a divergence and an output", () => {
  // Scores 0, 400 and 440 in natural-log units: the survivors' weights are e^-440 and e^-40 of the whole.
  const trace = traceOf({ nK: 3, q: Int16Array.of(80), k: Int16Array.of(0, 100, 110), v: Int16Array.of(8, 4, 1) });
  const [worst, second] = [[0], [0, 1]].map((survivors) => quality(trace, [rowOf(0, 3, survivors)]));
  expect(worst).toMatchObject({ massLost: 1, divergence: expect.closeTo(440, 9), outputError: expect.closeTo(7, 9) });
  expect(second).toMatchObject({ massLost: 1, divergence: expect.closeTo(40, 9), outputError: expect.closeTo(3, 9) });
});

test("topHits counts ties with the last place as far as there are places", () => {
  const hits = (...survivors: number[]): number => topHits([9, 5, 5, 5, 1], Uint16Array.from(survivors));
  expect([hits(), hits(0), hits(1), hits(1, 2), hits(0, 4), hits(1, 2, 3), hits(0, 1, 2, 3, 4), hits(1, 3, 4)]).toEqual([0, 1, 0, 1, 1, 2, 5, 2]);
});

test("massLost sums what is dropped, however little", () => {
  const weights = Float64Array.of(1, 1e-20, 1e-20);
  expect([massLost(weights, [0]), massLost(weights, [0, 2]), massLost(weights, []), massLost(weights, [0, 1, 2])]).toEqual([2e-20, 1e-20, 1 + 2e-20, 0]);
});
