import * as fc from "fast-check";
import type { AlocFormat, LogSide } from "../../generator/lapa/config";
import { productWidth, sumWidth, zeroCode } from "../../sim/golden/aloc";
import { bundledTraces, resolveTrace } from "../../sim/traces/bundled";
import { readTrace } from "../../sim/traces/trace";
import type { Trace } from "../../sim/traces/trace";
import { alocDotCorners, alocDotVectors, alocVectors } from "../../sim/vectors/aloc-vectors";
import type { AlocDotSpec, PairVectors } from "../../sim/vectors/aloc-vectors";
import { wordField } from "../../sim/vectors/words";
import { coefficient, exponents, formatsOf, windowed } from "../golden/definition";
import { userErrorOf } from "../traces/fixtures";

const floor8: AlocFormat = { operandBits: 8, rounding: "floor", terms: 1, window: null };
const use = readTrace(resolveTrace("use_in0_L00_H0"), { operandBits: 8 });
const ocr = readTrace(resolveTrace("ocr_in0_L00_H0"), { operandBits: 8 });
const lm = readTrace(resolveTrace("lm_in0_L00_H0"), { operandBits: 8 });

function spec(headDim: number, format: AlocFormat = floor8, logSide: LogSide = "query"): AlocDotSpec {
  return { design: "unit", headDim, logSide, format };
}

function small(nQ: number, nK: number, causal: boolean): Trace {
  const fill = (n: number): Int16Array => Int16Array.from({ length: n }, (_, i) => (37 * i) % 256 - 128);
  return { ...use, name: "small", q: fill(2 * nQ), k: fill(2 * nK), v: null, nQ, nK, dim: 2, causal };
}

/** The lanes of a packed field. */
function lanes(word: bigint, bits: number, count: number, signed: boolean): bigint[] {
  return Array.from({ length: count }, (_, i) => (signed ? BigInt.asIntN : BigInt.asUintN)(bits, word >> BigInt(bits * i)));
}

/** Checks word `index` against the definition: its operands, its codes' number of bits, its sum. */
function expectDotWord({ vectors, describe: origin }: PairVectors, index: number, { headDim, format }: AlocDotSpec): void {
  const [input, output] = vectors.channels;
  const { log, linear } = origin(index);
  expect(lanes(wordField(input, index, 0), format.operandBits, headDim, true)).toEqual(linear.map(BigInt));
  const { rows } = windowed(log, format);
  expect(wordField(output, index, 0)).toBe(log.reduce((sum, x, c) => sum + coefficient(x, rows[c]) * BigInt(linear[c]), 0n));
  const codeBits = input.fields[1].width / headDim;
  const codes = lanes(wordField(input, index, 1), codeBits, headDim, false);
  rows.forEach((kept, c) => {
    if (kept.length === 0) expect(codes[c]).toBe(BigInt(zeroCode(format)));
    else expect(codes[c] >> BigInt(codeBits - 1)).toBe(log[c] < 0 ? 1n : 0n);
  });
}

