/** `lapa presets`: the configurations that have a name. */

import { presets } from "../lapa/presets";
import { command } from "./command";

export const presetsCommand = command({
  positional: null,
  options: {},
  examples: [
    ["presets", "List names and what they are"],
    ["presets --json", "The same with every key, defaults filled in"],
    ["generate --config aloc-dot-64-nearest", "Use one"],
    ["generate --config aloc-dot-64 --set headDim=32", "Use one and change a key"],
  ],
  run: async (_args, { say }) => {
    const longest = Math.max(...Object.keys(presets).map((name) => name.length));
    for (const [name, { summary }] of Object.entries(presets)) say(`${name.padEnd(longest)}  ${summary}`);
    // The schema is loaded here because it takes a while, and only --json needs it.
    const { parseConfig } = require("../lapa/config-schema") as typeof import("../lapa/config-schema");
    const full = Object.entries(presets).map(([name, { summary, config }]) => ({ name, summary, config: parseConfig(config, name) }));
    return { ok: true, result: { presets: full } };
  },
});
