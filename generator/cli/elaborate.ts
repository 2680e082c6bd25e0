/** `lapa elaborate`: a designer's own module, as Verilog or as a circuit. */

import type { Options } from "yargs";
import { formatDiagnostic } from "../diagnostics/diagnostic";
import { UserError } from "../errors";
import { command } from "./command";
import { designOptions, fileDesign } from "./design-file";

const options = {
  ...designOptions,
  out: { type: "string", describe: "Folder to write instead of printing; it is replaced whole, or not at all" },
  ir: { type: "boolean", describe: "Print the circuit as JSON instead of Verilog" },
} as const satisfies Record<string, Options>;

export const elaborateCommand = command({
  positional: { name: "file", describe: "a TypeScript file that exports a module (import { Module } from \"lapa\")", required: true },
  options,
  examples: [
    ["elaborate counter.ts", "Print the Verilog of the module that the file exports"],
    ["elaborate counter.ts --params '{ \"width\": 16 }' --out rtl", "With other parameters, into a folder"],
    ["elaborate blocks.ts --top Fifo --reset async-low", "One of several modules, with another reset"],
    ["elaborate counter.ts --ir", "The circuit before printing"],
  ],
  run: async (args, { say, warn }) => {
    const { ir, out } = args;
    if (ir === true && out !== undefined) throw new UserError("--ir prints and --out writes: only one of them", "redirect: lapa elaborate FILE --ir > circuit.json");
    const { design, synthesis, files, warnings } = fileDesign(args.operand!, args);
    warnings.forEach((w) => warn(formatDiagnostic(w)));
    const top = design.circuit.top;
    if (out !== undefined) {
      const { writeFolder } = require("../output-folder") as typeof import("../output-folder");
      await writeFolder(out, files);
      say(`${out}: ${top}`);
      for (const name of files.keys()) say(`  ${name}`);
      return { ok: true, result: { out, top, files: [...files.keys()], warnings } };
    }
    if (ir === true) say(JSON.stringify(design.circuit, null, 2));
    else for (const { text } of synthesis) say(text.trimEnd());
    return { ok: true, result: ir === true ? { top, warnings, circuit: design.circuit } : { top, warnings, verilog: Object.fromEntries(synthesis.map((f) => [f.name, f.text])) } };
  },
});
