import fc from "fast-check";
import { type AlocFormat, elaborate } from "lapa";
import { AlocShifter } from "../../generator/lapa/aloc-shifter";
import { Simulator } from "../../sim/engines/builtin";
import { alocFromCode, codeGeometry } from "../../sim/golden/aloc";
import { formats, named, range } from "./formats";

const anyWindow = (operandBits: number): (number | null)[] => [null, ...range(1, operandBits)];

/** The codes that some operand has, as the golden model sees it. */
function legalCodes(format: AlocFormat): number[] {
  return range(0, 2 ** codeGeometry(format).codeBits - 1).filter((code) => {
    try {
      alocFromCode(0, code, format);
      return true;
    } catch {
      return false;
    }
  });
}

function product(sim: Simulator, y: number, code: number): number {
  sim.poke("y", BigInt(y));
  sim.poke("code", BigInt(code));
  return Number(sim.peekSigned("term") + sim.peek("carry"));
}

test.each(formats(range(2, 6), anyWindow).map((f) => [named(f), f] as const))("%s: every y and code", (_, format) => {
  const sim = new Simulator(elaborate(AlocShifter, format));
  const limit = 2 ** (format.operandBits - 1);
  const codes = legalCodes(format);
  const wrong = [];
  for (const code of codes) {
    for (let y = -limit; y < limit; y++) if (product(sim, y, code) !== alocFromCode(y, code, format)) wrong.push({ y, code });
  }
  expect(wrong).toEqual([]);
  expect(codes.length).toBeGreaterThan(2);
});

test.each(formats([7, 8, 11, 16], (W) => [null, 1, 3, W]).map((f) => [named(f), f] as const))("%s: corners and random pairs", (_, format) => {
  const sim = new Simulator(elaborate(AlocShifter, format));
  const [min, max] = [-(2 ** (format.operandBits - 1)), 2 ** (format.operandBits - 1) - 1];
  const codes = legalCodes(format);
  const check = (y: number, code: number): void => expect(product(sim, y, code)).toBe(alocFromCode(y, code, format));
  for (const code of codes) for (const y of [min, -1, 0, 1, max]) check(y, code);
  fc.assert(fc.property(fc.integer({ min, max }), fc.constantFrom(...codes), check), { numRuns: 1000, seed: 1 });
});

test("a zero code contributes nothing, whatever its sign", () => {
  const sim = new Simulator(elaborate(AlocShifter, { operandBits: 8, rounding: "floor", terms: 2, window: null }));
  for (const y of [-128, -1, 0, 1, 127]) for (const code of [0x3f, 0x7f]) expect(product(sim, y, code)).toBe(0);
});
