/** Icarus, Verilator and Yosys on emitted files. */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Dialect, words } from "../../generator/emit/dialect";
import { verilogModule } from "../../generator/emit/verilog";
import type { Circuit } from "../../generator/ir/types";

export function inFolder<T>(files: ReadonlyMap<string, string>, work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "lapa-emit-"));
  try {
    for (const [name, text] of files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A file a module. */
export function files(circuit: Circuit, dialect: Dialect = "verilog"): Map<string, string> {
  return new Map(circuit.modules.map((m) => [m.name + words[dialect].extension, verilogModule(m, circuit, dialect)]));
}

/** What a command says, and its exit status where that is not 0. */
export function said(folder: string, command: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 26 });
  if (error) throw error;
  return `${stdout}${stderr}${status === 0 ? "" : `exit status ${status}`}`.trim();
}
