/** What docs/architecture.md says of memories, widths and modules is what elaborated designs have. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../../generator/lapa/config-schema";
import { presets } from "../../generator/lapa/presets";
import type { TopConfig } from "../../generator/lapa/unit-config";
import { elaborateUnit } from "../../generator/lapa/units";
import { countedMemories, countedWidths, withTables } from "../../scripts/architecture-tables";
import { partsOf } from "../../scripts/design-parts";

const page = readFileSync(join(__dirname, "..", "..", "..", "docs", "architecture.md"), "utf8");
const configOf = (config: object): TopConfig => parseConfig(config, "test") as TopConfig;

test("its tables", () => {
  expect(withTables(page)).toBe(page);
});

test.each([
  ["fewer keys at a time than rows of the array", { keysPerCycle: 4, peRows: 8, maxKeys: 64, headDim: 32, beatBytes: 16 }],
  ["uneven slices, keys in parts", { keysPerCycle: 8, peRows: 2, maxKeys: 256, headDim: 64, slices: [3, 5], featuresPerCycle: 16 }],
  ["fewer bits", { keysPerCycle: 16, peRows: 3, maxKeys: 32, headDim: 16, operandBits: 6, window: 3 }],
])("its formulas for %s", (_, keys) => {
  const config = configOf({ unit: "top", ...keys });
  expect(countedMemories(config).length).toBeGreaterThan(20);
  expect(countedWidths(config).length).toBeGreaterThan(20);
});

/** Files as `lib/fifo.ts` or `pe.ts`; each with the one that instantiates it. */
function hierarchyOfPage(): string[] {
  const lines = /```\n(top\.ts[^]*?)```/.exec(page)![1]!.trimEnd().split("\n");
  const around: string[] = [];
  return lines.slice(1).map((line) => {
    const [, indent, file] = /^( *)(\S+\.ts)/.exec(line)!;
    const depth = indent!.length / 2;
    around[depth] = file!;
    return `${depth === 1 ? "top.ts" : around[depth - 1]} > ${file}`;
  });
}

function hierarchyOfDesign(): string[] {
  const { modules } = partsOf(elaborateUnit(configOf(presets["top-base"]!.config)));
  const file = (path: string): string => modules.find((m) => m.path === path)!.module.loc!.file.replace(/^generator\/(lapa\/)?/, "");
  return modules.filter(({ path }) => path !== "").map(({ path }) => `${file(path.replace(/(^|\.)[^.]*$/, ""))} > ${file(path)}`);
}

test("its tree of modules", () => {
  expect([...new Set(hierarchyOfPage())].sort()).toEqual([...new Set(hierarchyOfDesign())].sort());
});
