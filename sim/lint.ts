/** What other people's tools say of the emitted Verilog. */

import type { VerilogFile } from "../generator/emit/collateral";
import { runProcess, shortened, versionLine } from "./engines/process";
import { withTemporary, writeBelow } from "./engines/temporary";

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

/**
 * Lints a design with every linter that is installed. Clean is an exit code of 0 and not a word said.
 * @param files every module once: of a black box, its stub.
 */
export async function lintVerilog(top: string, files: readonly VerilogFile[]): Promise<LintResult[]> {
  return withTemporary(async (folder) => {
    const names = await writeBelow(folder, files);
    return Promise.all(linters.map((linter) => lintWith(linter, names, top, folder)));
  });
}

async function lintWith({ tool, flag, args }: Linter, files: readonly string[], top: string, folder: string): Promise<LintResult> {
  const version = await versionLine(tool, flag);
  if (version === null) return { tool, version, clean: true, messages: "" };
  const result = await runProcess(tool, args(files, top), { cwd: folder });
  const messages = shortened(result, folder);
  return { tool, version, clean: result.code === 0 && messages === "", messages };
}
