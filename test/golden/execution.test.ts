import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import type { ExecutionParameters } from "../../generator/lapa/config";
import {
  aliveRows, checkExecution, denominatorWidth, differenceWidth, exactScoreWidth, execute, type ExecutedRow, exponentTable, headOf, numeratorWidth, quotient, weightsOf,
} from "../../sim/golden/execution";
import { speculate } from "../../sim/golden/speculation";
import { anyExecutedHead, anyExecution, definedExecution, definedQuotient, definedTable, definedWeight, type ExecutedHead } from "./execution-definition";

function rowsOf({ queries, keys, values, dim, operandBits, survivors, parameters }: ExecutedHead): ExecutedRow[] {
  const head = headOf(queries.flat(), keys.flat(), values.flat(), dim, operandBits);
  return [...execute(head, survivors.map((kept, query) => ({ query, survivors: Uint16Array.from(kept) })), parameters)];
}

/** One query of 8 bits that attends to every key. */
function dense(query: number[], keys: number[][], values: number[][], parameters: ExecutionParameters): ExecutedRow {
  return rowsOf({ operandBits: 8, dim: query.length, queries: [query], keys, values, survivors: [keys.map((_, j) => j)], parameters })[0];
}

const filled = (dim: number, x: number): number[] => new Array<number>(dim).fill(x);
const unit: ExecutionParameters = { c: 1, s: 0 };

test("a head, against the definition", () => {
  fc.assert(fc.property(anyExecutedHead, (all) => {
    const got = rowsOf(all).map((row) => ({
      query: row.query, survivors: [...row.survivors], scores: row.scores.map(BigInt), max: row.max === null ? null : BigInt(row.max), weights: [...row.weights].map(BigInt),
      numerators: row.numerators.map(BigInt), denominator: BigInt(row.denominator), output: [...row.output].map(BigInt),
    }));
    const defined = all.queries.map((q, query) => ({
      query, survivors: all.survivors[query], ...definedExecution(q, all.keys, all.values, all.survivors[query], all.parameters),
    }));
    // Equality first, because telling the difference takes long.
    if (!isDeepStrictEqual(got, defined)) expect(got).toEqual(defined);
  }), { numRuns: 3000 });
});

test("an output is among the values, and a row of survivors has a denominator of 255 or more", () => {
  fc.assert(fc.property(anyExecutedHead, (all) => {
    for (const { survivors, denominator, output } of rowsOf(all)) {
      expect(denominator >= 255).toBe(survivors.length > 0);
      output.forEach((o, c) => {
        const column = survivors.length === 0 ? [0] : [...survivors].map((j) => all.values[j][c]);
        expect(o >= Math.min(...column) && o <= Math.max(...column)).toBe(true);
      });
    }
  }));
});

describe("weights", () => {
  test("the table is 255 * 2^(-f/64), to the nearest integer", () => {
    expect([...exponentTable]).toEqual(definedTable);
    expect(definedTable).toEqual(definedTable.map((_, f) => Math.floor(255 * 2 ** (-f / 64) + 0.5)));
  });

  test("every exponent, and those past the last one", () => {
    const steps = Array.from({ length: 700 }, (_, t) => t);
    const weights = weightsOf(steps, unit);
    expect([...weights]).toEqual(steps.map((t) => Number(definedWeight(BigInt(t), unit))));
    // Halved at each 64 steps, halves rounded up; 1 to the end of the ninth power, then 0.
    expect([0, 64, 128, 192, 256, 320, 384, 448, 512, 575, 576].map((t) => weights[t])).toEqual([255, 128, 64, 32, 16, 8, 4, 2, 1, 1, 0]);
  });

  test("any difference and registers, up to products of 55 bits", () => {
    const difference = fc.oneof(fc.integer({ min: 0, max: 2 ** 39 - 1 }), fc.integer({ min: 0, max: 2 ** 20 }), fc.constantFrom(0, 1, 2 ** 32, 2 ** 39 - 1));
    fc.assert(fc.property(difference, anyExecution, (d, parameters) => {
      expect(weightsOf([d], parameters)[0]).toBe(Number(definedWeight(BigInt(d), parameters)));
    }), { numRuns: 3000 });
  });

  test("the step from one exponent to the next, for every s and large c", () => {
    for (let s = 0; s < 32; s++) {
      for (const [c, t] of [[65535, 1], [65535, 64], [40503, 575], [65535, 576], [38727, 576]]) {
        // The least difference with (difference * c) >> s at t or above, and the one below.
        const least = Number(((BigInt(t) << BigInt(s)) + BigInt(c) - 1n) / BigInt(c));
        const expected = [least - 1, least].map((d) => Number(definedWeight(BigInt(d), { c, s })));
        expect([...weightsOf([least - 1, least], { c, s })]).toEqual(expected);
      }
    }
  });
});