describe("alocDotVectors", () => {
  test("one word a pair, over the unit's ports", () => {
    const format: AlocFormat = { ...floor8, terms: 2, window: 4 };
    const { vectors, describe: origin } = alocDotVectors(spec(64, format), use);
    expect(vectors).toMatchObject({ schema: "lapa-vectors/1", design: "unit", mode: "streams", constants: [] });
    expect(vectors.channels.map(({ name, direction, count, fields }) => ({ name, direction, count, fields }))).toEqual([
      { name: "in", direction: "input", count: 128 * 128, fields: [
        { name: "operands", port: "in_operands", width: 512, signed: false }, { name: "codes", port: "in_codes", width: 64 * 7, signed: false },
      ] },
      { name: "out", direction: "output", count: 128 * 128, fields: [{ name: "sum", port: "out_sum", width: sumWidth(64, format), signed: true }] },
    ]);
    expect(origin(128 + 5)).toEqual({
      label: "use_in0_L00_H0: query 1, key 5", query: 1, key: 5, log: [...use.q.subarray(64, 128)], linear: [...use.k.subarray(320, 384)],
    });
    for (const bad of [-1, 128 * 128, 0.5]) expect(() => origin(bad)).toThrow(`there are 16384 words: there is no word ${bad}`);
  });

  test("the words of real heads are as defined, whichever side is encoded and however wide the unit is", () => {
    for (const trace of [use, ocr]) {
      for (const s of [
        spec(64), spec(64, floor8, "key"), spec(64, { ...floor8, window: 3 }), spec(64, { ...floor8, terms: 2, window: 2 }),
        spec(64, { ...floor8, rounding: "nearest" }, "key"), spec(trace.dim, { ...floor8, rounding: "nearest", window: 8 }),
      ]) {
        const made = alocDotVectors(s, trace, { rows: 3 });
        const { count } = made.vectors.channels[0];
        expect(count).toBe(3 * trace.nK);
        for (let index = 0; index < count; index += 29) {
          expectDotWord(made, index, s);
          const { query, key, log, linear } = made.describe(index);
          const [i, j] = [query ?? -1, key ?? -1];
          const raw = [[...trace.q.subarray(i * trace.dim, (i + 1) * trace.dim)], [...trace.k.subarray(j * trace.dim, (j + 1) * trace.dim)]]
            .map((row) => [...row, ...new Array<number>(s.headDim - trace.dim).fill(0)]);
          expect(s.logSide === "query" ? [log, linear] : [linear, log]).toEqual(raw);
        }
      }
    }
  });

  test("causal traces give only keys up to the query's own", () => {
    const pairs = (t: Trace): string[] => {
      const { vectors, describe: origin } = alocDotVectors(spec(2), t);
      return Array.from({ length: vectors.channels[0].count }, (_, n) => `${origin(n).query},${origin(n).key}`);
    };
    expect(pairs(small(2, 2, false))).toEqual(["0,0", "0,1", "1,0", "1,1"]);
    expect(pairs(small(3, 2, true))).toEqual(["0,0", "1,0", "1,1", "2,0", "2,1"]);
    expect(pairs(small(2, 3, true))).toEqual(["0,0", "1,0", "1,1"]);
    // Rows 0, 73, .. 511.
    expect(alocDotVectors(spec(64), lm, { rows: 8 }).vectors.channels[1].count).toBe(8 + 73 * (1 + 2 + 3 + 4 + 5 + 6 + 7));
  });

  test("rows are spread from the first to the last", () => {
    const rowsOf = (n: number, rows: number): (number | null)[] => {
      const { vectors, describe: origin } = alocDotVectors(spec(2), small(n, 1, false), { rows });
      return Array.from({ length: vectors.channels[0].count }, (_, i) => origin(i).query);
    };
    expect(rowsOf(10, 4)).toEqual([0, 3, 6, 9]);
    expect(rowsOf(10, 3)).toEqual([0, 4, 9]);
    expect(rowsOf(10, 2)).toEqual([0, 9]);
    expect(rowsOf(10, 1)).toEqual([9]);
    expect(rowsOf(3, 99)).toEqual([0, 1, 2]);
    fc.assert(fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 2, max: 60 }), (n, rows) => {
      const chosen = rowsOf(n, rows);
      expect(new Set(chosen).size).toBe(Math.min(n, rows));
      expect([chosen[0], chosen[chosen.length - 1]]).toEqual([0, n - 1]);
    }));
    for (const rows of [0, -1, 1.5, NaN]) {
      expect(userErrorOf(() => alocDotVectors(spec(64), use, { rows }))).toBe(`the number of query rows is ${rows} | ask for 1 or more`);
    }
  });

  test("misfits", () => {
    expect(userErrorOf(() => alocDotVectors(spec(32), use))).toBe(
      "trace use_in0_L00_H0 has dimension 64, but the unit has 32 lanes | set the head dimension to 64 or more");
    expect(() => alocDotVectors(spec(64, { ...floor8, window: 3 }, "key"), use)).toThrow("a window needs the query as log operand");
    expect(() => alocDotVectors(spec(64, { ...floor8, operandBits: 6 }), use)).toThrow(/two's-complement integer of 6 bits/);
  });

  test("the same input gives the same vectors", () => {
    expect(alocDotVectors(spec(15), ocr, { rows: 5 }).vectors).toEqual(alocDotVectors(spec(15), ocr, { rows: 5 }).vectors);
  });
});

