/**
 * `node dist/scripts/area.js --liberty FILE`: what a column of MRSA's first round takes in cells, beside the same column
 * made of multipliers. Every design has the registers of the others at the same places, and is mapped by the same script.
 */

import { parseArgs } from "node:util";
import { type AlocFormat, type Circuit, elaborate, UserError } from "lapa";
import { build } from "../generator/build";
import { reportOf } from "../generator/cli/report";
import { speculationFormat } from "../generator/lapa/speculation-format";
import type { ColumnRegisters } from "../generator/rivals/column-registers";
import { MultiplierColumn } from "../generator/rivals/multiplier-column";
import { RegisteredMrsaColumn } from "../generator/rivals/registered-mrsa-column";
import { type Mapped, mapped, readLiberty, yosysVersion } from "./mapped-area";

const usage = "node dist/scripts/area.js --liberty FILE [--features N] [--json]";

interface Column {
  readonly name: string;
  readonly make: (features: number, registers: ColumnRegisters) => Circuit;
}

interface Figure extends Mapped, ColumnRegisters {
  readonly column: string;
  /** Of the area of the multipliers that come first, with the same registers. */
  readonly ratio: number;
}

const multipliers = (operandBits: number): Column => ({
  name: `${operandBits} x ${operandBits} multipliers`,
  make: (features, registers) => elaborate(MultiplierColumn, { features, operandBits, ...registers }),
});

const slices = (sliceBits: number, window: number | null): Column => ({
  name: `slices of ${sliceBits} bits${window === null ? "" : `, window of ${window}`}`,
  make: (features, registers) => {
    const format: AlocFormat = { operandBits: 8, rounding: "floor", terms: 1, window };
    const [round] = speculationFormat({
      ...format, logSide: "query", headDim: features, maxKeys: 1, slices: [sliceBits, 8 - sliceBits], keysPerCycle: [1], featuresPerCycle: features, blackBoxMemories: false,
    }).rounds;
    return elaborate(RegisteredMrsaColumn, { ...format, features, sliceBits, scoreBits: round!.scoreBits, ...registers });
  },
});

const columns: readonly Column[] = [multipliers(8), multipliers(4), slices(4, null), slices(4, 4), slices(4, 3), slices(3, 3), slices(2, 3)];

const places: readonly (ColumnRegisters & { readonly title: string })[] = [
  { title: "every column holds the row; registers behind the terms", rowIsShared: false, registersAt: "terms" },
  { title: "every column holds the row; registers in the tree", rowIsShared: false, registersAt: "tree" },
  { title: "all columns share the row; registers in the tree", rowIsShared: true, registersAt: "tree" },
];

interface Options {
  readonly liberty: string;
  readonly features: number;
  readonly json: boolean;
}

/** @throws UserError for what is no such option, or a number of features that is none. */
function optionsOf(args: string[]): Options {
  try {
    const { values } = parseArgs({ args, options: { liberty: { type: "string" }, features: { type: "string", default: "64" }, json: { type: "boolean", default: false } } });
    const features = Number(values.features);
    if (values.liberty === undefined) throw new Error("--liberty is missing");
    if (!Number.isInteger(features) || features < 1 || features > 256) throw new Error(`--features is ${values.features}; choose an integer from 1 to 256`);
    return { liberty: values.liberty, features, json: values.json };
  } catch (error) {
    throw new UserError((error as Error).message, usage);
  }
}

async function measure(liberty: Buffer, features: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { title, ...registers } of places) {
    let whole: number | null = null;
    for (const { name, make } of columns) {
      progress(`${figures.length + 1} of ${places.length * columns.length}: ${name}; ${title}`);
      const result = await mapped(build(make(features, registers), { configuration: null, dialect: "verilog" }), liberty);
      whole ??= result.area;
      figures.push({ column: name, ...registers, ...result, ratio: result.area / whole });
    }
  }
  progress("");
  return figures;
}

/** A line that the next one replaces, where somebody watches. */
function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
}

function table(figures: readonly Figure[]): string {
  const lines = places.flatMap(({ title, rowIsShared, registersAt }) => [
    "", title, `  ${"".padEnd(28)}${["area", "flip-flops", "ns", "ratio"].map((h) => h.padStart(11)).join("")}`,
    ...figures.filter((f) => f.rowIsShared === rowIsShared && f.registersAt === registersAt).map(({ column, area, flipFlops, nanoseconds, ratio }) => {
      const cells = [Math.round(area).toLocaleString("en-US"), flipFlops.toLocaleString("en-US"), nanoseconds.toFixed(2), ratio.toFixed(3)];
      return `  ${column.padEnd(28)}${cells.map((c) => c.padStart(11)).join("")}`;
    }),
  ]);
  return `${lines.slice(1).join("\n")}\n`;
}

async function main(): Promise<void> {
  const { liberty, features, json } = optionsOf(process.argv.slice(2));
  const [yosys, cells] = [await yosysVersion(), await readLiberty(liberty)];
  const figures = await measure(cells, features);
  process.stdout.write(json ? `${JSON.stringify({ yosys, features, figures }, null, 2)}\n` : `${yosys}, ${features} feature${features === 1 ? "" : "s"}\n\n${table(figures)}`);
}

main().catch((error: unknown) => {
  progress("");
  const { code, text } = reportOf(error, true);
  process.stderr.write(`${text}\n`);
  process.exitCode = code;
});
