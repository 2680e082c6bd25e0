import { elaborate, literal, Module, SInt } from "lapa";
import { build } from "../../generator/build";
import type { VectorSet } from "../../sim/vectors/vectors";
import { Counter } from "../../examples/1-counter";
import { Fifo } from "../../examples/4-fifo";
import { channel } from "./duts";
import { fifoVectors, outcomes } from "./outcomes";

const options = { configuration: null, dialect: "verilog" } as const;

describe("a FIFO", () => {
  const { design } = build(elaborate(Fifo, { width: 8, depth: 5, macro: false }), options);
  const sent = Array.from({ length: 150 }, (_, i) => BigInt((i * 73) % 512));

  test.each([[1, 0, 0], [2, 100, 100], [3, 200, 20], [4, 20, 200]])("seed %s, stalls %s and %s: all pass in as many cycles", async (seed, input, output) => {
    const [first, ...others] = await outcomes(design, fifoVectors(8, sent), { seed, input, output });
    expect(first).toMatchObject({ verdict: "pass", compared: 150 });
    for (const other of others) expect(other).toEqual(first);
  });

  test.each<[string, readonly bigint[], string]>([
    ["a wrong word", sent.map((w, i) => (i === 77 ? w ^ 0x81n : w)), "mismatch"],
    ["a word too few", sent.slice(0, -1), "extra"],
    ["a word too many", [...sent, 5n], "hang"],
  ])("%s is found by all, in the same place", async (_, expected, verdict) => {
    const [first, ...others] = await outcomes(design, fifoVectors(8, sent, expected), { seed: 9, input: 60, output: 60 });
    expect(first).toMatchObject({ verdict });
    for (const other of others) expect(other).toEqual(first);
  });
});

/** Verilator computes no signed product of more than 512 bits by itself. */
class Multiplier extends Module<{ a: number; b: number }> {
  readonly a = this.input(SInt(this.params.a));
  readonly b = this.input(SInt(this.params.b));
  readonly product = this.output(SInt(this.params.a + this.params.b));
  readonly scaled = this.output(SInt(this.params.a + 600));
  build(): void {
    this.product.set(this.a.mul(this.b));
    this.scaled.set(this.a.mul(literal(SInt(600), -(3n ** 300n))));
  }
}

test.each([[256, 256], [257, 256], [1000, 33], [7, 700]])("signed products of %s and %s bits are exact", async (a, b) => {
  const { design } = build(elaborate(Multiplier, { a, b }), options);
  const edges = (w: number): bigint[] => [0n, 1n, -1n, 2n ** BigInt(w - 1) - 1n, -(2n ** BigInt(w - 1)), BigInt.asIntN(w, 0xdeadbeefcafen ** 40n), -(BigInt.asUintN(w - 1, 7n ** 300n))];
  const pairs = edges(a).flatMap((x) => edges(b).map((y) => [x, y] as const));
  const pattern = (v: bigint, w: number): bigint => BigInt.asUintN(w, v);
  const vectors: VectorSet = {
    schema: "lapa-vectors/1", design: "multiplier", mode: "cycles", constants: [],
    channels: [
      channel("in", "input", [["a", a], ["b", b]], pairs.map(([x, y]) => [pattern(x, a), pattern(y, b)])),
      channel("out", "output", [["product", a + b], ["scaled", a + 600]], pairs.map(([x, y]) => [pattern(x * y, a + b), pattern(x * -(3n ** 300n), a + 600)])),
    ],
  };
  for (const outcome of await outcomes(design, vectors, { seed: 1, input: 0, output: 0 })) expect(outcome).toMatchObject({ verdict: "pass", compared: pairs.length });
});

test.each(["sync-high", "sync-low", "async-high", "async-low"] as const)("a counter in cycles mode, reset %s", async (reset) => {
  const { design } = build(elaborate(Counter, { width: 4 }, { reset }), options);
  const inputs = Array.from({ length: 60 }, (_, i) => ((i * 7) % 5 > 0 ? 1 : 0) + (i % 23 === 22 ? 2 : 0));
  let count = 0;
  const outputs = inputs.map((word) => {
    const seen = count + ((word & 1) === 1 && count === 15 ? 16 : 0);
    count = word & 2 ? 0 : (count + (word & 1)) % 16;
    return seen;
  });
  const vectors: VectorSet = {
    schema: "lapa-vectors/1", design: "counter", mode: "cycles", constants: [],
    channels: [
      channel("in", "input", [["enable", 1], ["clear", 1]], inputs.map((w) => [BigInt(w & 1), BigInt(w >> 1)])),
      channel("out", "output", [["count", 4], ["wrapped", 1]], outputs.map((w) => [BigInt(w & 15), BigInt(w >> 4)])),
    ],
  };
  const [first, ...others] = await outcomes(design, vectors, { seed: 1, input: 0, output: 0 });
  expect(first).toMatchObject({ verdict: "pass", compared: 60, cycles: 60 });
  for (const other of others) expect(other).toEqual(first);
});
