/** Units of different configuration in one flow: below their tops, what has one name is one module. */

import fc from "fast-check";
import { Bits, type Circuit, connect, type Dialect, elaborate, Module, type ResetKind, runPasses, SInt, signedWidth, verilogModule } from "lapa";
import { AlocDot, type AlocDotParameters } from "../../generator/lapa/aloc-dot";
import { codeLayout, largestTerm } from "../../generator/lapa/aloc-format";
import { parseConfig } from "../../generator/lapa/config-schema";
import { MacArray } from "../../generator/rivals/mac-array";
import { presets } from "../../generator/lapa/presets";
import type { AlocDotConfig, UnitConfig } from "../../generator/lapa/unit-config";
import { elaborateUnit } from "../../generator/lapa/units";

/** A user's module over a dot product, which is then named by lapa and not by a configuration. */
class Holder extends Module<AlocDotParameters> {
  readonly in = this.inputStream({ operands: Bits(this.params.headDim * this.params.operandBits), codes: Bits(this.params.headDim * codeLayout(this.params).codeBits) });
  readonly out = this.outputStream({ sum: SInt(signedWidth(BigInt(this.params.headDim) * largestTerm(this.params))) });

  build(): void {
    const dot = this.instance(AlocDot, this.params);
    connect(this.in, dot.in);
    connect(dot.out, this.out);
  }
}

const resets: readonly ResetKind[] = ["sync-high", "sync-low", "async-high", "async-low"];

/** Anything that the schema allows, of sizes that are quick to make. */
const configurations: fc.Arbitrary<UnitConfig> = fc.record({
  unit: fc.constantFrom("aloc", "aloc_dot"), operandBits: fc.integer({ min: 2, max: 6 }), kind: fc.constantFrom(["floor", 1], ["nearest", 1], ["floor", 2]),
  logSide: fc.constantFrom("query", "key"), headDim: fc.integer({ min: 1, max: 9 }), window: fc.option(fc.integer({ min: 1, max: 6 })), treeRegisters: fc.nat(5),
  reset: fc.constantFrom(...resets),
}).map(({ unit, operandBits, kind: [rounding, terms], logSide, headDim, window, treeRegisters, reset }) => {
  const arithmetic = { unit, operandBits, rounding, terms, logSide, reset };
  const levels = Math.ceil(Math.log2(headDim)) + 1;
  const dot = { headDim, treeRegisters: Math.min(treeRegisters, levels), window: window === null || logSide === "key" ? null : Math.min(window, operandBits) };
  return parseConfig(unit === "aloc" ? arithmetic : { ...arithmetic, ...dot }, "sample");
});

const held = ({ operandBits, rounding, terms, window, logSide, headDim, treeRegisters, reset }: AlocDotConfig): Circuit =>
  elaborate(Holder, { operandBits, rounding, terms, window, logSide, headDim, treeRegisters }, { reset });

const circuits = (configs: readonly UnitConfig[]): Circuit[] =>
  configs.flatMap((config) => [elaborateUnit(config), ...(config.unit === "aloc_dot" ? [held(config)] : [])]);

/** Of every name below the tops, the texts of the modules that have it, without their banners. */
function textsByName(of: readonly Circuit[], dialect: Dialect): Map<string, Set<string>> {
  const texts = new Map<string, Set<string>>();
  for (const elaborated of of) {
    const { circuit } = runPasses(elaborated);
    for (const m of circuit.modules.slice(0, -1)) {
      const text = verilogModule(m, circuit, dialect);
      texts.set(m.name, (texts.get(m.name) ?? new Set()).add(text.slice(text.indexOf("`default_nettype none"))));
    }
  }
  return texts;
}

const made = circuits([
  ...Object.entries(presets).map(([name, { config }]) => parseConfig(config, name)),
  ...fc.sample(configurations, { numRuns: 100, seed: 20 }),
]);
const arrays = resets.flatMap((reset) => [[8, 32], [8, 20], [4, 32]].map(([operandBits, accumulatorBits]) =>
  elaborate(MacArray, { rows: 2, columns: 2, operandBits: operandBits!, accumulatorBits: accumulatorBits! }, { reset })));

test.each(["verilog", "systemverilog"] as const)("%s: one name, one text", (dialect) => {
  const texts = textsByName([...made, ...arrays], dialect);
  expect(texts.size).toBeGreaterThan(100);
  expect([...texts].filter(([, { size }]) => size > 1).map(([name]) => name)).toEqual([]);
});

test("every module of lapa's own says so", () => {
  const names = [...made, ...arrays].flatMap((circuit) => circuit.modules.slice(0, -1).map((m) => m.name));
  expect(names.filter((name) => !name.startsWith("lapa_"))).toEqual([]);
  expect(elaborate(MacArray, { rows: 1, columns: 1, operandBits: 8, accumulatorBits: 32 }).top).toBe("lapa_mac_array");
});
