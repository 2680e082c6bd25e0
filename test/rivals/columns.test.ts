/** What is measured computes what it stands for, and is Verilog about which no tool has a word to say. */

import fc from "fast-check";
import { type AlocFormat, elaborate } from "lapa";
import { build, type Built } from "../../generator/build";
import { codeLayout } from "../../generator/lapa/aloc-format";
import { speculationFormat } from "../../generator/lapa/speculation-format";
import type { ColumnRegisters } from "../../generator/rivals/column-registers";
import { MultiplierColumn } from "../../generator/rivals/multiplier-column";
import { RegisteredMrsaColumn } from "../../generator/rivals/registered-mrsa-column";
import { Simulator } from "../../sim/engines/builtin";
import { alocFromCode, encodeRow } from "../../sim/golden/aloc";
import { lintVerilog } from "../../sim/lint";

const places: readonly ColumnRegisters[] = [
  { rowIsShared: false, registersAt: "terms" }, { rowIsShared: false, registersAt: "tree" }, { rowIsShared: true, registersAt: "tree" },
];
const packed = (items: readonly bigint[], width: number): bigint => items.reduceRight((all, item) => (all << BigInt(width)) | BigInt.asUintN(width, item), 0n);
const byte = fc.integer({ min: -128, max: 127 });
/** Two keys and a row. */
const operands = fc.integer({ min: 1, max: 9 }).chain((n) => {
  const vector = fc.array(byte, { minLength: n, maxLength: n });
  return fc.record({ keys: fc.tuple(vector, vector), row: vector });
});

/**
 * The scores of two keys, one right behind the other: each three edges after it came, for the registers of the operands,
 * those between, and the sum's.
 */
function scoresOf({ design }: Built, row: Readonly<Record<string, bigint>>, port: string, keys: readonly [bigint, bigint]): bigint[] {
  const sim = new Simulator(design.circuit);
  sim.reset();
  const edge = (): bigint => {
    sim.step();
    return BigInt.asIntN(sim.ports.get("score")!.width, sim.peek("score"));
  };
  for (const [name, value] of Object.entries(row)) sim.poke(name, value);
  sim.poke(port, keys[0]);
  edge();
  sim.poke(port, keys[1]);
  edge();
  return [edge(), edge()];
}

const multipliers = (features: number, place: ColumnRegisters): Built =>
  build(elaborate(MultiplierColumn, { features, operandBits: 8, ...place }), { configuration: null, dialect: "verilog" });

test.each(places)("multipliers, $registersAt, shared $rowIsShared", (place) => {
  fc.assert(fc.property(operands, ({ keys, row }) => {
    const words = keys.map((key) => packed(key.map(BigInt), 8)) as [bigint, bigint];
    expect(scoresOf(multipliers(row.length, place), { row: packed(row.map(BigInt), 8) }, "key", words))
      .toEqual(keys.map((key) => key.reduce((sum, k, i) => sum + BigInt(k * row[i]!), 0n)));
  }), { numRuns: 20 });
});

/** A column of a first round that takes 4 of 8 bits. */
function column(features: number, format: AlocFormat, place: ColumnRegisters): Built {
  const [round] = speculationFormat({ ...format, logSide: "query", headDim: features, maxKeys: 1, slices: [4, 4], keysPerCycle: [1], featuresPerCycle: features, blackBoxMemories: false }).rounds;
  return build(elaborate(RegisteredMrsaColumn, { ...format, features, sliceBits: 4, scoreBits: round!.scoreBits, ...place }), { configuration: null, dialect: "verilog" });
}

test.each(places.flatMap((place) => [null, 3].map((window) => ({ ...place, window }))))("slices, $registersAt, shared $rowIsShared, window $window", ({ window, ...place }) => {
  const format: AlocFormat = { operandBits: 8, rounding: "floor", terms: 1, window };
  const { codeBits, maxExponent } = codeLayout(format);
  fc.assert(fc.property(operands, ({ keys, row }) => {
    const codes = [...encodeRow(row, format).codes];
    const powers = codes.map((code) => BigInt(alocFromCode(1, code, format)));
    const selections = powers.map((p) => (p < 0n ? (1n << BigInt(maxExponent + 1)) - p : p));
    // Slices come as unsigned numbers, 8 above their value; and ~s is -1 - s.
    const base = powers.reduce((sum, p) => sum - 8n * (p < 0n ? -p : p) + (p < 0n ? -p : 0n), 0n);
    const rowWord = place.rowIsShared ? packed(selections, maxExponent + 2) : packed(codes.map(BigInt), codeBits);
    const words = keys.map((key) => packed(key.map((k) => BigInt((k >> 4) + 8)), 4)) as [bigint, bigint];
    expect(scoresOf(column(row.length, format, place), { row: rowWord, base }, "slices", words))
      .toEqual(keys.map((key) => key.reduce((sum, k, i) => sum + powers[i]! * BigInt(k >> 4), 0n)));
  }), { numRuns: 20 });
});

test.each(places)("the tools have nothing to say, $registersAt, shared $rowIsShared", async (place) => {
  const format: AlocFormat = { operandBits: 8, rounding: "floor", terms: 1, window: null };
  for (const { design, synthesis } of [column(5, format, place), multipliers(5, place)]) {
    for (const { tool, messages } of await lintVerilog(design.circuit.top, synthesis)) expect({ tool, messages }).toEqual({ tool, messages: "" });
  }
});
