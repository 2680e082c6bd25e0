/** What docs/driver.md shows compiles. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { driverFiles } from "../../generator/cli/driver-files";
import { parseConfig } from "../../generator/lapa/config-schema";
import { unitCollateral } from "../../generator/lapa/units";
import { inFolder, said } from "../emit/tools";

test("its example, without a warning", () => {
  const page = readFileSync(join(__dirname, "..", "..", "..", "docs", "driver.md"), "utf8");
  const [, example] = /^```c\n([^]*?)^```$/m.exec(page)!;
  const config = parseConfig({ unit: "top" }, "test");
  const files = new Map([...unitCollateral(config), ...driverFiles(config), ["example.c", example!]]);
  inFolder(files, (folder) => expect(said(folder, "gcc", "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-c", "lapa.c", "example.c")).toBe(""));
});
