import { isDeepStrictEqual } from "node:util";
import * as fc from "fast-check";
import type { HeadParameters, SpeculationFormat } from "../../generator/lapa/config";
import { aloc } from "../../sim/golden/aloc";
import { blendThreshold, radiusThreshold, statisticsOf } from "../../sim/golden/ddf";
import { ceilDivide, floorDivide } from "../../sim/golden/integer";
import { checkSpeculationFormat, encodeKeys, encodeQuery, largestDifference, prefixBits, scoresOf, slicesOf } from "../../sim/golden/mrsa";
import { largestRho, maskOf, type Row, speculate } from "../../sim/golden/speculation";
import { coefficient, exponents, operand } from "./definition";
import { anyHead, anySpeculationFormat, type DefinedHead, definedRow, stays } from "./speculation-definition";

const plain: SpeculationFormat = { operandBits: 8, rounding: "floor", terms: 1, window: null, logSide: "query", slices: [4, 4] };
const everything: HeadParameters = { nValid: 0, causal: false, offset: 0, mode: "radius", rounds: [{ rho: 0, guard: 0 }, { rho: 0, guard: 0 }] };

function rowsOf({ queries, keys, dim, format, head }: DefinedHead): Row[] {
  return [...speculate(queries.flat(), keys.flat(), dim, format, head)];
}

/** A head of single features, 8 bits: scores are the keys, shifted by the query's exponent. */
function column(query: number, keys: number[], parameters: Partial<HeadParameters>, format: SpeculationFormat = plain): Row {
  return rowsOf({ format, dim: 1, queries: [[query]], keys: keys.map((k) => [k]), head: { ...everything, nValid: keys.length, ...parameters } as HeadParameters })[0];
}

describe("a head", () => {
  test("every round's keys, scores, statistics and survivors, against the definition", () => {
    fc.assert(fc.property(anyHead, (all) => {
      const got = rowsOf(all).map(({ query, base, reach, rounds, survivors }) => ({
        query, base, reach: BigInt(reach), mask: [...maskOf({ survivors }, all.keys.length)],
        rounds: rounds.map((r) => ({
          keys: [...r.keys], scores: r.scores.map(BigInt), survivors: [...r.survivors], statistics: r.statistics && Object.values(r.statistics).map(BigInt),
        })),
      }));
      const defined = all.queries.map((q, query) => {
        const { base, reach, rounds } = definedRow(query, q, all.keys, all.format, all.head);
        const mask = all.keys.map((_, j) => (rounds.at(-1)!.survivors.includes(j) ? 1 : 0));
        return { query, base, reach, mask, rounds: rounds.map((r) => ({ ...r, statistics: r.statistics && Object.values(r.statistics) })) };
      });
      // Equality first, because telling the difference takes long.
      if (!isDeepStrictEqual(got, defined)) expect(got).toEqual(defined);
    }), { numRuns: 2000 });
  });

  test("the last round's scores are the sums of the ALOC products, and a row with alive keys keeps its best one", () => {
    fc.assert(fc.property(anyHead, (all) => {
      const { format, queries, keys } = all;
      for (const row of rowsOf({ ...all, format: { ...format, window: null } })) {
        const last = row.rounds.at(-1)!;
        const whole = keys.map((k) => k.reduce((sum, x, c) => sum + (format.logSide === "query" ? aloc(x, queries[row.query][c], format) : aloc(queries[row.query][c], x, format)), 0));
        expect(last.scores).toEqual([...last.keys].map((j) => whole[j]));
        expect(row.survivors.length > 0).toBe(row.rounds[0].keys.length > 0);
      }
    }));
  });

  test("what has not been read moves two keys apart by less than the reach", () => {
    fc.assert(fc.property(anyHead, ({ format, dim, queries, keys }) => {
      fc.pre(format.logSide === "query");
      const query = encodeQuery(queries[0], format);
      const encoded = encodeKeys(keys.flat(), dim, format);
      const every = Uint16Array.from(keys, (_, j) => j);
      const whole = coarse(format, queries[0], keys);
      let scores: number[] = [];
      for (const [r, p] of prefixBits(format.slices).entries()) {
        scores = scoresOf(query, encoded, every, r, scores, format);
        const unit = 2 ** (format.operandBits - p);
        for (const j of every) {
          const moved = Math.abs(whole[j] - whole[0] - unit * (scores[j] - scores[0]));
          expect(moved === 0 || moved < unit * query.reach).toBe(true);
        }
      }
    }));
  });
});

