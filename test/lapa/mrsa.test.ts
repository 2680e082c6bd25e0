import fc from "fast-check";
import type { AlocFormat } from "lapa";
import { codeLayout } from "../../generator/lapa/aloc-format";
import type { LogSide } from "../../generator/lapa/config";
import { keyWordBits, Mrsa, mrsaLatency, type MrsaParameters, powerSumBits } from "../../generator/lapa/mrsa";
import { speculationFormat } from "../../generator/lapa/speculation-format";
import { Simulator } from "../../sim/engines/builtin";
import { alocFromCode, encodeRow } from "../../sim/golden/aloc";
import { build } from "./build";
import { composition, formats } from "./formats";

interface Case {
  readonly format: AlocFormat;
  readonly logSide: LogSide;
  readonly slices: readonly number[];
  readonly headDim: number;
  readonly featuresPerCycle: number;
  readonly round: number;
  readonly treeRegisters: number;
  readonly seed: number;
}

const cases = fc.record({
  format: fc.constantFrom(...formats([4, 5, 8, 16], (W) => [null, 1, 3, W])),
  keyLog: fc.boolean(), parts: fc.integer(), headDim: fc.integer({ min: 1, max: 9 }), features: fc.integer({ min: 1, max: 9 }),
  round: fc.integer({ min: 0, max: 15 }), treeRegisters: fc.integer({ min: 0, max: 3 }), seed: fc.integer(),
}).map(({ format, keyLog, parts, headDim, features, round, treeRegisters, seed }): Case => {
  const slices = composition(format.operandBits, parts);
  const featuresPerCycle = Math.min(features, headDim);
  return {
    format: keyLog ? { ...format, window: null } : format, logSide: keyLog ? "key" : "query", slices, headDim, featuresPerCycle, seed,
    round: round % slices.length, treeRegisters: Math.min(treeRegisters, Math.max(0, Math.ceil(Math.log2(featuresPerCycle)) - 1)),
  };
});

/** Values of W bits, every corner among them. */
function* operands(bits: number, seed: number): Generator<number, never> {
  const top = 2 ** (bits - 1);
  const corners = [-top, top - 1, 0, -1, 1, 1 - top];
  let state = seed >>> 0;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield (state >>> 28) < 5 ? corners[(state >>> 20) % corners.length]! : ((state >>> 8) % (2 * top)) - top;
  }
}

const packed = (items: readonly bigint[], width: number): bigint => items.reduceRight((all, item) => (all << BigInt(width)) | BigInt.asUintN(width, item), 0n);
const prefix = (y: number, W: number, p: number): bigint => BigInt(y) >> BigInt(W - p);

/** Sums of 2^e (+ 2^e2) over codes without and with a sign. */
function powerSums(codes: readonly number[], format: AlocFormat): [bigint, bigint] {
  const of = (codes_: readonly number[], sign: number): bigint => BigInt(sign) * codes_.reduce((sum, c) => sum + BigInt(alocFromCode(1, c, format)) * (BigInt(alocFromCode(1, c, format)) * BigInt(sign) > 0n ? 1n : 0n), 0n);
  return [of(codes, 1), of(codes, -1)];
}

