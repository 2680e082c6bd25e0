/** What docs/speculation.md shows is what its commands print. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "../../generator/build";
import { parseConfig } from "../../generator/lapa/config-schema";
import { presets } from "../../generator/lapa/presets";
import { elaborateUnit } from "../../generator/lapa/units";
import { accountText, followedRow } from "../../scripts/follow-row";
import { workedExample } from "../../sim/worked-example";

const page = readFileSync(join(__dirname, "..", "..", "..", "docs", "speculation.md"), "utf8");

test("the numbers of the row that it follows", () => {
  expect(page).toContain(`\`\`\`\n${accountText(workedExample(), followedRow)}\`\`\`\n`);
});

test("the head by hand", () => {
  const bench = /```verilog\n([^]*?)```/.exec(page)![1]!;
  const printed = /prints\n\n```\n([^]*?)```/.exec(page)![1]!;
  const folder = mkdtempSync(join(tmpdir(), "lapa-page-"));
  try {
    const { files } = build(elaborateUnit(parseConfig(presets["tiny"]!.config, "tiny")), { configuration: null, dialect: "verilog" }).design;
    for (const { name, text } of [...files, { name: "head_tb.v", text: bench }]) writeFileSync(join(folder, name), text);
    const run = (tool: string, args: readonly string[]): string => execFileSync(tool, args, { cwd: folder, encoding: "utf8" });
    expect(run("iverilog", ["-g2005", "-Wall", "-s", "tb", "-o", "head.vvp", "head_tb.v", ...files.map((f) => f.name)])).toBe("");
    expect(run("vvp", ["head.vvp"])).toBe(printed);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
