/** The ALOC dot product at every d, everything else at random: built-in engine on all of them, simulators on some. */

import * as fc from "fast-check";
import { log2Ceil } from "../../generator/ir/bits";
import type { AlocDotConfig } from "../../generator/lapa/unit-config";
import { KINDS } from "../golden/definition";
import { range } from "../lapa/formats";
import { expectVerified, settings } from "./repeatable";

interface Case {
  readonly config: Omit<AlocDotConfig, "unit" | "name">;
  readonly stalls: readonly string[];
}

/** A stall of 255 in 256 would only make the run long. */
const stall = fc.integer({ min: 0, max: 220 });

/** Some legal configuration of d lanes, the same for the same arguments. */
function someCase(headDim: number, widths = fc.integer({ min: 2, max: 16 })): Case {
  const drawn = fc.tuple(widths, fc.constantFrom(...KINDS), fc.constantFrom("query", "key")).chain(([operandBits, kind, logSide]) => fc.record({
    config: fc.record({
      headDim: fc.constant(headDim), operandBits: fc.constant(operandBits), rounding: fc.constant(kind.rounding), terms: fc.constant(kind.terms),
      logSide: fc.constant(logSide), window: logSide === "key" ? fc.constant(null) : fc.option(fc.integer({ min: 1, max: operandBits })),
      treeRegisters: fc.integer({ min: 0, max: log2Ceil(headDim) + 1 }),
      reset: fc.constantFrom("sync-high", "sync-low", "async-high", "async-low"), dialect: fc.constantFrom("verilog", "systemverilog"),
    }),
    stalls: fc.tuple(fc.integer({ min: 1, max: 2 ** 32 - 1 }), stall, stall)
      .map(([seed, input, output]) => ["--seed", String(seed), "--stall-in", String(input), "--stall-out", String(output)]),
  }));
  return fc.sample(drawn, { seed: headDim, numRuns: 1 })[0];
}

function verifyCorners({ config, stalls }: Case, engines: readonly string[]): Promise<void> {
  return expectVerified([...settings(config), "--trace", "corners", ...stalls, ...engines.flatMap((e) => ["--engine", e])], engines.length);
}

test.each(range(1, 256))("%d lanes in the built-in engine", async (headDim) => {
  await verifyCorners(someCase(headDim), ["builtin"]);
});

const narrowAndWide = [1, 2, 3, 255, 256].flatMap((d) => [2, 16].map((W) => [d, W] as const));
test.each(narrowAndWide)("%d lanes of %d bits in the simulators of Verilog", async (headDim, operandBits) => {
  await verifyCorners(someCase(headDim, fc.constant(operandBits)), ["icarus", "verilator"]);
});

test.each(fc.sample(fc.integer({ min: 4, max: 254 }), { seed: 1, numRuns: 12 }))("%d lanes in the simulators of Verilog", async (headDim) => {
  await verifyCorners(someCase(headDim), ["icarus", "verilator"]);
});