/** Scores from all bits of the keys, in one round. */
function coarse(format: SpeculationFormat, query: number[], keys: number[][]): number[] {
  const whole = { ...format, slices: [format.operandBits] };
  const encoded = encodeKeys(keys.flat(), query.length, whole);
  return scoresOf(encodeQuery(query, whole), encoded, Uint16Array.from(keys, (_, j) => j), 0, [], whole);
}

describe("corners by hand", () => {
  test("slices: the first signed, the others not", () => {
    expect(slicesOf(-128, plain)).toEqual([-8, 0]);
    expect(slicesOf(-1, plain)).toEqual([-1, 15]);
    expect(slicesOf(0x53, { ...plain, slices: [2, 2, 4] })).toEqual([1, 1, 3]);
    expect(slicesOf(-1, { ...plain, slices: [1, 7] })).toEqual([-1, 127]);
    expect(slicesOf(-32768, { ...plain, operandBits: 16, slices: [16] })).toEqual([-32768]);
    expect(prefixBits([2, 2, 4])).toEqual([2, 4, 8]);
  });

  test("no key alive, one, and causal limits before the first and after the last", () => {
    const head: DefinedHead = { format: plain, dim: 1, queries: [[1], [1], [1]], keys: [[5], [6]], head: { ...everything, nValid: 2, causal: true, offset: -1 } };
    const alive = (change: Partial<HeadParameters>): number[][] => rowsOf({ ...head, head: { ...head.head, ...change } as HeadParameters }).map((r) => [...r.rounds[0].keys]);
    expect(alive({})).toEqual([[], [0], [0, 1]]);
    expect(alive({ offset: 1 })).toEqual([[0, 1], [0, 1], [0, 1]]);
    expect(alive({ offset: -9 })).toEqual([[], [], []]);
    expect(alive({ nValid: 0, causal: false })).toEqual([[], [], []]);
    expect(rowsOf(head)[0]).toEqual({ query: 0, base: 0, reach: 1, survivors: Uint16Array.of(), rounds: [0, 1].map(() => ({ keys: Uint16Array.of(), scores: [], statistics: null, survivors: Uint16Array.of() })) });
  });

  test("radius: ties stay, rho 0 keeps the maximum's equals, the register's maximum keeps all", () => {
    const kept = (rho1: number, rho2: number, guard = 0): number[] => [...column(2, [0x7f, 0x7e, 0x70, 0x60, 0x7f], { mode: "radius", rounds: [{ rho: rho1, guard }, { rho: rho2, guard }] }).survivors];
    // Shifted by 1: round 1 sees 14, 14, 14, 12, 14 of 16 each, round 2 254, 252, 224, 192, 254.
    expect(kept(0, 0)).toEqual([0, 4]);
    expect(kept(0, 29)).toEqual([0, 1, 4]);
    expect(kept(0, 30)).toEqual([0, 1, 2, 4]);
    expect(kept(1, 1000)).toEqual([0, 1, 2, 4]);
    expect(kept(2, 62)).toEqual([0, 1, 2, 3, 4]);
    // The guard adds 63/64 of G = 2 to the first round's radius, too little by 1/32; to the last one's nothing.
    expect(kept(0, 1000, 63)).toEqual([0, 1, 2, 4]);
    expect(kept(1, 1000, 32)).toEqual([0, 1, 2, 3, 4]);
    expect(kept(1, 61, 63)).toEqual([0, 1, 2, 4]);
    const largest = [0, 1].map((r) => ({ rho: largestRho(1, r, plain), guard: 0 }));
    expect([...column(-128, [-128, 127, 0], { mode: "radius", rounds: largest }).survivors]).toEqual([0, 1, 2]);
  });

  test("blend: the mean at 0, near the maximum at 15, near the minimum at -15", () => {
    const kept = (a: number): number[] => [...column(1, [0, 16, 32, 64], { mode: "blend", rounds: [{ a: -15 }, { a }] }, { ...plain, slices: [7, 1] }).survivors];
    // Round 1 halves the keys, 0 8 16 32: its threshold is 14/16, which drops the first. Then mean 37.3, maximum 64.
    expect(kept(0)).toEqual([3]);
    expect(kept(-15)).toEqual([2, 3]);
    // 1, 2, 3, mean 2; then 32, 48, and the minimum's neighbour (15 * 32 + 40) / 16 = 32.5.
    expect([...column(1, [16, 32, 48], { mode: "blend", rounds: [{ a: 0 }, { a: -15 }] }).survivors]).toEqual([2]);
    const equal = column(1, [7, 7, 7], { mode: "blend", rounds: [{ a: 15 }, { a: 15 }] });
    expect([...equal.survivors]).toEqual([0, 1, 2]);
  });

  test("zero queries and keys", () => {
    expect(column(0, [5, -6, 7], {})).toMatchObject({ base: 0, reach: 0, survivors: Uint16Array.of(0, 1, 2) });
    expect(column(9, [0, 0], {})).toMatchObject({ reach: 8, survivors: Uint16Array.of(0, 1) });
  });
});