test("num / den rounds to nearest, halves away from zero", () => {
  const quotients = (den: number, ...nums: number[]): number[] => nums.map((num) => quotient(num, den));
  expect(quotients(256, 127, 128, 129, 383, 384, -127, -128, -129, -383, -384)).toEqual([0, 1, 1, 1, 2, 0, -1, -1, -1, -2]);
  expect(quotients(255, 127, 128, -127, -128, 0)).toEqual([0, 1, 0, -1, 0]);
  expect(Object.is(quotient(-1, 255), 0)).toBe(true);
  fc.assert(fc.property(fc.integer({ min: -(2 ** 36), max: 2 ** 36 }), fc.integer({ min: 255, max: 255 * 8192 }), (num, den) => {
    expect(quotient(num, den)).toBe(Number(definedQuotient(BigInt(num), BigInt(den))));
  }));
});

describe("corners by hand", () => {
  test("one survivor gives its values, whatever the registers; none gives zeros", () => {
    const all: ExecutedHead = {
      operandBits: 8, dim: 3, queries: [[1, 2, 3], [-128, 127, 0]], keys: [[4, 5, 6], [-7, 8, -9]], values: [[10, -11, -128], [127, 0, 1]],
      survivors: [[1], []], parameters: unit,
    };
    for (const c of [0, 65535]) {
      for (const s of [0, 31]) {
        const [one, none] = rowsOf({ ...all, parameters: { c, s } });
        expect(one).toEqual({
          query: 0, survivors: Uint16Array.of(1), scores: [-18], max: -18, weights: Uint8Array.of(255),
          numerators: [255 * 127, 0, 255], denominator: 255, output: Int16Array.of(127, 0, 1),
        });
        expect(none).toEqual({
          query: 1, survivors: Uint16Array.of(), scores: [], max: null, weights: Uint8Array.of(), numerators: [0, 0, 0], denominator: 0, output: Int16Array.of(0, 0, 0),
        });
      }
    }
  });

  test("c = 0 is the mean of the values, halves away from zero", () => {
    const row = dense([127], [[127], [-128], [0], [1]], [[1], [2], [3], [4]], { c: 0, s: 0 });
    expect(row).toMatchObject({ weights: Uint8Array.of(255, 255, 255, 255), denominator: 1020, output: Int16Array.of(3) });
    expect(dense([127], [[127], [-128]], [[-1], [-2]], { c: 0, s: 31 }).output).toEqual(Int16Array.of(-2));
  });

  test("c = 65535 and s = 0 leave only the best keys", () => {
    const best = dense([1], [[9], [8], [9], [-128]], [[100], [-100], [50], [-100]], { c: 65535, s: 0 });
    expect(best).toMatchObject({ weights: Uint8Array.of(255, 0, 255, 0), output: Int16Array.of(75) });
  });

  test("c = 65535 and s = 31: a step is a little more than 2^15", () => {
    const differences = [0, 2 ** 15, 2 ** 15 + 1, 64 * 2 ** 15 + 32, 64 * 2 ** 15 + 33, 576 * 2 ** 15 + 288, 576 * 2 ** 15 + 289];
    expect([...weightsOf(differences, { c: 65535, s: 31 })]).toEqual([255, 255, 252, 129, 128, 1, 0]);
  });

  test("scores at both extremes of their width, and values that are all -2^(W-1)", () => {
    for (const [operandBits, dim] of [[2, 1], [8, 64], [8, 15], [16, 256], [16, 255]]) {
      const [low, high] = [-(2 ** (operandBits - 1)), 2 ** (operandBits - 1) - 1];
      const all: ExecutedHead = {
        operandBits, dim, queries: [filled(dim, low)], keys: [low, high, 0].map((x) => filled(dim, x)), values: [low, low, low].map((x) => filled(dim, x)),
        survivors: [[0, 1, 2]], parameters: { c: 65535, s: 31 },
      };
      const [row] = rowsOf(all);
      expect(row.scores).toEqual([dim * low * low, dim * low * high, 0]);
      expect([...row.output]).toEqual(filled(dim, low));
      const defined = definedExecution(all.queries[0], all.keys, all.values, [0, 1, 2], all.parameters);
      expect([row.numerators, [...row.weights]]).toEqual([defined.numerators.map(Number), defined.weights.map(Number)]);
    }
  });
});

