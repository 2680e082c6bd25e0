import fc from "fast-check";
import { SkewRegisters } from "../../generator/lib/skew-registers";
import { Simulator } from "../../sim/engines/builtin";
import { build } from "../lapa/build";

test.each([[1, 3], [2, 1], [3, 40], [7, 2], [13, 9]])("%d items of %d bits: item i is i cycles late", (items, width) => {
  const sim = new Simulator(build(SkewRegisters, { items, width, resets: true as boolean }).circuit);
  const part = (word: bigint, i: number): bigint => BigInt.asUintN(width, word >> BigInt(i * width));
  fc.assert(fc.property(fc.array(fc.bigInt({ min: 0n, max: (1n << BigInt(items * width)) - 1n }), { minLength: 1, maxLength: 3 * items }), (words) => {
    sim.reset();
    words.forEach((word, t) => {
      sim.poke("in", word);
      const out = sim.peek("out");
      for (let i = 0; i < items; i++) expect(part(out, i)).toBe(i > t ? 0n : part(words[t - i]!, i));
      sim.step();
    });
  }), { numRuns: 30 });
});

test("registers that are not reset keep what they have", () => {
  const resettable = (resets: boolean): boolean => build(SkewRegisters, { items: 4, width: 2, resets }).circuit.modules.some((m) => m.kind === "logic" && m.resettable);
  expect([resettable(false), resettable(true)]).toEqual([false, true]);
});
