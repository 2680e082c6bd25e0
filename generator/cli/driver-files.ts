/** The driver in C that comes with an accelerator. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { UnitConfig } from "../lapa/unit-config";

const folder = join(__dirname, "..", "..", "..", "templates", "driver");

/** By file; none for a unit without registers. The same for every configuration: `registers.h` is what differs. */
export function driverFiles({ unit }: UnitConfig): ReadonlyMap<string, string> {
  if (unit !== "top") return new Map();
  return new Map(["lapa.h", "lapa.c"].map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}
