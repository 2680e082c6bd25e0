import fc from "fast-check";
import { powerTable, Probability, probabilityLatency } from "../../generator/lapa/probability";
import { Simulator } from "../../sim/engines/builtin";
import { build } from "./build";
import { probabilityOf } from "./softmax-reference";

interface Case {
  readonly live: boolean;
  readonly max: bigint;
  readonly score: bigint;
}

/** Streams scores through the unit, one a cycle, and compares every P. */
function run(scoreBits: number, c: bigint, s: bigint, cases: readonly Case[]): void {
  const sim = new Simulator(build(Probability, { scoreBits }).circuit);
  sim.poke("scale", c);
  sim.poke("shift", s);
  const seen: bigint[] = [];
  for (let i = 0; i < cases.length + probabilityLatency; i++) {
    const { live, max, score } = cases[i] ?? { live: false, max: 0n, score: 0n };
    sim.poke("live", live ? 1n : 0n);
    sim.poke("max", max);
    sim.poke("score", score);
    if (i >= probabilityLatency) seen.push(sim.peek("probability"));
    sim.step();
  }
  expect(seen).toEqual(cases.map(({ live, max, score }) => (live ? probabilityOf(max, score, c, s) : 0n)));
}

test("the table is the spec's", () => {
  const table = powerTable();
  expect([table.length, ...table.slice(0, 5), table[63]]).toEqual([64, 255n, 252n, 250n, 247n, 244n, 129n]);
  // Integers against floats: no entry is near a half.
  expect(table).toEqual(Array.from({ length: 64 }, (_, f) => BigInt(Math.floor(255 * 2 ** (-f / 64) + 0.5))));
});

test("every t that 10 bits hold", () => {
  run(10, 1n, 0n, Array.from({ length: 1024 }, (_, t) => ({ live: true, max: 511n, score: 511n - BigInt(t) })));
});

test.each([1, 2, 8, 23, 40])("scores of %d bits", (bits) => {
  const top = 1n << BigInt(bits - 1);
  /** Any distance, the short ones as often as the long ones. */
  const distance = fc.tuple(fc.integer({ min: 0, max: bits }), fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n })).map(([kept, d]) => d >> BigInt(kept));
  const any = fc.tuple(fc.boolean(), distance, fc.bigInt({ min: 0n, max: (1n << BigInt(bits)) - 1n })).map(([live, d, where]) => {
    const max = d - top + where % (2n * top - d);
    return { live, max, score: max - d };
  });
  const one = fc.oneof({ weight: 6, arbitrary: any }, fc.constantFrom({ live: true, max: top - 1n, score: -top }, { live: true, max: -top, score: -top }, { live: true, max: top - 1n, score: top - 1n }));
  const c = fc.oneof(fc.bigInt({ min: 0n, max: 65535n }), fc.constantFrom(0n, 1n, 65535n));
  const s = fc.oneof(fc.bigInt({ min: 0n, max: 31n }), fc.constantFrom(0n, 31n));
  fc.assert(fc.property(c, s, fc.array(one, { minLength: 1, maxLength: 40 }), (scale, shift, cases) => run(bits, scale, shift, cases)), { numRuns: 60 });
});