describe("thresholds", () => {
  /** Statistics as a widest row may have them: scores up to 2^38 in magnitude, 8,192 of them. */
  const wide = fc.tuple(fc.integer({ min: 1, max: 8192 }), fc.integer({ min: -(2 ** 38), max: 2 ** 38 }), fc.integer({ min: 0, max: 2 ** 39 }), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([count, max, below, share]) => {
      const min = Math.max(-(2 ** 38), max - (count === 1 ? 0 : below));
      const sum = count === 1 ? max : max + min + (count - 2) * Math.round(min + share * (max - min));
      return { count, max, min, sum };
    });
  const big = (s: { count: number; max: number; min: number; sum: number }) => ({ count: BigInt(s.count), max: BigInt(s.max), min: BigInt(s.min), sum: BigInt(s.sum) });

  test("radius: the least score that meets the inequality, at every width", () => {
    fc.assert(fc.property(wide, fc.integer({ min: 0, max: 2 ** 40 - 1 }), fc.integer({ min: 0, max: 63 }), fc.integer({ min: 0, max: 15 }), fc.integer({ min: 0, max: 2 ** 23 }), (s, rho, guard, b, g) => {
      const threshold = radiusThreshold(s, { rho, guard }, b, g);
      const meets = (x: number): boolean => stays(BigInt(x), big(s), 0, b, BigInt(g), { mode: "radius", rounds: [{ rho, guard }] });
      expect([meets(threshold), meets(threshold - 1)]).toEqual([true, false]);
    }), { numRuns: 2000 });
  });

  test("blend: the least score that meets the inequality, at every width", () => {
    fc.assert(fc.property(wide, fc.integer({ min: -15, max: 15 }), (s, a) => {
      const threshold = blendThreshold(s, { a });
      const meets = (x: number): boolean => stays(BigInt(x), big(s), 0, 0, 0n, { mode: "blend", rounds: [{ a }] });
      expect([meets(threshold), meets(threshold - 1)]).toEqual([true, false]);
      expect(s.max >= threshold).toBe(true);
    }), { numRuns: 2000 });
  });

  test("division rounds down and up", () => {
    fc.assert(fc.property(fc.bigInt({ min: -(2n ** 60n), max: 2n ** 60n }), fc.bigInt({ min: 1n, max: 2n ** 20n }), (x, d) => {
      const [low, high] = [floorDivide(x, d), ceilDivide(x, d)];
      expect(low * d <= x && x < (low + 1n) * d && (high - 1n) * d < x && x <= high * d).toBe(true);
    }));
    expect(() => floorDivide(1n, 0n)).toThrow("the divisor must be positive, not 0");
  });

  test("the widest row: 8,192 keys of 256 features, 16 bits", () => {
    const format: SpeculationFormat = { operandBits: 16, rounding: "nearest", terms: 1, window: null, logSide: "query", slices: [16] };
    const query = encodeQuery(new Int16Array(256).fill(-32768), format);
    const keys = encodeKeys(new Int16Array(256 * 8192).fill(-32768), 256, format);
    const scores = scoresOf(query, keys, Uint16Array.from({ length: 8192 }, (_, j) => j), 0, [], format);
    expect(statisticsOf(scores)).toEqual({ count: 8192, max: 2 ** 38, min: 2 ** 38, sum: 2 ** 51 });
    expect(blendThreshold(statisticsOf(scores)!, { a: 15 })).toBe(2 ** 38);
  });
});

test("the widest register rho has 40 bits", () => {
  expect(largestRho(256, 0, { operandBits: 16, rounding: "nearest", terms: 1, window: null, logSide: "key", slices: [16] })).toBe(2 ** 40 - 1);
  expect([largestRho(64, 0, plain), largestRho(64, 1, plain), largestRho(64, 1, { ...plain, window: 4 })]).toEqual([2 ** 16 - 1, 2 ** 20 - 1, 2 ** 20 - 1]);
});

