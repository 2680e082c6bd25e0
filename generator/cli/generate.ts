/** `lapa generate`: a unit's Verilog. */

import type { Options } from "yargs";
import { formatDiagnostic } from "../diagnostics/diagnostic";
import { command } from "./command";
import { configurationOptions, readConfiguration } from "./configuration";
import { outputFolder } from "./output";

const options = {
  ...configurationOptions,
  out: { type: "string", describe: "Folder to write (default: rtl-out/<name>); it is replaced whole, or not at all" },
  schema: { type: "boolean", describe: "Print the JSON Schema of configurations, and nothing else" },
} as const satisfies Record<string, Options>;

export const generateCommand = command({
  positional: null,
  options,
  examples: [
    ["generate", "The default unit, in rtl-out/lapa_aloc_dot"],
    ["generate --config aloc-dot-64-nearest --out rtl", "A preset (lapa presets lists them), somewhere else"],
    ["generate --set headDim=128 --set window=4", "The default with keys changed"],
    ["generate --config my.json --reset async-low", "A configuration of your own, with another reset"],
    ["generate --schema", "Every key of a configuration: type, range, default"],
  ],
  run: async (args, { say, warn }) => {
    if (args.schema === true) {
      const { configJsonSchema } = require("../lapa/config-schema") as typeof import("../lapa/config-schema");
      const schema = configJsonSchema();
      say(JSON.stringify(schema, null, 2));
      return { ok: true, result: { schema } };
    }
    const { writeFolder } = require("../output-folder") as typeof import("../output-folder");
    const { unitDesign } = require("./design") as typeof import("./design");
    const { config, design, files, warnings } = unitDesign(readConfiguration(args));
    warnings.forEach((w) => warn(formatDiagnostic(w)));
    const out = outputFolder(args.out, config.name);
    await writeFolder(out, files);
    say(`${out}: ${config.name} and ${design.circuit.modules.length - 1} modules below it`);
    for (const name of files.keys()) say(`  ${name}`);
    return { ok: true, result: { out, top: config.name, configuration: config, files: [...files.keys()], warnings } };
  },
});
