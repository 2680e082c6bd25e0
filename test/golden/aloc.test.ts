import * as fc from "fast-check";
import type { AlocFormat } from "../../generator/lapa/config";
import {
  aloc, alocFromCode, checkFormat, codeGeometry, coefficients, dot, dotCoefficients, encode, encodeRow, productWidth, sumWidth, zeroCode,
} from "../../sim/golden/aloc";
import { KINDS, anyDot, coefficient, exponents, formatsOf, windowed } from "./definition";

const floor8: AlocFormat = { operandBits: 8, rounding: "floor", terms: 1, window: null };
const nearest8: AlocFormat = { ...floor8, rounding: "nearest" };
const WIDTHS = Array.from({ length: 15 }, (_, i) => i + 2);

function operands(bits: number): number[] {
  return Array.from({ length: 2 ** bits }, (_, i) => i - 2 ** (bits - 1));
}

describe("codes", () => {
  test.each([
    [0, 0x7, 0x0f], [1, 0x0, 0x00], [-1, 0x8, 0x10], [3, 0x1, 0x02], [5, 0x2, 0x02], [-5, 0xa, 0x12],
    [96, 0x6, 0x07], [127, 0x6, 0x07], [-127, 0xe, 0x17], [-128, 0xe, 0x17],
  ])("of %d", (x, floorCode, nearestCode) => {
    expect(encode(x, floor8).code).toBe(floorCode);
    expect(encode(x, nearest8).code).toBe(nearestCode);
  });

  test("two terms: sign, field, field2", () => {
    const two: AlocFormat = { ...floor8, terms: 2 };
    expect(encode(0, two)).toEqual({ sign: 0, exponent: null, exponent2: null, code: 0b0_111_111 });
    expect(encode(64, two)).toEqual({ sign: 0, exponent: 6, exponent2: null, code: 0b0_110_111 });
    expect(encode(-5, two)).toEqual({ sign: 1, exponent: 2, exponent2: 0, code: 0b1_010_000 });
    expect(encode(-128, two)).toEqual({ sign: 1, exponent: 6, exponent2: 5, code: 0b1_110_101 });
    expect([aloc(7, -5, two), aloc(-128, 127, two), aloc(-128, 0, two)]).toEqual([-35, -12288, 0]);
  });

  test("geometry without a window", () => {
    const g = (operandBits: number, rounding: AlocFormat["rounding"], terms: 1 | 2): number[] =>
      Object.values(codeGeometry({ operandBits, rounding, terms, window: null }));
    // fieldBits, maxExponent, zeroField, codeBits
    expect(g(2, "floor", 1)).toEqual([1, 0, 1, 2]);
    expect(g(2, "nearest", 1)).toEqual([2, 1, 3, 3]);
    expect(g(4, "floor", 2)).toEqual([2, 2, 3, 5]);
    expect(g(5, "floor", 1)).toEqual([3, 3, 7, 4]);
    expect(g(8, "floor", 1)).toEqual([3, 6, 7, 4]);
    expect(g(8, "nearest", 1)).toEqual([4, 7, 15, 5]);
    expect(g(16, "floor", 2)).toEqual([4, 14, 15, 9]);
    expect(g(16, "nearest", 1)).toEqual([5, 15, 31, 6]);
  });

  test("geometry with a window", () => {
    const g = (window: number, format: AlocFormat): number[] => Object.values(codeGeometry({ ...format, window }));
    expect([1, 2, 3, 4, 7, 8].map((w) => g(w, floor8))).toEqual([
      [1, 0, 1, 2], [2, 1, 3, 3], [2, 2, 3, 3], [3, 3, 7, 4], [3, 6, 7, 4], [4, 6, 15, 5],
    ]);
    expect(g(8, nearest8)).toEqual([4, 7, 15, 5]);
    expect(g(4, { ...floor8, terms: 2 })).toEqual([3, 3, 7, 7]);
  });
});

