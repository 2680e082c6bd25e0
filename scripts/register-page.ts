/** `node dist/scripts/register-page.js`: docs/registers.md, the registers of an accelerator around the preset base. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../generator/lapa/config-schema";
import { presets } from "../generator/lapa/presets";
import { registerMap, type RegisterMapParameters } from "../generator/lapa/register-map";
import { registerPage } from "../generator/lapa/register-page";
import type { SpeculationConfig } from "../generator/lapa/unit-config";
import { speculationParameters } from "../generator/lapa/units";

const command = "node dist/scripts/register-page.js";

/** The preset with an array of 16 x 16 PEs and streams of 8 bytes. */
export function pageParameters(): RegisterMapParameters {
  const { survivorForm: _, ...rest } = speculationParameters(parseConfig(presets["base"]!.config, "base") as SpeculationConfig);
  return { ...rest, peRows: 16, beatBytes: 8 };
}

export function pageText(): string {
  return registerPage(registerMap(pageParameters()), "the preset `base` with 16 x 16 PEs and streams of 8 bytes", command);
}

if (require.main === module) writeFileSync(join(__dirname, "..", "..", "docs", "registers.md"), pageText());
