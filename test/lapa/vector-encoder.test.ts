import { VectorEncoder, vectorEncoderLatency } from "../../generator/lapa/vector-encoder";
import { Simulator } from "../../sim/engines/builtin";
import { codeGeometry, coefficients, encodeRow } from "../../sim/golden/aloc";
import { build } from "./build";
import { formats, named } from "./formats";

const d = 5;
const every = formats([4, 7, 8, 16], (W) => [null, 1, 2, 4, W - 1, W]);

/** Vectors of W bits with every corner: zeros, extremes, one large feature among small ones. */
function vectors(W: number): number[][] {
  const top = 2 ** (W - 1);
  let state = 12345;
  const random = (): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return ((state >>> 9) % (2 * top)) - top;
  };
  const fixed = [[0, 0, 0, 0, 0], [-top, top - 1, 0, 1, -1], [top - 1, 1, 2, 3, -3], [0, 0, -1, 0, 0], [-top, -top, -top, -top, -top]];
  return [...fixed, ...Array.from({ length: 40 }, () => Array.from({ length: d }, () => random() >> ((state >>> 3) % W)))];
}

test.each(every.map((f) => [named(f), f] as const))("%s: codes, base and power sums, a vector a cycle", (_, format) => {
  const sim = new Simulator(build(VectorEncoder, { ...format, headDim: d }).circuit);
  sim.reset();
  const { codeBits } = codeGeometry(format);
  const given = vectors(format.operandBits);
  const seen: unknown[] = [];
  sim.poke("out_ready", 1n);
  for (let time = 0; time < given.length + vectorEncoderLatency(format); time++) {
    const features = given[time];
    sim.poke("in_valid", features ? 1n : 0n);
    sim.poke("in_features", (features ?? []).reduceRight((all, x) => (all << BigInt(format.operandBits)) | BigInt.asUintN(format.operandBits, BigInt(x)), 0n));
    expect(sim.peek("out_valid")).toBe(time < vectorEncoderLatency(format) ? 0n : 1n);
    if (sim.peek("out_valid") === 1n) {
      seen.push({ codes: sim.peek("out_codes"), base: sim.ports.has("base") ? sim.peek("base") : 0n, positive: sim.peek("out_positive"), negative: sim.peek("out_negative") });
    }
    sim.step();
  }
  expect(seen).toEqual(given.map((features) => {
    const { codes, base } = encodeRow(features, format);
    const powers = [...coefficients(codes, format)].map(BigInt);
    return {
      codes: [...codes].reduceRight((all, code) => (all << BigInt(codeBits)) | BigInt(code), 0n), base: BigInt(base),
      positive: powers.reduce((sum, p) => sum + (p > 0n ? p : 0n), 0n), negative: powers.reduce((sum, p) => sum - (p < 0n ? p : 0n), 0n),
    };
  }));
});
