/** What other people's tools say of the emitted Verilog. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkInside } from "../generator/output-folder";
import { runProcess, shortened, versionLine } from "./engines/process";
import { withTemporary } from "./engines/temporary";
import type { Design } from "./engines/engine";

export interface LintResult {
  readonly tool: string;
  /** Null when the tool is not installed; then nothing was checked. */
  readonly version: string | null;
  readonly clean: boolean;
  /** What it said; empty when it is clean. */
  readonly messages: string;
}

interface Linter {
  readonly tool: string;
  readonly flag: string;
  readonly args: (files: readonly string[], top: string) => string[];
}

const hasSystemVerilog = (files: readonly string[]): boolean => files.some((f) => f.endsWith(".sv"));

const linters: readonly Linter[] = [
  { tool: "verilator", flag: "--version", args: (files, top) => ["--lint-only", "-Wall", "--top-module", top, ...files] },
  { tool: "iverilog", flag: "-V", args: (files, top) => [hasSystemVerilog(files) ? "-g2012" : "-g2005", "-Wall", "-s", top, "-o", "lint.vvp", ...files] },
  {
    tool: "yosys", flag: "-V",
    args: (files, top) => ["-q", "-p", `read_verilog ${hasSystemVerilog(files) ? "-sv " : ""}${files.join(" ")}; hierarchy -check -top ${top}; proc; check -assert`],
  },
];

/** Lints a design's files with every linter that is installed. Clean is an exit code of 0 and not a word said. */
export async function lintVerilog({ circuit, files }: Design): Promise<LintResult[]> {
  return withTemporary(async (folder) => {
    for (const { name, text } of files) {
      checkInside(name);
      await writeFile(join(folder, name), text);
    }
    const names = files.map((f) => f.name);
    return Promise.all(linters.map((linter) => lintWith(linter, names, circuit.top, folder)));
  });
}

async function lintWith({ tool, flag, args }: Linter, files: readonly string[], top: string, folder: string): Promise<LintResult> {
  const version = await versionLine(tool, flag);
  if (version === null) return { tool, version, clean: true, messages: "" };
  const result = await runProcess(tool, args(files, top), { cwd: folder });
  const messages = shortened(result, folder);
  return { tool, version, clean: result.code === 0 && messages === "", messages };
}
