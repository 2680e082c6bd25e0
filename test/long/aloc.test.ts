/** One ALOC product, every W, rounding and number of terms, in every engine: every pair of operands, or else every x. */

import { formats, named, range } from "../lapa/formats";
import { expectVerified, settings } from "./repeatable";

/** Widest operands of which every pair is taken: a million. */
const exhaustive = 10;

test.each(formats(range(2, 16)).map((f) => [named(f), f] as const))("%s: a sweep", async (_, { operandBits, rounding, terms }) => {
  const whole = operandBits <= exhaustive;
  const limit = String(whole ? 4 ** operandBits : 2 ** 18);
  await expectVerified([...settings({ unit: "aloc", operandBits, rounding, terms }), "--trace", "sweep", "--limit", limit], 3, () => !whole);
});
