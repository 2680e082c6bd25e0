import fc from "fast-check";
import { RowStatistics, statisticsLatency } from "../../generator/lapa/row-statistics";
import { Threshold, thresholdLatency } from "../../generator/lapa/threshold";
import { Simulator } from "../../sim/engines/builtin";
import { build } from "./build";

const signed = (bits: number) => fc.bigInt({ min: -(1n << BigInt(bits - 1)), max: (1n << BigInt(bits - 1)) - 1n });

/** A row: scores of a width, the corners often, all equal now and then. */
const scores = (bits: number, most: number) => fc.oneof(
  { weight: 4, arbitrary: fc.array(signed(bits), { minLength: 1, maxLength: most }) },
  { weight: 1, arbitrary: fc.tuple(signed(bits), fc.integer({ min: 1, max: most })).map(([s, n]) => Array<bigint>(n).fill(s)) },
  { weight: 1, arbitrary: fc.array(fc.constantFrom(-(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n), { minLength: 1, maxLength: most }) },
);

const least = (s: readonly bigint[]): bigint => s.reduce((a, b) => (a < b ? a : b));
const most = (s: readonly bigint[]): bigint => s.reduce((a, b) => (a > b ? a : b));
const total = (s: readonly bigint[]): bigint => s.reduce((a, b) => a + b, 0n);

describe("statistics", () => {
  test.each([[1, 5, 1], [3, 7, 20], [4, 14, 64], [8, 2, 30]])("%d lanes of %d bits, rows of up to %d keys, back to back", (lanes, scoreBits, maxKeys) => {
    const { circuit } = build(RowStatistics, { lanes, scoreBits, maxKeys });
    const lowest = -(1n << BigInt(scoreBits - 1));
    const row = fc.tuple(scores(scoreBits, maxKeys), fc.infiniteStream(fc.boolean())).map(([s, alive]) => s.map((score) => ({ score, alive: alive.next().value as boolean })));
    fc.assert(fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), (rows) => {
      const sim = new Simulator(circuit);
      sim.reset();
      const seen: bigint[][] = [];
      const tick = (): void => {
        sim.step();
        if (sim.peek("done") === 1n) seen.push([sim.peek("count"), sim.peekSigned("max"), sim.peekSigned("min"), sim.peekSigned("sum")]);
      };
      for (const keys of rows) {
        for (let at = 0; at < keys.length; at += lanes) {
          sim.poke("valid", 1n);
          sim.poke("first", at === 0 ? 1n : 0n);
          sim.poke("last", at + lanes >= keys.length ? 1n : 0n);
          for (let k = 0; k < lanes; k++) {
            sim.poke(`alive_${k}`, keys[at + k]?.alive ? 1n : 0n);
            sim.poke(`scores_${k}`, keys[at + k]?.score ?? 0n);
          }
          tick();
        }
      }
      sim.poke("valid", 0n);
      for (let i = 0; i < statisticsLatency; i++) tick();
      expect(seen).toEqual(rows.map((keys) => {
        const s = keys.filter((k) => k.alive).map((k) => k.score);
        return s.length === 0 ? [0n, lowest, -lowest - 1n, 0n] : [BigInt(s.length), most(s), least(s), total(s)];
      }));
    }), { numRuns: 60 });
  });
});

describe("threshold", () => {
  const maxKeys = 37;
  const widths = { scoreBits: 9, maxKeys, rhoBits: 11, baseBits: 2, guardSumBits: 7 };
  const { circuit } = build(Threshold, widths);

  /** The threshold for a row, after exactly as many cycles as the mode takes. */
  function thresholdOf(sim: Simulator, row: readonly bigint[], mode: "radius" | "blend"): bigint {
    sim.poke("in_valid", 1n);
    sim.poke("in_count", BigInt(row.length));
    sim.poke("in_max", most(row));
    sim.poke("in_min", least(row));
    sim.poke("in_sum", total(row));
    sim.poke("out_ready", 0n);
    for (let i = 0; i < thresholdLatency(widths)[mode]; i++) {
      expect(sim.peek("out_valid")).toBe(0n);
      sim.step();
    }
    expect([sim.peek("out_valid"), sim.peek("in_ready")]).toEqual([1n, 0n]);
    const threshold = sim.peekSigned("out_threshold");
    sim.poke("out_ready", 1n);
    expect(sim.peek("in_ready")).toBe(1n);
    sim.step();
    return threshold;
  }

  test("radius keeps what the inequality keeps", () => {
    const registers = fc.record({
      rho: fc.oneof(fc.bigInt({ min: 0n, max: 2047n }), fc.constantFrom(0n, 2047n)), guard: fc.bigInt({ min: 0n, max: 63n }),
      base: fc.bigInt({ min: 0n, max: 3n }), guardSum: fc.bigInt({ min: 0n, max: 127n }),
    });
    const sim = new Simulator(circuit);
    sim.reset();
    fc.assert(fc.property(scores(9, maxKeys), registers, (row, { rho, guard, base, guardSum }) => {
      sim.poke("blend", 0n);
      for (const [port, value] of Object.entries({ rho, guard, base, guard_sum: guardSum })) sim.poke(port, value);
      const threshold = thresholdOf(sim, row, "radius");
      for (const s of row) expect(s >= threshold).toBe(64n * (most(row) - s) <= ((64n * rho) >> base) + guard * guardSum);
    }), { numRuns: 300 });
  });

  test("blend keeps what the inequality keeps", () => {
    const sim = new Simulator(circuit);
    sim.reset();
    fc.assert(fc.property(scores(9, maxKeys), fc.oneof(fc.bigInt({ min: -15n, max: 15n }), fc.constantFrom(-15n, 0n, 15n)), (row, a) => {
      sim.poke("blend", 1n);
      sim.poke("weight", a);
      const threshold = thresholdOf(sim, row, "blend");
      const n = BigInt(row.length);
      const magnitude = a < 0n ? -a : a;
      const end = a < 0n ? least(row) : most(row);
      for (const s of row) expect(s >= threshold).toBe(16n * n * s >= magnitude * n * end + (16n - magnitude) * total(row));
      expect(most(row) >= threshold).toBe(true);
    }), { numRuns: 300 });
  });

  test.each([[1, 1, 1, 0, 0], [20, 8192, 24, 3, 16], [37, 8192, 37, 0, 0]])("%d bits of score, %d keys, rho of %d bits", (scoreBits, keys, rhoBits, baseBits, guardSumBits) => {
    expect(() => build(Threshold, { scoreBits, maxKeys: keys, rhoBits, baseBits, guardSumBits })).not.toThrow();
  });
});
