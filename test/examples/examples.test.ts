import { elaborate } from "lapa";
import { Simulator } from "../../sim/engines/builtin";
import { Counter } from "../../examples/1-counter";
import { Fir } from "../../examples/2-fir";
import { SerialTransmitter } from "../../examples/3-fsm";
import { Fifo } from "../../examples/4-fifo";
import { BestKey } from "../../examples/5-best-key";
import { dot, encode } from "../../sim/golden/aloc";

/** A fixed sequence of 32-bit words. */
function* noise(): Generator<number, never> {
  for (let state = 0x2545f491; ; ) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield state >>> 0;
  }
}

test("1. the counter counts, clears and wraps", () => {
  const sim = new Simulator(elaborate(Counter, { width: 3 }));
  sim.reset();
  const random = noise();
  let expected = 0n;
  for (let t = 0; t < 200; t++) {
    const [enable, clear] = [random.next().value % 8 > 0, random.next().value % 16 === 0];
    sim.poke("enable", enable ? 1n : 0n);
    sim.poke("clear", clear ? 1n : 0n);
    expect(sim.peek("count")).toBe(expected);
    expect(sim.peek("wrapped")).toBe(enable && expected === 7n ? 1n : 0n);
    sim.step();
    expected = clear ? 0n : (expected + (enable ? 1n : 0n)) % 8n;
  }
});

test("2. the filter convolves", () => {
  const { taps } = Fir.defaults;
  const sim = new Simulator(elaborate(Fir, Fir.defaults));
  sim.reset();
  const random = noise();
  const seen: number[] = [];
  for (let t = 0; t < 100; t++) {
    const x = (random.next().value % 256) - 128;
    seen.unshift(x);
    sim.poke("x", BigInt(x));
    sim.step();
    expect(sim.peekSigned("y")).toBe(BigInt(taps.reduce((sum, tap, i) => sum + tap * (seen[i] ?? 0), 0)));
  }
});

test("3. the transmitter sends what it takes", () => {
  const cyclesPerBit = 5;
  const sim = new Simulator(elaborate(SerialTransmitter, { cyclesPerBit }));
  sim.reset();
  for (const byte of [0x00, 0xff, 0xa5, 0x3c]) {
    expect([sim.peek("in_ready"), sim.peek("line")]).toEqual([1n, 1n]);
    sim.poke("in_valid", 1n);
    sim.poke("in_byte", BigInt(byte));
    sim.step();
    sim.poke("in_valid", 0n);
    const bits: bigint[] = [];
    for (let bit = 0; bit < 10; bit++) {
      sim.step(2);
      bits.push(sim.peek("line"));
      sim.step(cyclesPerBit - 2);
    }
    expect(bits.slice(1, 9).reduce((n, b, i) => n + Number(b) * 2 ** i, 0)).toBe(byte);
    expect([bits[0], bits[9]]).toEqual([0n, 1n]);
  }
});

test.each([[1, false], [5, false], [16, false], [8, true]])("4. the FIFO of depth %s keeps every word, in order", (depth, macro) => {
  const sim = new Simulator(elaborate(Fifo, { width: 12, depth, macro }));
  sim.reset();
  const random = noise();
  const sent: bigint[] = [];
  const received: bigint[] = [];
  for (let t = 0; t < 600; t++) {
    const word = BigInt(random.next().value % 8192);
    sim.poke("in_valid", random.next().value % 4 > 0 ? 1n : 0n);
    sim.poke("in_data", word >> 1n);
    sim.poke("in_last", word & 1n);
    sim.poke("out_ready", t < 100 || random.next().value % 3 > 0 ? 1n : 0n);
    if (sim.peek("in_valid") & sim.peek("in_ready")) sent.push(word);
    if (sim.peek("out_valid") & sim.peek("out_ready")) received.push((sim.peek("out_data") << 1n) | sim.peek("out_last"));
    sim.step();
  }
  expect(received.length).toBeGreaterThan(depth === 1 ? 150 : 300);
  expect(received).toEqual(sent.slice(0, received.length));
  expect(sent.length - received.length).toBeLessThanOrEqual(depth + 1);
});

test("5. the best key of each query is the golden model's", () => {
  const format = { operandBits: 8, rounding: "floor", terms: 1, window: null } as const;
  const { headDim, keys } = BestKey.defaults;
  const sim = new Simulator(elaborate(BestKey, BestKey.defaults));
  sim.reset();
  const random = noise();
  const operand = (): number => ((random.next().value >> 3) % 256 >> random.next().value % 4) - (random.next().value % 3 === 0 ? 64 : 0);
  const pack = (values: readonly number[], bits: number): bigint =>
    values.reduce((word, v, i) => word | (BigInt.asUintN(bits, BigInt(v)) << BigInt(i * bits)), 0n);
  let waiting: number[][] = [];
  let codes: number[] = [];
  const expected: { index: number; score: number }[] = [];
  const received: { index: number; score: number }[] = [];
  for (let t = 0; t < 600; t++) {
    if (waiting.length === 0) {
      codes = Array.from({ length: headDim }, () => encode(Math.max(-128, Math.min(127, operand())), format).code);
      waiting = Array.from({ length: keys }, () => Array.from({ length: headDim }, () => Math.max(-128, Math.min(127, operand()))));
      const scores = waiting.map((key) => dot(key, codes, format));
      const score = Math.max(...scores);
      expected.push({ index: scores.indexOf(score), score });
    }
    sim.poke("in_valid", random.next().value % 4 > 0 ? 1n : 0n);
    sim.poke("in_codes", pack(codes, 4));
    sim.poke("in_operands", pack(waiting[0]!, 8));
    sim.poke("out_ready", random.next().value % 3 > 0 ? 1n : 0n);
    if (sim.peek("in_valid") & sim.peek("in_ready")) waiting.shift();
    if (sim.peek("out_valid") & sim.peek("out_ready")) received.push({ index: Number(sim.peek("out_index")), score: Number(sim.peekSigned("out_score")) });
    sim.step();
  }
  expect(received.length).toBeGreaterThan(40);
  expect(received).toEqual(expected.slice(0, received.length));
});
