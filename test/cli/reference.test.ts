import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "../../generator/build";
import { parseConfig } from "../../generator/lapa/config-schema";
import { presets } from "../../generator/lapa/presets";
import { elaborateUnit } from "../../generator/lapa/units";

const rtl = join(__dirname, "..", "..", "..", "rtl-out");

test.each([["lapa_aloc_dot", "default"], ["lapa_aloc", "aloc-8"]])("rtl-out/%s is what preset %s gives", (folder, preset) => {
  const config = parseConfig(presets[preset]!.config, preset);
  const { files } = build(elaborateUnit(config), { configuration: JSON.parse(JSON.stringify(config)), dialect: "verilog" });
  expect(readdirSync(join(rtl, folder)).sort()).toEqual([...files.keys()].sort());
  for (const [name, text] of files) expect(readFileSync(join(rtl, folder, name), "utf8")).toBe(text);
});
