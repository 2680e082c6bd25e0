import { elaborate } from "lapa";
import { AlocEncoder } from "../../generator/lapa/aloc-encoder";
import { Simulator } from "../../sim/engines/builtin";
import { encode } from "../../sim/golden/aloc";
import { formats, named, range } from "./formats";

test.each(formats(range(2, 16)).map((f) => [named(f), f] as const))("%s: every x", (_, format) => {
  const sim = new Simulator(elaborate(AlocEncoder, format));
  const limit = 2 ** (format.operandBits - 1);
  const wrong = [];
  for (let x = -limit; x < limit; x++) {
    sim.poke("x", BigInt(x));
    const code = Number(sim.peek("code"));
    if (code !== encode(x, format).code) wrong.push({ x, code });
  }
  expect(wrong).toEqual([]);
});

test("a window is refused: it belongs to a row", () => {
  expect(() => elaborate(AlocEncoder, { operandBits: 8, rounding: "floor", terms: 1, window: 4 })).toThrow("ALOC encoder has no window");
});
