/** The driver, as it is delivered, and the accelerator in Verilator, in one program. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { unitDesign } from "../../generator/cli/design";
import type { TopConfig } from "../../generator/lapa/unit-config";
import { runProcess, shortened } from "../../sim/engines/process";
import { writeBelow } from "../../sim/engines/temporary";
import { buildProgram, verilatorTools } from "../../sim/engines/verilator-build";

const sources = join(__dirname, "..", "..", "..", "test", "driver");
const warnings = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];

/** Puts the executable `program` in `folder`: what it does is in harness.cpp. */
export async function buildDriver(folder: string, config: TopConfig): Promise<void> {
  const tools = await verilatorTools();
  if (tools === null) throw new Error("these tests need Verilator: apt-get install verilator g++ make");
  const { design, files } = unitDesign(config);
  const driver = ["registers.h", "lapa.h", "lapa.c"].map((name) => ({ name, text: files.get(name)! }));
  const harness = ["access.h", "host.h", "harness.cpp"].map((name) => ({ name, text: readFileSync(join(sources, name), "utf8") }));
  await writeBelow(folder, [...driver, ...harness]);
  // Verilator would have it compiled as C++.
  const compiled = await runProcess("gcc", ["-std=c99", "-O1", ...warnings, '-DLAPA_ACCESS="access.h"', "-c", "lapa.c"], { cwd: folder });
  if (compiled.code !== 0) throw new Error(shortened(compiled, folder));
  // The object as make sees it, from the folder that Verilator writes.
  const args = ["--top-module", config.name, ...design.files.map((f) => f.name), "harness.cpp", "../lapa.o"];
  await buildProgram(folder, { design: config.name, files: [...design.files, ...driver, ...harness], args }, tools);
}
