import { elaborate } from "lapa";
import { LeadingOne } from "../../generator/lib/leading-one";
import { Simulator } from "../../sim/engines/builtin";

/** Pokes each value and compares with the length of its binary digits. */
function check(width: number, values: Iterable<bigint>): void {
  const sim = new Simulator(elaborate(LeadingOne, { width }));
  for (const bits of values) {
    sim.poke("bits", bits);
    const expected = bits === 0n ? [0n, 0n] : [1n, BigInt(bits.toString(2).length - 1)];
    expect([bits, sim.peek("found"), sim.peek("index")]).toEqual([bits, ...expected]);
  }
}

function* everyValue(width: number): Generator<bigint> {
  for (let value = 0n; value < 1n << BigInt(width); value++) yield value;
}

/** For each top bit: alone, with the next one, and with all below. */
function* eachTop(width: number): Generator<bigint> {
  yield 0n;
  for (let top = 0n; top < BigInt(width); top++) {
    const one = 1n << top;
    yield* [one, one | (one >> 1n), one | 1n, 2n * one - 1n];
  }
}

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])("width %d, every value", (width) => check(width, everyValue(width)));
test.each([12, 16, 17, 31, 32, 33, 63, 64, 65, 127, 200])("width %d, every leading one", (width) => check(width, eachTop(width)));