test("largestDifference is attained, and no two keys of any row pass it", () => {
  fc.assert(fc.property(anySpeculationFormat, fc.integer({ min: 1, max: 3 }), (format, dim) => {
    const whole: SpeculationFormat = { ...format, window: null };
    const limit = 2 ** (format.operandBits - 1);
    // The operand of the largest coefficient, and the linear operands that are farthest apart.
    const [query, ...keys] = (format.logSide === "query" ? [-limit, -limit, limit - 1] : [-limit, limit - 1, -limit]).map((x) => new Array<number>(dim).fill(x));
    const encoded = encodeKeys(keys.flat(), dim, whole);
    let scores: number[] = [];
    for (let r = 0; r < format.slices.length; r++) {
      scores = scoresOf(encodeQuery(query, whole), encoded, Uint16Array.of(0, 1), r, scores, whole);
      expect(Math.abs(scores[0] - scores[1])).toBe(largestDifference(dim, r, format));
      const largest = largestRho(dim, r, format);
      expect(largest >= largestDifference(dim, r, format) && largest < 2 * largestDifference(dim, r, format)).toBe(true);
    }
  }));
  fc.assert(fc.property(anySpeculationFormat.chain((format) => fc.tuple(fc.constant(format), operand(format.operandBits), operand(format.operandBits), operand(format.operandBits))), ([format, x, y, z]) => {
    const log = (u: number, v: number): bigint => coefficient(u, exponents(u, format)) * BigInt(v);
    const difference = format.logSide === "query" ? log(x, y) - log(x, z) : log(y, x) - log(z, x);
    expect(Math.abs(Number(difference)) <= largestDifference(1, format.slices.length - 1, format)).toBe(true);
  }));
});

describe("misuse", () => {
  test.each<[object, RegExp]>([
    [{ slices: [4, 3] }, /slices must be positive integers with sum operandBits \(8\), not 4, 3/],
    [{ slices: [8, 0] }, /not 8, 0/],
    [{ slices: [4.5, 3.5] }, /not 4.5, 3.5/],
    [{ slices: [] }, /slices must be/],
    [{ logSide: "both" }, /logSide must be query or key, not both/],
    [{ logSide: "key", window: 4 }, /a window needs logSide query/],
    [{ terms: 2, rounding: "nearest" }, /two terms/],
  ])("format %j", (change, message) => {
    expect(() => checkSpeculationFormat({ ...plain, ...change })).toThrow(message);
    expect(() => column(1, [1], {}, { ...plain, ...change })).toThrow(RangeError);
  });

  test.each<[object, RegExp]>([
    [{ nValid: 3 }, /nValid must be an integer from 0 to 2, not 3/],
    [{ nValid: -1 }, /nValid/],
    [{ offset: 0.5 }, /offset must be an integer/],
    [{ rounds: [{ rho: 0, guard: 0 }] }, /there are 2 rounds, and parameters for 1/],
    [{ rounds: [{ rho: 0, guard: 64 }, { rho: 0, guard: 0 }] }, /guard of round 1 must be an integer from 0 to 63, not 64/],
    [{ rounds: [{ rho: 0, guard: 0 }, { rho: 2 ** 40, guard: 0 }] }, /rho of round 2 must be an integer from 0 to 1099511627775, not 1099511627776/],
    [{ mode: "blend", rounds: [{ a: 0 }, { a: -16 }] }, /a of round 2 must be an integer from -15 to 15, not -16/],
  ])("parameters %j", (change, message) => {
    expect(() => column(1, [1, 2], change as Partial<HeadParameters>)).toThrow(message);
  });

  test("a guard where the log operand is the key, operands, and shapes", () => {
    const guarded = { rounds: [{ rho: 0, guard: 1 }, { rho: 0, guard: 0 }] } as Partial<HeadParameters>;
    expect(() => column(1, [1], guarded, { ...plain, logSide: "key" })).toThrow("guard of round 1 must be an integer from 0 to 0, not 1");
    expect(() => column(1, [128], {})).toThrow("128 is not a two's-complement integer of 8 bits");
    expect(() => column(-129, [1], {}, { ...plain, logSide: "key" })).toThrow("-129 is not");
    expect(() => encodeKeys([1, 2, 3], 2, plain)).toThrow("3 operands are no rows of 2");
    expect(() => encodeKeys([], 257, plain)).toThrow("dim must be an integer from 1 to 256, not 257");
    expect(() => [...speculate([1, 2, 3], [1, 2], 2, plain, { ...everything, nValid: 1 })]).toThrow("3 operands are no rows of 2");
    expect(() => scoresOf(encodeQuery([1], plain), encodeKeys([1, 2], 2, plain), Uint16Array.of(0), 0, [], plain)).toThrow("a query of 1 features and keys of 2");
  });
});
