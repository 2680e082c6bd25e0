/** `lapa vectors`: stimulus, expected results and a test bench, for anyone's simulator. */

import type { Options } from "yargs";
import { UserError } from "../errors";
import { command } from "./command";
import { configurationOptions, readConfiguration } from "./configuration";
import { cyclesWithin } from "./head-cycles";
import { outputFolder } from "./output";
import { checkInteger, stallOptions, stallsOf } from "./stalls";

const options = {
  ...configurationOptions,
  trace: { type: "string", default: "use_in0_L00_H0", describe: "A safetensors file, a folder of .npy files, a bundled trace, corners, random (heads; by --seed), or sweep (aloc)" },
  limit: { type: "number", describe: "Vectors, or queries of units that take heads, at most, spread evenly (default: all)" },
  out: { type: "string", describe: "Folder to write (default: rtl-out/<name>-vectors); it is replaced whole, or not at all" },
  ...stallOptions,
} as const satisfies Record<string, Options>;

export const vectorsCommand = command({
  positional: null,
  options,
  examples: [
    ["vectors", "Vectors of the default unit, from a bundled trace"],
    ["vectors --trace corners --out corners", "Extremes, single lanes and random words"],
    ["vectors --trace head.safetensors --limit 1000 --out head", "From a trace of your own"],
    ["vectors --config aloc-8 --out aloc", "Of another unit"],
  ],
  run: async (args, { say }) => {
    const { filesAround, simulatedDesign } = require("./design") as typeof import("./design");
    const { all, vectorSources } = require("../../sim/unit-vectors") as typeof import("../../sim/unit-vectors");
    const { writeVectors } = require("../../sim/vectors/files") as typeof import("../../sim/vectors/files");
    const { topOf } = require("../../sim/vectors/top") as typeof import("../../sim/vectors/top");
    const unit = simulatedDesign(readConfiguration(args));
    const { config, design } = unit;
    const stalls = stallsOf(args);
    if (args.limit !== undefined) checkInteger("--limit", args.limit, 1, Number.MAX_SAFE_INTEGER);
    if (args.trace === all) throw new UserError(`--trace ${all} is several sources, and a folder of vectors is of one`, "name one of them: lapa vectors --help shows examples");
    const [source] = vectorSources(config, [args.trace], stalls.seed);
    const { vectors } = source.make(args.limit ?? Infinity, args.limit === undefined ? Infinity : cyclesWithin(config, args.limit));
    const out = outputFolder(args.out, `${config.name}-vectors`);
    const around = filesAround(unit);
    await writeVectors(out, vectors, topOf(design.circuit), { stalls, beside: around });
    const channels = vectors.channels.map(({ name, direction, count, width }) => ({ name, direction, count, width }));
    for (const { name, direction, count, width } of channels) say(`${out}/${name}.hex: ${count} words of ${width} bits, ${direction}`);
    say(`${out}/vectors.json describes them; ${out}/tb.v checks ${config.name} with them`);
    if (around.length > 0) say(`${around.map((f) => f.name).join(", ")} stand between the two`);
    say(`To run it there: iverilog -s tb -o ../tb.vvp ${["tb.v", ...around.map((f) => f.name)].join(" ")} RTL/*.v && vvp ../tb.vvp, with RTL the folder of lapa generate`);
    return { ok: true, result: { out, top: config.name, source: source.name, channels } };
  },
});
