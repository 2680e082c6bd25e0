/** `node dist/scripts/register-page.js`: docs/registers.md, the registers of an accelerator around the preset base. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../generator/lapa/config-schema";
import { presets } from "../generator/lapa/presets";
import { registerMap, type RegisterMapParameters } from "../generator/lapa/register-map";
import { registerPage } from "../generator/lapa/register-page";
import type { TopConfig } from "../generator/lapa/unit-config";
import { topParameters } from "../generator/lapa/units";

const command = "node dist/scripts/register-page.js";

export function pageParameters(): RegisterMapParameters {
  return topParameters(parseConfig(presets["top-base"]!.config, "top-base") as TopConfig);
}

export function pageText(): string {
  return registerPage(registerMap(pageParameters()), "the preset `top-base`, with 16 x 16 PEs and streams of 8 bytes", command);
}

if (require.main === module) writeFileSync(join(__dirname, "..", "..", "docs", "registers.md"), pageText());
