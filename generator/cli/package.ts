/** This package's own files. Compiled code runs from dist/generator/cli, in the repository as where it is installed. */

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../../..");

export const diagnosticPages = join(root, "docs", "diagnostics");

export function packageVersion(): string {
  return (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version: string }).version;
}
