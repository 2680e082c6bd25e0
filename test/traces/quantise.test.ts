import * as fc from "fast-check";
import { narrow, quantise } from "../../sim/traces/quantise";
import { userErrorOf } from "./fixtures";

describe("quantise", () => {
  test("rounds halves away from zero, at a scale that is a power of two", () => {
    // max 127 * 0.25, so the scale is 0.25.
    const q = quantise(Float32Array.of(31.75, 0.125, -0.125, 0.375, -0.625, 0.1, -0.1, 0), 8, "q");
    expect(q).toEqual({ values: Int16Array.of(127, 1, -1, 2, -3, 0, 0, 0), scale: 0.25 });
  });

  test("the double just below one half is not rounded up", () => {
    expect(quantise(Float64Array.of(127, 0.49999999999999994), 8, "q").values).toEqual(Int16Array.of(127, 0));
  });

  test("W = 2 and W = 16", () => {
    expect(quantise(Float64Array.of(-3, 1.5, 1.4), 2, "q")).toEqual({ values: Int16Array.of(-1, 1, 0), scale: 3 });
    expect(quantise(Float64Array.of(-32767, 5), 16, "q")).toEqual({ values: Int16Array.of(-32767, 5), scale: 1 });
  });

  test("zeros have scale 1", () => {
    expect(quantise(Float32Array.of(0, -0), 8, "q")).toEqual({ values: Int16Array.of(0, 0), scale: 1 });
  });

  test("the largest magnitude gets the largest integer, and every element is within half a step", () => {
    const numbers = fc.float64Array({ minLength: 1, noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 });
    fc.assert(fc.property(numbers, fc.integer({ min: 2, max: 16 }), (xs, bits) => {
      fc.pre(xs.every((x) => x === 0 || Math.abs(x) > 1e-30));
      const { values, scale } = quantise(xs, bits, "q");
      const largest = Math.max(...values.map(Math.abs));
      expect(largest).toBe(xs.every((x) => x === 0) ? 0 : 2 ** (bits - 1) - 1);
      values.forEach((v, i) => expect(Math.abs(v - xs[i] / scale)).toBeLessThanOrEqual(0.5));
    }));
  });

  test.each([
    [Float32Array.of(1, NaN), "here: element 1 is NaN | remove NaN and infinite values"],
    [Float64Array.of(-Infinity), "here: element 0 is -Infinity"],
    [Float64Array.of(0, 5e-324), "here: its largest magnitude, 5e-324, is too small to be scaled | multiply"],
  ])("refuses %p", (values, message) => {
    expect(userErrorOf(() => quantise(values, 8, "here"))).toContain(message);
  });
});

describe("narrow", () => {
  test("leaves what fits", () => {
    expect(narrow(Int8Array.of(-128, 127), 0.5, 8)).toEqual({ values: Int16Array.of(-128, 127), scale: 0.5 });
    expect(narrow(Int8Array.of(-128, 127), 0.5, 12)).toEqual({ values: Int16Array.of(-128, 127), scale: 0.5 });
    expect(narrow(Int16Array.of(-2, 1), 3, 2)).toEqual({ values: Int16Array.of(-2, 1), scale: 3 });
  });

  test("shifts the rest, rounding down", () => {
    expect(narrow(Int8Array.of(-128, -127, -1, 0, 1, 127), 0.5, 4)).toEqual({ values: Int16Array.of(-8, -8, -1, 0, 0, 7), scale: 8 });
    expect(narrow(Int8Array.of(1, 2), 1, 2)).toEqual({ values: Int16Array.of(0, 1), scale: 2 });
  });

  test("one bit more than needed never fits", () => {
    fc.assert(fc.property(fc.int16Array({ minLength: 1 }), fc.integer({ min: 2, max: 16 }), (xs, bits) => {
      const { values, scale } = narrow(xs, 1, bits);
      const limit = 2 ** (bits - 1);
      expect(values.every((v, i) => v >= -limit && v < limit && v === Math.floor(xs[i] / scale))).toBe(true);
      if (scale > 1) expect(xs.some((x) => Math.floor((2 * x) / scale) < -limit || Math.floor((2 * x) / scale) >= limit)).toBe(true);
    }));
  });
});