describe("every operand pair, against the definition", () => {
  test.each([2, 3, 4, 5, 6, 7, 8, 9, 10])("W = %d", (operandBits) => {
    const ys = operands(operandBits);
    for (const kind of KINDS) {
      const format: AlocFormat = { operandBits, ...kind, window: null };
      const seen = new Map<number, string>();
      for (const x of operands(operandBits)) {
        const es = exponents(x, format);
        const { sign, exponent, exponent2, code } = encode(x, format);
        expect([sign, exponent, exponent2]).toEqual([x < 0 ? 1 : 0, es[0] ?? null, es[1] ?? null]);
        // One code a set of terms, and one set of terms a code.
        const terms = es.length === 0 ? "zero" : `${sign}:${es.join()}`;
        expect(seen.get(code) ?? terms).toBe(terms);
        seen.set(code, terms);
        const c = Number(coefficient(x, es));
        const wrong = ys.filter((y) => aloc(y, x, format) !== y * c || alocFromCode(y, code, format) !== y * c);
        expect(wrong).toEqual([]);
      }
      expect(new Set(seen.values()).size).toBe(seen.size);
      expect(seen.get(zeroCode(format))).toBe("zero");
    }
  });
});

describe("rows", () => {
  test("sums and codes, with and without a window, against the definition", () => {
    fc.assert(fc.property(anyDot, ({ format, xs, ys }) => {
      const { codes, base } = encodeRow(xs, format);
      const expected = windowed(xs, format);
      expect(base).toBe(expected.base);
      const sum = xs.reduce((s, x, c) => s + coefficient(x, expected.rows[c]) * BigInt(ys[c]), 0n);
      expect(BigInt(dot(ys, codes, format))).toBe(sum);
      expect(BigInt(dotCoefficients([9, 9, ...ys], coefficients(codes, format), 2))).toBe(sum);
      expect(codes.reduce((s, code, c) => s + alocFromCode(ys[c], code, format), 0)).toBe(Number(sum));
    }), { numRuns: 2000 });
  });

  test("without a window a row's codes are its elements' codes", () => {
    fc.assert(fc.property(anyDot, ({ format, xs }) => {
      const whole: AlocFormat = { ...format, window: null };
      expect([...encodeRow(xs, whole).codes]).toEqual(xs.map((x) => encode(x, whole).code));
    }));
  });

  test("a window by hand", () => {
    const row = Int8Array.of(100, -17, 16, -15, 1, 0);
    // Exponents 6, 4, 4, 3, 0; the top three are 6, 5, 4, so b = 4.
    expect(encodeRow(row, { ...floor8, window: 3 })).toEqual({ codes: Uint16Array.of(0b010, 0b100, 0b000, 0b011, 0b011, 0b011), base: 4 });
    expect(dot([1, 2, 3, 50, 60, 70], encodeRow(row, { ...floor8, window: 3 }).codes, { ...floor8, window: 3 })).toBe(4 - 2 + 3);
    // Two terms: 100 = 64 + 32 + .., 17 = 16 + 1 loses its second term, 15 loses both.
    const two: AlocFormat = { ...floor8, terms: 2, window: 3 };
    expect(encodeRow(row, two)).toEqual({ codes: Uint16Array.of(0b01001, 0b10011, 0b00011, 0b01111, 0b01111, 0b01111), base: 4 });
  });

  test("a window wider than the row needs, and a row of zeros, have base 0", () => {
    expect(encodeRow([1, 2, 4], { ...floor8, window: 3 }).base).toBe(0);
    expect(encodeRow([1, 2, 8], { ...floor8, window: 3 }).base).toBe(1);
    const zeros = encodeRow([0, 0], { ...floor8, window: 1 });
    expect(zeros).toEqual({ codes: Uint16Array.of(1, 1), base: 0 });
    expect(Object.is(dot([-1, -128], zeros.codes, { ...floor8, window: 1 }), 0)).toBe(true);
  });
});

