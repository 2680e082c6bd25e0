import fc from "fast-check";
import { Behind } from "../../generator/passes/bits-behind";
import { evaluate } from "../emit/evaluate";
import { anyExpression, inputs, patternsOf, stimulus } from "../engines/random-circuit";

test("bits that are not behind a bit of an expression do not change it", () => {
  const noise = fc.array(fc.bigInt({ min: 0n, max: (1n << 257n) - 1n }), { minLength: inputs.length, maxLength: inputs.length });
  fc.assert(
    fc.property(anyExpression(3), fc.nat(), stimulus, noise, (e, n, values, changes) => {
      const bit = BigInt(n % e.width);
      const behind = new Behind();
      behind.add(e, 1n << bit);
      const changed = new Map(inputs.map((p, i) => [p.name, values.get(p.name)! ^ (changes[i]! & ~(behind.bits.get(p.name) ?? 0n))]));
      const bitOf = (from: ReadonlyMap<string, bigint>): bigint => (evaluate(e, patternsOf(from)) >> bit) & 1n;
      expect(bitOf(changed)).toBe(bitOf(values));
    }),
    { numRuns: 1000, seed: 5 },
  );
});
