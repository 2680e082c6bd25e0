import fc from "fast-check";
import { Bool, literal, Module, mux, SInt, UInt } from "lapa";
import { dividerLatency, numeratorBits, RoundingDivider, type RoundingDividerParameters } from "../../generator/lapa/rounding-divider";
import { Simulator } from "../../sim/engines/builtin";
import type { VectorSet } from "../../sim/vectors/vectors";
import { channel } from "../engines/duts";
import { outcomes } from "../engines/outcomes";
import { build } from "./build";

/** The spec's quotient, literally. */
function quotientOf(n: bigint, d: bigint): bigint {
  if (d === 0n) return 0n;
  const magnitude = n < 0n ? -n : n;
  const q = (2n * magnitude + d) / (2n * d);
  return n < 0n ? -q : q;
}

type Division = readonly [numerator: bigint, denominator: bigint];

/** Sends divisions back to back, a null for a cycle without one, and compares every quotient and the cycle in which it comes. */
function run(params: RoundingDividerParameters, divisions: readonly (Division | null)[], enables: (cycle: number) => boolean = () => true): void {
  const sim = new Simulator(build(RoundingDivider, params).circuit);
  sim.reset();
  const seen: (bigint | null)[] = [];
  const sent = [...divisions, ...Array<null>(dividerLatency(params)).fill(null)];
  for (let cycle = 0, i = 0; i < sent.length; cycle++) {
    const enabled = enables(cycle);
    const [n, d] = sent[i] ?? [0n, 0n];
    sim.poke("enable", enabled ? 1n : 0n);
    sim.poke("valid", sent[i] === null ? 0n : 1n);
    sim.poke("numerator", n);
    sim.poke("denominator", d);
    const out = sim.peek("quotient_valid") === 1n ? sim.peekSigned("quotient") : null;
    if (enabled) seen[i++] = out;
    sim.step();
  }
  expect(seen).toEqual([...Array<null>(dividerLatency(params)).fill(null), ...divisions.map((x) => (x === null ? null : quotientOf(...x)))]);
}

test.each([1, 2, 3, 4, 9])("every quotient of 4 bits by 0 to 63, %d bits a stage", (bitsPerStage) => {
  const divisions: Division[] = [[0n, 0n]];
  for (let d = 1n; d < 64n; d++) for (let n = -8n * d; n <= 7n * d; n++) divisions.push([n, d]);
  run({ operandBits: 4, denominatorBits: 6, bitsPerStage }, divisions);
}, 60_000);

test.each([[2, 8, 1], [8, 8, 8], [8, 18, 2], [8, 18, 3], [16, 22, 4]])("quotients of %d bits, denominators of %d, %d bits a stage, with halves, corners and stalls", (operandBits, denominatorBits, bitsPerStage) => {
  const params = { operandBits, denominatorBits, bitsPerStage };
  const top = 1n << BigInt(operandBits - 1);
  const most = (1n << BigInt(denominatorBits)) - 1n;
  const denominator = fc.oneof(fc.bigInt({ min: 255n, max: most }), fc.constantFrom(255n, most, most - 1n));
  const division = fc.oneof(
    fc.tuple(denominator, fc.bigInt({ min: 0n, max: (1n << 60n) - 1n })).map(([d, x]): Division => [x % ((2n * top - 1n) * d + 1n) - top * d, d]),
    // Halves, and what is next to them.
    fc.tuple(denominator, fc.bigInt({ min: -top, max: top - 2n }), fc.bigInt({ min: -1n, max: 1n })).map(([d, q, off]): Division => [(q * 2n * d + d) / 2n + off, d]),
    // All of V at one extreme or the other.
    denominator.chain((d) => fc.constantFrom<Division>([-top * d, d], [(top - 1n) * d, d], [0n, d], [-top * d + 1n, d])),
    fc.constantFrom<Division | null>([0n, 0n], null),
  );
  fc.assert(fc.property(fc.array(division, { minLength: 1, maxLength: 60 }), fc.array(fc.boolean(), { minLength: 0, maxLength: 9 }), (divisions, enables) => {
    run(params, divisions, (cycle) => enables.every((e) => !e) || enables[cycle % enables.length]!);
  }), { numRuns: 60 });
});

/** A divider that never waits, and whose quotient is 0 where there is none. */
class ShownDivider extends Module<RoundingDividerParameters> {
  readonly valid = this.input(Bool());
  readonly numerator = this.input(SInt(numeratorBits(this.params)));
  readonly denominator = this.input(UInt(this.params.denominatorBits));
  readonly quotientValid = this.output(Bool());
  readonly quotient = this.output(SInt(this.params.operandBits));

  build(): void {
    const divider = this.instance(RoundingDivider, this.params);
    divider.enable.set(1n);
    divider.valid.set(this.valid);
    divider.numerator.set(this.numerator);
    divider.denominator.set(this.denominator);
    this.quotientValid.set(divider.quotientValid);
    this.quotient.set(mux(divider.quotientValid, divider.quotient, literal(divider.quotient.type, 0n)));
  }
}

test("every engine says the same", async () => {
  const params = { operandBits: 8, denominatorBits: 18, bitsPerStage: 3 };
  const divisions = Array.from({ length: 200 }, (_, i): Division => {
    const d = i % 9 === 0 ? 0n : 255n + (BigInt(i) * 0x9e37n) % 261_889n;
    return [d === 0n ? 0n : (BigInt(i) * 0x1234_5671n) % (255n * d) - 128n * d, d];
  });
  const idle = Array<bigint[]>(dividerLatency(params)).fill([0n, 0n, 0n]);
  const vectors: VectorSet = {
    schema: "lapa-vectors/1", design: "shown_divider", mode: "cycles", constants: [],
    channels: [
      channel("in", "input", [["valid", 1], ["numerator", 26], ["denominator", 18]], [...divisions.map(([n, d]) => [1n, n, d]), ...idle]),
      channel("out", "output", [["quotient_valid", 1], ["quotient", 8]], [...idle.map(() => [0n, 0n]), ...divisions.map((x) => [1n, quotientOf(...x)])]),
    ],
  };
  const cycles = divisions.length + idle.length;
  const result = { verdict: "pass", compared: cycles, cycles, mismatches: [] };
  expect(await outcomes(build(ShownDivider, params), vectors, { seed: 1, input: 0, output: 0 })).toEqual([result, result, result]);
}, 120_000);

test("sizes: of the numerator, and of the latency", () => {
  expect(numeratorBits({ operandBits: 8, denominatorBits: 18 })).toBe(26);
  expect([1, 2, 3, 8, 20].map((bitsPerStage) => dividerLatency({ operandBits: 8, bitsPerStage }))).toEqual([10, 6, 5, 3, 3]);
});

test.each([["operandBits", 1], ["operandBits", 2.5], ["denominatorBits", 1], ["bitsPerStage", 0], ["bitsPerStage", 1.5]])("%s of %d is refused by name", (name, value) => {
  expect(() => build(RoundingDivider, { operandBits: 8, denominatorBits: 9, bitsPerStage: 1, [name]: value })).toThrow(name);
});
