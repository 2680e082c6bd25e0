/**
 * `node dist/scripts/architecture-tables.js`: the tables of memories and of widths in docs/architecture.md. Their formulas are
 * worked out for each design and held against what it has, so that a table that is not true is not written.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { log2Ceil, type MemoryModule } from "lapa";
import { executionFormat } from "../generator/lapa/execution-format";
import { attentionParts } from "../generator/lapa/attention";
import { parseConfig } from "../generator/lapa/config-schema";
import { presets } from "../generator/lapa/presets";
import { rowContextBits } from "../generator/lapa/row-context";
import { roundParts } from "../generator/lapa/speculation-round";
import type { TopConfig } from "../generator/lapa/unit-config";
import { attentionParameters, elaborateUnit } from "../generator/lapa/units";
import { denominatorBits } from "../generator/lapa/softmax-lane";
import { memoryRows, type MemoryRow, widthRows } from "./architecture-rows";
import { partsOf, type Placed, portBits } from "./design-parts";
import { withTable } from "./page-table";

const pageFile = join(__dirname, "..", "..", "docs", "architecture.md");
/** Presets that the tables have a column for. */
const shown = ["top-tiny", "top-base"] as const;

/** What the letters of the formulas are in a design. */
export type Symbols = Readonly<Record<string, number>>;

export function symbolsOf(config: TopConfig): Symbols {
  const { speculation, execution } = attentionParts(attentionParameters(config));
  const { unit, mrsa: { treeRegisters } } = roundParts({ ...speculation, round: 0 });
  const format = executionFormat(execution);
  const byRound = unit.rounds.flatMap((round, r) => [
    [`K_${r + 1}`, round.lanes], [`D_${r + 1}`, round.sliceBits], [`S_${r + 1}`, round.scoreBits], [`rho_${r + 1}`, round.rhoBits],
  ] as const);
  return {
    ...Object.fromEntries(byRound), d: config.headDim, n: config.maxKeys, W: config.operandBits, B: config.beatBytes, R: execution.rows, C: execution.columns,
    f: speculation.featuresPerCycle, F: unit.folds, L: 3 + treeRegisters, G: unit.groupBits, X: rowContextBits(speculation), Y: unit.guardSumBits, b: unit.baseBits,
    S: format.scoreBits, A: format.accumulatorBits, N: denominatorBits({ maxKeys: format.tileWords }),
  };
}

/** A formula's value. Its functions: ceil, min, max, log2 (rounded up), bits (of the numbers 0 .. x). */
export function valueOf(formula: string, symbols: Symbols): number {
  const scope = { ...symbols, ceil: Math.ceil, min: Math.min, max: Math.max, log2: log2Ceil, bits: (x: number): number => log2Ceil(x + 1) };
  return new Function(...Object.keys(scope), `return ${formula.replaceAll("^", "**")};`)(...Object.values(scope)) as number;
}

/** A memory of the table in a design. */
interface Counted { readonly row: MemoryRow; readonly count: number; readonly memory: MemoryModule }

/** @throws Error for a memory that is in no row or in several, and for a row whose formulas do not say what the design has. */
export function countedMemories(config: TopConfig): readonly Counted[] {
  const symbols = symbolsOf(config);
  const { memories } = partsOf(elaborateUnit({ ...config, blackBoxMemories: true }));
  for (const { path } of memories) {
    const rows = memoryRows.filter((row) => row.at.test(path));
    if (rows.length !== 1) throw new Error(`with ${config.maxKeys} keys: memory ${path} is in ${rows.length} rows of the table`);
  }
  return memoryRows.map((row) => {
    const found: readonly Placed<MemoryModule>[] = memories.filter(({ path }) => row.at.test(path));
    for (const { path, module: { depth, width, laneWidth, blackBox } } of found) {
      const told = [valueOf(row.words, symbols), valueOf(row.bits, symbols), valueOf(row.lanes, symbols), row.isMacro];
      if (`${[depth, width, width / laneWidth, blackBox]}` !== `${told}`) throw new Error(`with ${config.maxKeys} keys: ${path} is ${depth} x ${width}, its row says ${told}`);
    }
    const count = valueOf(row.howMany, symbols);
    if (found.length !== count) throw new Error(`with ${config.maxKeys} keys: there are ${found.length} of ${row.name}, its row says ${count}`);
    return { row, count, memory: found[0]!.module };
  });
}

/** @returns bits of each row of the table. @throws Error for a row whose formula does not say what the design has. */
export function countedWidths(config: TopConfig): readonly number[] {
  const symbols = symbolsOf(config);
  const { modules } = partsOf(elaborateUnit(config));
  return widthRows.map(({ what, formula, at, ports }) => {
    const [bits, told] = [portBits(modules, at, ports), valueOf(formula, symbols)];
    if (bits !== told) throw new Error(`with ${config.maxKeys} keys: ${what} has ${bits} bits, its row says ${told}`);
    return bits;
  });
}

const configs = (): readonly TopConfig[] => shown.map((name) => parseConfig(presets[name]!.config, name) as TopConfig);
const code = (formula: string): string => `\`${formula}\``;

function memoryTable(): string {
  const [tiny, base] = configs().map(countedMemories);
  const size = ({ count, memory: { depth, width } }: Counted): string => `${count} of ${depth} x ${width}`;
  const kib = ({ count, memory: { depth, width } }: Counted): string => (count * depth * width / 8192).toFixed(1);
  const total = base!.reduce((sum, { count, memory: { depth, width } }) => sum + count * depth * width, 0) / 8192;
  const rows = memoryRows.map((row, i) =>
    `| ${row.name} | ${code(row.howMany)} | ${code(row.words)} | ${code(row.bits)} | ${row.isMacro ? "yes" : ""} | ${size(tiny![i]!)} | ${size(base![i]!)} | ${kib(base![i]!)} |`);
  return [
    "| memory | how many | words | bits of a word | macro | `top-tiny` | `top-base` | KiB |", "|---|---|---|---|---|---|---|---|", ...rows,
    `| all | | | | | | | ${total.toFixed(1)} |`,
  ].join("\n");
}

function widthTable(): string {
  const [tiny, base] = configs().map(countedWidths);
  return [
    "| from | to | what moves in a cycle | bits | `top-tiny` | `top-base` |", "|---|---|---|---|---|---|",
    ...widthRows.map(({ from, to, what, formula }, i) => `| ${from} | ${to} | ${what} | ${code(formula)} | ${tiny![i]} | ${base![i]} |`),
  ].join("\n");
}

const tables = { memories: memoryTable, widths: widthTable };

/** The page with its tables as they have to be. @throws Error as `withTable` does. */
export function withTables(page: string): string {
  return Object.entries(tables).reduce((text, [name, table]) => withTable(text, name, table()), page);
}

if (require.main === module) writeFileSync(pageFile, withTables(readFileSync(pageFile, "utf8")));