describe("widths hold the largest values, and no fewer bits do", () => {
  const signedBits = (n: bigint): number => (n < 0n ? ~n : n).toString(2).replace(/^0$/, "").length + 1;

  test.each([[2, 1], [4, 3], [8, 15], [8, 64], [12, 100], [16, 256]])("W = %d, d = %d", (operandBits, dim) => {
    const [low, high] = [-(2 ** (operandBits - 1)), 2 ** (operandBits - 1) - 1];
    const [row] = rowsOf({
      operandBits, dim, queries: [filled(dim, low)], keys: [low, high, low].map((x) => filled(dim, x)), values: [low, low, low].map((x) => filled(dim, x)),
      survivors: [[0, 1, 2]], parameters: { c: 0, s: 0 },
    });
    expect(exactScoreWidth(dim, operandBits)).toBe(signedBits(BigInt(row.max!)));
    expect(exactScoreWidth(dim, operandBits)).toBeGreaterThanOrEqual(signedBits(BigInt(row.scores[1])));
    expect(differenceWidth(dim, operandBits)).toBe(BigInt(row.max! - row.scores[1]).toString(2).length);
    expect(denominatorWidth(3)).toBe(BigInt(row.denominator).toString(2).length);
    expect(numeratorWidth(3, operandBits)).toBe(signedBits(BigInt(row.numerators[0])));
  });

  test("known values", () => {
    expect([exactScoreWidth(64, 8), differenceWidth(64, 8), denominatorWidth(1024), numeratorWidth(1024, 8)]).toEqual([22, 21, 18, 26]);
    expect([exactScoreWidth(256, 16), differenceWidth(256, 16), denominatorWidth(8192), numeratorWidth(8192, 16)]).toEqual([40, 39, 21, 37]);
  });
});

