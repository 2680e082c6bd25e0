/**
 * `node dist/scripts/quality.js`: how quality and work of predictions move over slices, terms, window and guard. Writes
 * docs/prediction-table.md and the charts in docs/, from the bundled heads. With --traces DIR, docs/prediction-families.md from the
 * safetensors files in a folder. `--out FOLDER` instead of docs, `--json` prints the figures.
 */

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { paced } from "../generator/cli/paced";
import { reportOf } from "../generator/cli/report";
import { UserError } from "../generator/errors";
import { parseConfig } from "../generator/lapa/config-schema";
import type { SpeculationConfig } from "../generator/lapa/unit-config";
import { writeOutputFile } from "../generator/output-file";
import { combinations, type Group, groupsOf, study, studyExact } from "../sim/study";
import { bundledTraces } from "../sim/traces/bundled";
import { readTrace, type Trace } from "../sim/traces/trace";
import { studyCharts } from "./quality-charts";
import { headsOf, sourceOf, type Studied, studyPage } from "./quality-tables";

const program = "node dist/scripts/quality.js";

/** A line that the next one replaces, where somebody watches. */
function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
}

async function studyGroup(config: SpeculationConfig, group: Group): Promise<Studied> {
  const choices = combinations();
  const shown = (what: string) => (head: number): void => progress(`${group.name}: ${what}, head ${head} of ${group.traces.length}`);
  const exact = await paced(studyExact(config, group), shown("exact scores"));
  const rows: Studied["rows"][number][] = [];
  for (const choice of choices) {
    rows.push({ choice, figures: await paced(study(config, group, choice), shown(`${rows.length + 1} of ${choices.length} combinations`)) });
  }
  return { group, exact, rows };
}

function tracesIn(folder: string, config: SpeculationConfig): Trace[] {
  const hint = "name a folder with attention traces";
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw new UserError(`${folder}: there is no such folder`, hint);
  const files = readdirSync(folder).filter((file) => file.endsWith(".safetensors")).sort();
  if (files.length === 0) throw new UserError(`${folder}: no file ends in .safetensors`, hint);
  return files.map((file) => readTrace(join(folder, file), config));
}

/** Every file's name and content. */
async function pages(config: SpeculationConfig, studies: readonly Studied[], bundled: boolean): Promise<Map<string, string>> {
  if (!bundled) {
    const origin = "Most of these heads are not bundled: they were read from a folder elsewhere, and are here in figures only. What their files say of themselves:";
    const describe = (group: Group): string => `${headsOf(group)}; ${sourceOf(group)}`;
    return new Map([["prediction-families.md", studyPage("Predictions on more heads", `${program} --traces DIR`, origin, describe, studies)]]);
  }
  const origin = "The heads are the bundled ones; `sim/traces/data/README.md` says what they are.";
  const charts = await studyCharts(config, studies, progress);
  return new Map([["prediction-table.md", studyPage("Predictions on the bundled heads", program, origin, headsOf, studies)], ...charts]);
}

/** What --json prints of a group. */
function resultOf({ group, exact, rows }: Studied): object {
  return { name: group.name, traces: group.traces.map((t) => t.name), exact, rows: rows.map(({ choice, figures }) => ({ ...choice, ...figures })) };
}

function options(): { readonly traces: string | undefined; readonly out: string; readonly json: boolean } {
  try {
    const { traces, out, json } = parseArgs({
      options: { traces: { type: "string" }, out: { type: "string", default: "docs" }, json: { type: "boolean", default: false } },
    }).values;
    return { traces, out, json };
  } catch (error) {
    throw new UserError((error as Error).message, `${program} [--traces DIR] [--out FOLDER] [--json]`);
  }
}

async function main(): Promise<void> {
  const { traces: folder, out, json } = options();
  const config = parseConfig({ unit: "speculation" }, "the default") as SpeculationConfig;
  const traces = folder === undefined ? bundledTraces().map(({ path }) => readTrace(path, config)) : tracesIn(folder, config);
  const studies: Studied[] = [];
  for (const group of groupsOf(traces)) studies.push(await studyGroup(config, group));
  const written = await pages(config, studies, folder === undefined);
  progress("");
  for (const [name, content] of written) writeOutputFile(join(out, name), content);
  if (!json) process.stdout.write([...written.keys()].map((name) => `${join(out, name)}\n`).join(""));
  else process.stdout.write(`${JSON.stringify({ configuration: config, groups: studies.map(resultOf) }, null, 2)}\n`);
}

main().catch((error: unknown) => {
  const { code, text } = reportOf(error, false);
  progress("");
  process.stderr.write(`${text}\n`);
  process.exitCode = code;
});
