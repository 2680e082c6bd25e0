/** `lapa doctor`: which tools are here, and what the missing ones would add. */

import { versionLine } from "../../sim/engines/process";
import { command } from "./command";
import { packageVersion } from "./package";

interface Tool {
  readonly name: string;
  readonly flag: string;
  /** Finds the version in the first line printed. */
  readonly version: RegExp;
  /** What works with it and not without. */
  readonly adds: string;
  /** Debian and Ubuntu. */
  readonly apt: string;
}

const tools: readonly Tool[] = [
  { name: "iverilog", flag: "-V", version: /version (\S+)/, adds: "the engine icarus: shows X where state was never set; lint", apt: "iverilog" },
  { name: "verilator", flag: "--version", version: /Verilator (\S+)/, adds: "the engine verilator (5 or newer): the fastest; lint", apt: "verilator" },
  { name: "g++", flag: "--version", version: /(\d+\.\d+\S*)\s*$/, adds: "compiles what verilator writes", apt: "g++" },
  { name: "make", flag: "--version", version: /(\d\S*)\s*$/, adds: "builds what verilator writes", apt: "make" },
  { name: "yosys", flag: "-V", version: /Yosys (\S+)/, adds: "lint by synthesis, equivalence proofs", apt: "yosys" },
  { name: "z3", flag: "--version", version: /version (\S+)/, adds: "longer proofs", apt: "z3" },
  { name: "git", flag: "--version", version: /version (\S+)/, adds: "working on lapa itself", apt: "git" },
];

interface Found extends Pick<Tool, "name" | "adds" | "apt"> {
  /** Null when the tool is not here. */
  readonly version: string | null;
}

async function find({ name, flag, version, adds, apt }: Tool): Promise<Found> {
  const line = await versionLine(name, flag);
  return { name, adds, apt, version: line === null ? null : version.exec(line)?.[1] ?? line };
}

export const doctorCommand = command({
  positional: null,
  options: {},
  examples: [
    ["doctor", "What is installed, its version, and what each missing tool would add"],
    ["doctor --json", "The same for programs: version is null where a tool is missing"],
  ],
  run: async (_args, { say }) => {
    const found = await Promise.all(tools.map(find));
    say(`lapa ${packageVersion()}, node ${process.versions.node}, ${process.platform} ${process.arch}`);
    say("builtin    always here: the engine that needs nothing installed");
    for (const t of found) say(`${t.name.padEnd(10)} ${t.version === null ? `missing; would add: ${t.adds}` : `${t.version}: ${t.adds}`}`);
    const missing = [...new Set(found.filter((t) => t.version === null).map((t) => t.apt))];
    if (missing.length > 0) say(`To install what is missing on Debian or Ubuntu: apt-get install ${missing.join(" ")}`);
    return { ok: true, result: { lapa: packageVersion(), node: process.versions.node, platform: process.platform, arch: process.arch, tools: found } };
  },
});