/** Runs rows of keys through the unit, back to back, and compares every score. */
function run({ format, logSide, slices, headDim, featuresPerCycle, round, treeRegisters, seed }: Case): void {
  const lanes = 2;
  const shape = speculationFormat({ ...format, logSide, headDim, maxKeys: 64, slices, keysPerCycle: [lanes], featuresPerCycle, blackBoxMemories: false });
  const { sliceBits, prefixBits, scoreBits } = shape.rounds[round]!;
  const previousBits = round === 0 ? 0 : shape.rounds[round - 1]!.scoreBits;
  const params: MrsaParameters = { ...format, logSide, headDim, featuresPerCycle, lanes, sliceBits, prefixBits, scoreBits, previousBits, treeRegisters };
  const sim = new Simulator(build(Mrsa, params).circuit);
  sim.reset();
  const random = operands(format.operandBits, seed);
  const vector = (): number[] => Array.from({ length: headDim }, () => random.next().value);
  const { codeBits } = codeLayout(format);
  const folds = Math.ceil(headDim / featuresPerCycle);
  const hasStep = folds > 1 || round > 0;
  const expected: bigint[][] = [];
  const seen: bigint[][] = [];
  let keysNext: bigint[] | null = null;
  let cycle = 0;
  const tick = (): void => {
    (keysNext ?? [0n, 0n]).forEach((word, k) => sim.poke(`keys_${k}`, word));
    sim.step();
    cycle++;
    seen.push([sim.peek("score_0"), sim.peek("score_1")]);
  };
  const due: number[] = [];
  for (let row = 0; row < 3; row++) {
    const query = vector();
    const queryCodes = [...encodeRow(query, format).codes];
    sim.poke("row", logSide === "query" ? packed(queryCodes.map(BigInt), codeBits) : packed(query.map(BigInt), format.operandBits));
    if (logSide === "query") {
      const [positive, negative] = powerSums(queryCodes, format);
      if (round === 0) sim.poke("positive", positive);
      sim.poke("negative", negative);
    }
    for (let group = 0; group < 2; group++) {
      const keys = Array.from({ length: lanes }, vector);
      const sums = keys.map((key) => {
        const [log, linear] = logSide === "query" ? [query, key] : [key, query];
        const codes = [...encodeRow(log, format).codes];
        const upTo = (p: number): bigint => codes.reduce((sum, c, i) => sum + BigInt(alocFromCode(1, c, format)) * prefix(linear[i]!, format.operandBits, p), 0n);
        return { before: upTo(prefixBits - sliceBits), after: upTo(prefixBits), codes };
      });
      expected.push(sums.map((s) => s.after));
      for (let fold = 0; fold < folds; fold++) {
        if (hasStep) sim.poke("step", 1n);
        sim.poke("start", group === 0 && fold === 0 ? 1n : 0n);
        if (folds > 1) sim.poke("fold", BigInt(fold));
        if (round > 0) sums.forEach(({ before }, k) => sim.poke(`previous_${k}`, before));
        tick();
        const features = Array.from({ length: featuresPerCycle }, (_, i) => fold * featuresPerCycle + i);
        keysNext = keys.map((key, k) => {
          if (logSide === "query") {
            const offset = round === 0 ? 1n << BigInt(sliceBits - 1) : 0n;
            return packed(features.map((f) => BigInt.asUintN(sliceBits, prefix(key[f] ?? 0, format.operandBits, prefixBits) + offset)), sliceBits);
          }
          const zero = BigInt(encodeRow([0], format).codes[0]!);
          const [positive, negative] = powerSums(sums[k]!.codes, format);
          const codes = packed(features.map((f) => (sums[k]!.codes[f] === undefined ? zero : BigInt(sums[k]!.codes[f]!))), codeBits);
          return codes | (positive << BigInt(featuresPerCycle * codeBits)) | (negative << BigInt(featuresPerCycle * codeBits + powerSumBits({ ...format, headDim })));
        });
        if (fold === folds - 1) due.push(cycle - 1 + mrsaLatency(params));
      }
    }
  }
  if (hasStep) sim.poke("step", 0n);
  sim.poke("start", 0n);
  for (let i = 0; i < mrsaLatency(params) + 1; i++) {
    tick();
    keysNext = null;
  }
  expect(keyWordBits(params)).toBe(sim.ports.get("keys_0")!.width);
  // Word t of `seen` is what the ports show in cycle t + 1.
  due.forEach((at, i) => expect(seen[at - 1]!.map((s) => BigInt.asIntN(scoreBits, s))).toEqual(expected[i]!));
}

test("scores of any round, slices, format and side", () => {
  fc.assert(fc.property(cases, run), { numRuns: 150 });
}, 120_000);
