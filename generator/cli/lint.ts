/** `lapa lint`: everything that can be said against a design, by lapa and by other tools. */

import type { Options } from "yargs";
import type { LintResult } from "../../sim/lint";
import type { Built } from "../build";
import { formatDiagnostic } from "../diagnostics/diagnostic";
import { UserError } from "../errors";
import { type Arguments, command, type Context } from "./command";
import { configurationOptions, readConfiguration } from "./configuration";
import { designOptions, fileDesign } from "./design-file";

const options = {
  ...configurationOptions,
  top: designOptions.top,
  params: designOptions.params,
} as const satisfies Record<string, Options>;

type LintArguments = Arguments<typeof options>;

export const lintCommand = command({
  positional: { name: "file", describe: "a TypeScript file that exports a module; without one, a unit is linted by its configuration", required: false },
  options,
  examples: [
    ["lint counter.ts", "Diagnostics of a module, and what Verilator, Icarus and Yosys say of its Verilog"],
    ["lint --config aloc-dot-15", "The same of a unit"],
  ],
  run: async (args, context) => {
    const { lintVerilog } = require("../../sim/lint") as typeof import("../../sim/lint");
    const { design: { circuit: { top } }, synthesis, warnings } = linted(args);
    warnings.forEach((w) => context.say(formatDiagnostic(w)));
    const tools = await lintVerilog(top, synthesis);
    tools.forEach((t) => sayResult(t, context));
    const checked = tools.filter((t) => t.version !== null);
    const ok = checked.every((t) => t.clean);
    context.say(`${top}: no errors, ${warnings.length} warning${warnings.length === 1 ? "" : "s"}; ${ok ? "clean" : "not clean"} in ${checked.length} other tools`);
    return { ok, result: { top, warnings, tools } };
  },
});

function linted(args: LintArguments): Built {
  if (args.operand === undefined) {
    if (args.top !== undefined || args.params !== undefined) throw new UserError("--top and --params are for a module's file, and there is none", "lapa lint FILE.ts --top NAME");
    const { unitDesign } = require("./design") as typeof import("./design");
    return unitDesign(readConfiguration(args));
  }
  if (args.config !== undefined || args.set !== undefined) throw new UserError("--config and --set are for units, and a file is named", "give parameters as --params JSON");
  return fileDesign(args.operand, args);
}

function sayResult({ tool, version, clean, messages }: LintResult, { say }: Context): void {
  if (version === null) say(`${tool}: not installed, nothing checked`);
  else if (clean) say(`${tool}: clean`);
  else say(`${tool}:\n${messages.replace(/^/gm, "  ")}`);
}