describe("widths", () => {
  const signedBits = (n: bigint): number => (n < 0n ? ~n : n).toString(2).replace(/^0$/, "").length + 1;

  /** The codes that are codes of some operand, with what they multiply by; all others throw. */
  function legalCodes(format: AlocFormat): { code: number; by: number }[] {
    const codes = Array.from({ length: 2 ** codeGeometry(format).codeBits }, (_, code) => code);
    return codes.flatMap((code) => {
      try {
        return [{ code, by: alocFromCode(1, code, format) }];
      } catch {
        return [];
      }
    });
  }

  test.each(WIDTHS)("sumWidth holds every sum and is attained: W = %d", (operandBits) => {
    const lowest = -(2 ** (operandBits - 1));
    for (const format of formatsOf(operandBits)) {
      const legal = legalCodes(format);
      const largest = legal.reduce((a, b) => (b.by < a.by ? b : a));
      // Codes come in both signs, so the largest sum has the lowest operand times the lowest coefficient in every lane.
      for (const d of [1, 2, 3, 15, 64, 255, 256]) {
        const attained = dot(new Array<number>(d).fill(lowest), new Array<number>(d).fill(largest.code), format);
        expect(signedBits(BigInt(attained))).toBe(sumWidth(d, format));
      }
    }
  });

  test("an encoded row attains it, except for rounding to nearest in 2 bits, where no operand reaches exponent 1", () => {
    for (const operandBits of WIDTHS) {
      for (const format of formatsOf(operandBits)) {
        const { codes } = encodeRow(new Array<number>(3).fill(-(2 ** (operandBits - 1))), format);
        const attained = signedBits(BigInt(dot(new Array<number>(3).fill(-(2 ** (operandBits - 1))), codes, format)));
        const exception = operandBits === 2 && format.rounding === "nearest" && format.window !== 1;
        expect(attained).toBe(sumWidth(3, format) - (exception ? 1 : 0));
      }
    }
  });

  test("productWidth over all pairs", () => {
    for (const operandBits of [3, 4, 5, 6]) {
      for (const kind of KINDS) {
        const format: AlocFormat = { operandBits, ...kind, window: null };
        const all = operands(operandBits).flatMap((x) => operands(operandBits).map((y) => signedBits(BigInt(aloc(y, x, format)))));
        expect(productWidth(format)).toBe(Math.max(...all));
      }
    }
  });

  test("known values", () => {
    expect([productWidth(floor8), productWidth(nearest8), productWidth({ ...floor8, terms: 2 })]).toEqual([15, 16, 15]);
    expect([sumWidth(64, floor8), sumWidth(15, floor8), sumWidth(64, { ...floor8, window: 4 })]).toEqual([21, 18, 18]);
    expect(sumWidth(256, { ...nearest8, operandBits: 16 })).toBe(40);
  });
});

describe("misuse", () => {
  test.each<[Partial<AlocFormat>, RegExp]>([
    [{ operandBits: 1 }, /operandBits must be an integer from 2 to 16, not 1$/],
    [{ operandBits: 17 }, /not 17$/],
    [{ operandBits: 7.5 }, /not 7.5$/],
    [{ terms: 2, rounding: "nearest" }, /two terms need rounding floor/],
    [{ window: 0 }, /window must be null or an integer from 1 to operandBits \(8\), not 0/],
    [{ window: 9 }, /not 9/],
    [{ window: 2.5 }, /not 2.5/],
    [{ ...JSON.parse('{"rounding":"up"}') }, /rounding must be floor or nearest, not up/],
    [{ ...JSON.parse('{"terms":3}') }, /terms must be 1 or 2, not 3/],
  ])("format %j", (change, message) => {
    expect(() => checkFormat({ ...floor8, ...change })).toThrow(RangeError);
    expect(() => codeGeometry({ ...floor8, ...change })).toThrow(message);
  });

  test("operands that W bits do not hold", () => {
    for (const bad of [128, -129, 0.5, NaN, Infinity]) {
      const message = `${bad} is not a two's-complement integer of 8 bits`;
      expect(() => encode(bad, floor8)).toThrow(message);
      expect(() => aloc(bad, 1, floor8)).toThrow(message);
      expect(() => aloc(1, bad, floor8)).toThrow(message);
      expect(() => alocFromCode(bad, 0, floor8)).toThrow(message);
      expect(() => encodeRow([0, bad], floor8)).toThrow(message);
      expect(() => dot([bad], [0], floor8)).toThrow(message);
    }
  });

  test("codes that no operand has", () => {
    // A negative zero; too wide; not whole numbers; an unused field.
    for (const bad of [0xf, 16, 2 ** 32, -1, 0.5, NaN]) expect(() => alocFromCode(1, bad, floor8)).toThrow(/is not a code of/);
    expect(() => alocFromCode(1, 5, { ...floor8, operandBits: 5 })).toThrow("5 is not a code of");
    const two: AlocFormat = { ...floor8, terms: 2 };
    // A second term without a first, one as large as the first.
    for (const bad of [0b0_111_000, 0b0_010_010]) expect(() => coefficients([bad], two)).toThrow(/is not a code of/);
  });

  test("lengths and lane counts", () => {
    expect(() => dot([1, 2], [0], floor8)).toThrow("2 linear operands but 1 codes");
    expect(() => dotCoefficients([1, 2], Int32Array.of(1, 1), 1)).toThrow("2 lanes from 1 on, but only 2 operands");
    for (const d of [0, -1, 1.5]) expect(() => sumWidth(d, floor8)).toThrow(`not ${d}`);
  });
});
