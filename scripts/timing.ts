/**
 * `node dist/scripts/timing.js`: writes docs/speculation-timing.svg, a head in the preset tiny as the built-in engine runs it, and beside
 * it the WaveJSON that it is drawn from. `--out FOLDER` instead of docs, `--json` prints the WaveJSON and draws nothing.
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { reportOf } from "../generator/cli/report";
import { UserError } from "../generator/errors";
import { writeOutputFile } from "../generator/output-file";
import { workedExample } from "../sim/worked-example";
import { followedRow } from "./follow-row";
import { record } from "./timing-record";
import { type WaveJson, waves } from "./timing-waves";

const usage = "node dist/scripts/timing.js [--out FOLDER] [--json]";

/** Cycles in which one key after the other is loaded, and nothing else happens. */
const loading = [5, 15] as const;

/** The WaveJSON of the example, in the form in which it is kept. */
export async function timingJson(): Promise<string> {
  const example = workedExample();
  const text = `preset tiny: ${example.head.queries.length / example.head.dim} queries on 16 keys; a colour for each query, cycles counted from the end of reset`;
  const { signal, ...rest } = waves(await record(example), followedRow, loading, text);
  // A line for each lane, so that a change is easy to see.
  const lines = signal.map((item) => `    ${JSON.stringify(item).replaceAll('},{"name"', '},\n      {"name"')}`);
  return `{\n  "signal": [\n${lines.join(",\n")}\n  ],\n${JSON.stringify(rest, null, 2).slice(2)}\n`;
}

/** An SVG element: its name, its attributes, what is in it. */
type Element = readonly [string, Readonly<Record<string, string>>, ...unknown[]];

interface WaveDrom {
  readonly renderAny: (index: number, source: WaveJson, skins: object) => Element;
  readonly onml: { readonly stringify: (element: Element) => string };
}

/** Drawn by WaveDrom, on white paper: its lines are black. */
function svgOf(json: string): string {
  const { renderAny, onml } = require("wavedrom") as WaveDrom;
  const [name, attributes, ...content] = renderAny(0, JSON.parse(json) as WaveJson, require("wavedrom/skins/narrow.js") as object);
  const paper: Element = ["rect", { width: "100%", height: "100%", fill: "#fff" }];
  const svg = onml.stringify([name, attributes, paper, ...content]);
  // Where there is no Helvetica, something as narrow.
  return `${svg.replace("font-family:Helvetica", "font-family:Helvetica,Arial,sans-serif")}\n`;
}

function options(): { readonly out: string; readonly json: boolean } {
  try {
    const { out, json } = parseArgs({ options: { out: { type: "string", default: "docs" }, json: { type: "boolean", default: false } } }).values;
    return { out, json };
  } catch (error) {
    throw new UserError((error as Error).message, usage);
  }
}

async function main(): Promise<void> {
  const { out, json } = options();
  const text = await timingJson();
  if (json) {
    process.stdout.write(text);
    return;
  }
  const files = [["speculation-timing.json", text], ["speculation-timing.svg", svgOf(text)]] as const;
  for (const [name, content] of files) {
    writeOutputFile(join(out, name), content);
    process.stdout.write(`${join(out, name)}\n`);
  }
}

if (require.main === module) {
  main().catch((error: unknown) => {
    const { code, text } = reportOf(error, false);
    process.stderr.write(`${text}\n`);
    process.exitCode = code;
  });
}