describe("rows", () => {
  test("dense attention takes the alive keys: causal, padded, none", () => {
    const alive = (nValid: number, causal: boolean, offset: number): number[][] => [...aliveRows(3, { nValid, causal, offset })].map((row) => [...row.survivors]);
    expect(alive(2, false, 0)).toEqual([[0, 1], [0, 1], [0, 1]]);
    expect(alive(2, true, -1)).toEqual([[], [0], [0, 1]]);
    expect(alive(0, true, 0)).toEqual([[], [], []]);
    expect([...aliveRows(3, { nValid: 1, causal: false, offset: 0 })].map((row) => row.query)).toEqual([0, 1, 2]);
  });

  test("the speculation unit's rows go in as they are, one at a time", () => {
    const [q, k, v] = [[5, 100, -3], [1, 2, 3, 4], [10, 20, 30, 40]];
    const format = { operandBits: 8, rounding: "floor" as const, terms: 1 as const, window: null, logSide: "query" as const, slices: [8] };
    const rows = speculate(q, k, 1, format, { mode: "radius", rounds: [{ rho: 4, guard: 0 }], nValid: 4, causal: false, offset: 0 });
    const executed = execute(headOf(q, k, v, 1, 8), rows, { c: 0, s: 0 });
    // 4 * (4 - k) <= 4; 64 * (4 - k) <= 4; 2 * (k - 1) <= 4.
    expect([...executed].map(({ survivors, output }) => [[...survivors], [...output]])).toEqual([[[2, 3], [35]], [[3], [40]], [[0, 1, 2], [20]]]);
    let asked = 0;
    const lazy = execute(headOf(q, k, v, 1, 8), (function* () { for (asked = 1; ; asked++) yield { query: 0, survivors: Uint16Array.of(0) }; })(), unit);
    lazy.next();
    expect(asked).toBe(1);
  });
});

test("the largest head: 8,192 keys of 256 features and 16 bits", () => {
  const low = new Int16Array(8192 * 256).fill(-32768);
  const [row] = execute(headOf(low.subarray(0, 256), low, low, 256, 16), aliveRows(1, { nValid: 8192, causal: false, offset: 0 }), { c: 65535, s: 31 });
  expect([row.max, row.denominator, row.numerators[0], row.output[255]]).toEqual([2 ** 38, 255 * 8192, -255 * 8192 * 32768, -32768]);
});

describe("misuse", () => {
  test.each<[Parameters<typeof headOf>, RegExp]>([
    [[[1], [1], [1], 1, 17], /operandBits must be an integer from 2 to 16, not 17/],
    [[[1], [1], [1], 0, 8], /dim must be an integer from 1 to 256, not 0/],
    [[[1], [1], [1], 257, 8], /dim must be an integer from 1 to 256, not 257/],
    [[[1], [1, 2], [1], 1, 8], /2 operands of keys, but 1 of values/],
    [[[1], [1, 2, 3], [1, 2, 3], 2, 8], /1 operands are no rows of 2/],
    [[[1, 2], [1, 2, 3], [1, 2, 3], 2, 8], /3 operands are no rows of 2/],
    [[[128], [1], [1], 1, 8], /128 is not a two's-complement integer of 8 bits/],
    [[[1], [-129], [1], 1, 8], /-129 is not/],
    [[[1], [1], [0.5], 1, 8], /0.5 is not/],
    [[[1], new Int8Array(8193), new Int8Array(8193), 1, 8], /8193 operands are more than 8192 keys of 1/],
  ])("head %#", (args, message) => {
    expect(() => headOf(...args)).toThrow(RangeError);
    expect(() => headOf(...args)).toThrow(message);
  });

  test("registers, and rows that the head has not", () => {
    const wrong: [ExecutionParameters, string][] = [
      [{ c: 65536, s: 0 }, "c must be an integer from 0 to 65535, not 65536"], [{ c: -1, s: 0 }, "c must"], [{ c: 0.5, s: 0 }, "c must"],
      [{ c: 0, s: 32 }, "s must be an integer from 0 to 31, not 32"], [{ c: 0, s: -1 }, "s must"],
    ];
    for (const [parameters, message] of wrong) {
      expect(() => checkExecution(parameters)).toThrow(message);
      expect(() => rowsOf({ operandBits: 8, dim: 1, queries: [[1]], keys: [], values: [], survivors: [[]], parameters })).toThrow(message);
    }
    const head = headOf([1], [1, 2], [1, 2], 1, 8);
    expect(() => [...execute(head, [{ query: 1, survivors: Uint16Array.of(0) }], unit)]).toThrow("the query must be an integer from 0 to 0, not 1");
    expect(() => [...execute(head, [{ query: 0, survivors: Uint16Array.of(2) }], unit)]).toThrow(RangeError);
  });
});