describe("alocDotCorners", () => {
  test("are as defined for every format and odd shapes", () => {
    for (const operandBits of [2, 3, 8, 16]) {
      const formats = formatsOf(operandBits).filter(({ window }) => [null, 1, 3, 4, operandBits].includes(window));
      for (const format of formats) {
        for (const headDim of [1, 5]) {
          const s = spec(headDim, format, format.window === null && headDim === 1 ? "key" : "query");
          const made = alocDotCorners(s, { random: 40 });
          expect(made.vectors.channels.map((c) => c.count)).toEqual([16 + 2 * headDim + 40, 16 + 2 * headDim + 40]);
          for (let n = 0; n < made.vectors.channels[0].count; n++) expectDotWord(made, n, s);
        }
      }
    }
  });

  test("reach both ends of the sum, and every base of a window", () => {
    const s = spec(64, { ...floor8, window: 3 });
    const made = alocDotCorners(s);
    const sums = Array.from({ length: made.vectors.channels[1].count }, (_, n) => wordField(made.vectors.channels[1], n, 0));
    expect(sums).toContain(2n ** 7n * 4n * 64n);
    expect(sums).toContain(-(2n ** 7n) * 4n * 64n);
    const bases = sums.map((_, n) => windowed(made.describe(n).log, s.format).base);
    expect([...new Set(bases)].sort()).toEqual([0, 1, 2, 3, 4]);
  });

  test("the seed decides the random words, and nothing else does", () => {
    const data = (seed?: number): Uint32Array => alocDotCorners(spec(8), { random: 4, seed }).vectors.channels[0].data;
    expect(data(7)).toEqual(data(7));
    expect(data()).toEqual(data(1));
    expect(data(7)).not.toEqual(data(8));
    expect(() => data(0)).toThrow("the seed 0 is 0 modulo 2^32");
  });

  test("say what they are", () => {
    const { describe: origin } = alocDotCorners(spec(3));
    expect(origin(0)).toEqual({ label: "log zeros, linear zeros", query: null, key: null, log: [0, 0, 0], linear: [0, 0, 0] });
    expect(origin(16)).toEqual({ label: "log only in lane 0", query: null, key: null, log: [127, 0, 0], linear: [-127, -126, -125] });
    expect(origin(17)).toMatchObject({ label: "linear only in lane 0", log: [1, -2, 4], linear: [127, 0, 0] });
    expect(origin(22).label).toBe("random word 0");
  });
});

describe("alocVectors", () => {
  const made = (format: AlocFormat, logSide: LogSide = "query", limit?: number): PairVectors =>
    alocVectors({ design: "unit", logSide, format }, use, { limit });

  test.each([floor8, { ...floor8, terms: 2 as const }, { ...floor8, rounding: "nearest" as const }])("%j: ports and values", (format) => {
    const { vectors, describe: origin } = made(format);
    const [input, output] = vectors.channels;
    expect(vectors).toMatchObject({ design: "unit", mode: "cycles", constants: [] });
    expect(input.fields).toEqual([{ name: "x", port: "x", width: 8, signed: true }, { name: "y", port: "y", width: 8, signed: true }]);
    expect(output.fields.map((f) => [f.name, f.port, f.signed])).toEqual([["code", "code", false], ["product", "product", true]]);
    expect(output.fields[1].width).toBe(productWidth(format));
    expect([input.count, output.count]).toEqual([4096, 4096]);
    const pairs = new Set<string>();
    for (let n = 0; n < input.count; n++) {
      const [x, y] = [wordField(input, n, 0), wordField(input, n, 1)];
      pairs.add(`${x},${y}`);
      expect([x, y]).toEqual([BigInt(origin(n).log[0]), BigInt(origin(n).linear[0])]);
      expect(wordField(output, n, 1)).toBe(y * coefficient(Number(x), exponents(Number(x), format)));
    }
    expect(pairs.size).toBe(4096);
    for (const x of [-128, -1, 0, 1, 127]) for (const y of [-128, -1, 0, 1, 127]) expect(pairs).toContain(`${x},${y}`);
  });

  test("which side is x; where a pair comes from", () => {
    const last = made(floor8, "key").describe(4095);
    const [i, j] = [last.query ?? -1, last.key ?? -1];
    const lane = Number(/lane (\d+)$/.exec(last.label)?.[1]);
    expect([last.log, last.linear]).toEqual([[use.k[64 * j + lane]], [use.q[64 * i + lane]]]);
    expect(made(floor8).describe(0)).toEqual({ label: "corner x = -128, y = -128", query: null, key: null, log: [-128], linear: [-128] });
  });

  test("corners alone, a limit, few different pairs", () => {
    const count = (v: PairVectors): number => v.vectors.channels[0].count;
    expect(count(alocVectors({ design: "unit", logSide: "query", format: floor8 }, null))).toBe(25);
    expect(count(made(floor8, "query", 100))).toBe(100);
    // In 2 bits there are 4 x 4 pairs.
    const two: AlocFormat = { ...floor8, operandBits: 2 };
    expect(count(alocVectors({ design: "unit", logSide: "query", format: two }, readTrace(bundledTraces()[3].path, { operandBits: 2 })))).toBe(16);
  });

  test("a window is refused", () => {
    expect(() => made({ ...floor8, window: 4 })).toThrow("a single product has no window");
  });
});
