import fc from "fast-check";
import { elaborate, literal, Module, SInt } from "lapa";
import { adderTree, summand, treeLevels } from "../../generator/lib/adder-tree";
import { Simulator } from "../../sim/engines/builtin";
import { Sum, type SumParameters } from "./designs/sum";

const lane = fc.record({ width: fc.integer({ min: 1, max: 70 }), carry: fc.boolean(), register: fc.boolean() });

/** Elaborates a sum and checks it for the smallest and largest values, and for values of the seed. */
function check(lanes: readonly { width: number; carry: boolean; register: boolean }[], seeds: readonly bigint[]): void {
  const depth = treeLevels(lanes.length);
  const params: SumParameters = {
    widths: lanes.map((l) => l.width),
    carries: lanes.map((l) => l.carry),
    registers: lanes.slice(0, depth + 1).flatMap((l, level) => (l.register ? [level] : [])),
  };
  const sim = new Simulator(elaborate(Sum, params));
  for (const seed of [...seeds, 0n, -1n]) {
    // The seed 0 gives the smallest values, -1 the largest.
    const values = params.widths.map((width, i) => BigInt.asUintN(width, seed ^ (seed >> BigInt(i))) - (1n << BigInt(width - 1)));
    const carries = BigInt.asUintN(lanes.length, seed);
    values.forEach((value, i) => sim.poke(`values_${i}`, value));
    sim.poke("carries", carries);
    sim.step(params.registers.length);
    const ones = params.carries.filter((has, i) => has && ((carries >> BigInt(i)) & 1n) === 1n).length;
    expect(sim.peekSigned("total")).toBe(values.reduce((sum, v) => sum + v, BigInt(ones)));
  }
}

test("sums of any shape are exact, and exactly as wide as their range asks for", () => {
  fc.assert(fc.property(fc.array(lane, { minLength: 1, maxLength: 20 }), fc.array(fc.bigInt(-(1n << 80n), 1n << 80n), { minLength: 3, maxLength: 3 }), check), { numRuns: 150, seed: 1 });
});

test.each([[1, 0], [2, 1], [3, 2], [4, 2], [5, 3], [64, 6], [65, 7], [256, 8]])("%d summands have %d levels", (n, levels) => {
  expect(treeLevels(n)).toBe(levels);
});

describe("refused", () => {
  /** What describing a module that does this throws. */
  const describing = (act: () => void) => (): void => {
    class Probe extends Module<Record<string, never>> {
      build(): void {
        act();
      }
    }
    elaborate(Probe, {});
  };
  const value = (): SInt => literal(SInt(4), 0n);

  test.each([[5n, 4n], [-9n, 0n], [0n, 8n]])("the range %d .. %d of four bits", (min, max) => {
    expect(describing(() => summand(value(), null, { min, max }))).toThrow(`${min} .. ${max} is no range of a value of 4 bits`);
    expect(describing(() => summand(value(), null, { min: -8n, max: 7n }))).not.toThrow();
  });

  test("a sum of nothing", () => {
    expect(describing(() => adderTree([]))).toThrow("0 is not a positive integer");
  });
});
