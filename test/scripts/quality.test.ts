/** The study of predictions: its committed pages, what its figures are, and its command. */

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseConfig } from "../../generator/lapa/config-schema";
import type { SpeculationConfig } from "../../generator/lapa/unit-config";
import { gridRow } from "../../scripts/quality-tables";
import { type Choice, combinations, groupsOf, study, studyExact, type StudyFigures } from "../../sim/study";
import { bundledTraces } from "../../sim/traces/bundled";
import { readTrace } from "../../sim/traces/trace";
import { eachFolder, lapa } from "../cli/lapa";
import { safetensors } from "../traces/fixtures";

const root = resolve(__dirname, "../../..");
const folder = eachFolder();
const config = parseConfig({ unit: "speculation" }, "the default") as SpeculationConfig;
const groups = groupsOf(bundledTraces().map(({ path }) => readTrace(path, config)));
const group = (name: string) => groups.find((g) => g.name === name)!;

function finished<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

/** Choices of every kind, few enough to be quick. */
const sampled: readonly Choice[] = [
  { slices: [8], terms: 2, window: null, guard: 0 },
  { slices: [4, 4], terms: 1, window: 4, guard: 6 },
  { slices: [3, 5], terms: 1, window: 3, guard: 0 },
  { slices: [2, 2, 4], terms: 2, window: 4, guard: 63 },
];

test("every combination is there once, the guard only where there is a round that it counts in", () => {
  const all = combinations();
  expect(all.length).toBe(2 * 3 * (1 + 3 * 5));
  expect(new Set(all.map((c) => JSON.stringify(c))).size).toBe(all.length);
  for (const choice of sampled) expect(all).toContainEqual(choice);
});

test("heads are grouped by the first word of their names", () => {
  expect(groups.map(({ name, traces }) => [name, traces.map((t) => t.name)])).toEqual([
    ["lm", ["lm_in0_L00_H0"]], ["ocr", ["ocr_in0_L00_H0", "ocr_in1_L01_H1"]], ["use", ["use_in0_L00_H0", "use_in0_L00_H1"]],
  ]);
});

test("figures are those in the last line of lapa predict, and of its sweep for exact scores", async () => {
  const traces = group("use").traces.flatMap((t) => ["--trace", t.name]);
  for (const choice of sampled) {
    const settings = [`slices=${choice.slices}`, `terms=${choice.terms}`, `window=${choice.window}`].flatMap((s) => ["--set", s]);
    const { out } = await lapa("predict", ...traces, ...settings, "--radius", "4", "--guard", String(choice.guard));
    const figures = finished(study(config, group("use"), choice));
    const shown = [figures.kept, figures.recall, figures.massLost, figures.divergence, figures.outputError!, figures.keyBits, figures.adderBits];
    expect(out.split("\n").at(-3)).toMatch(new RegExp(`^2 heads .*${shown.map((x) => ` ${x.toFixed(4)}`).join(" ?")}$`));
  }
  const { out } = await lapa("predict", "--json", "--sweep", ...traces, "--radius", "4");
  const [{ points: [{ kept, massLost }] }] = (JSON.parse(out) as { curves: { points: { kept: number; massLost: number }[] }[] }).curves;
  expect(finished(studyExact(config, group("use")))).toEqual({ kept, massLost });
});

test.each(["ocr", "use"])("docs/prediction-table.md has what a study of %s finds", (name) => {
  const page = readFileSync(join(root, "docs", "prediction-table.md"), "utf8");
  const [, section] = page.split(`### ${name}\n`);
  for (const choice of sampled) expect(section.split("###")[0]).toContain(`\n${gridRow(choice, finished(study(config, group(name), choice)))}\n`);
});

test("every file that docs/prediction.md refers to is there", () => {
  const names = readFileSync(join(root, "docs", "prediction.md"), "utf8").matchAll(/\]\(([^)#]+)\)/g);
  expect(readdirSync(join(root, "docs"))).toEqual(expect.arrayContaining([...names].map(([, name]) => name)));
});

describe("the command", () => {
  const script = join(root, "dist", "scripts", "quality.js");
  const head = (rows: number, seed: number): Buffer => {
    const tensor = (factor: number) => ({ shape: [rows, 2], data: Int8Array.from({ length: rows * 2 }, (_, i) => ((i + seed) * factor) % 100) });
    return safetensors({ q: tensor(37), k: tensor(53), v: tensor(71) }, { scale_q: "0.05", scale_k: "0.05", model: "a model", license: "a licence" });
  };

  test("studies the heads of a folder: a page, JSON, no progress, the same bytes twice", () => {
    ["a_1.safetensors", "b_1.safetensors"].forEach((name, i) => folder.file(name, head(4 + i, i)));
    const args = [script, "--traces", folder.path, "--out", folder.path, "--json"];
    const run = (): { stdout: string; stderr: string } => spawnSync(process.execPath, args, { encoding: "utf8" });
    const { stdout, stderr } = run();
    const page = readFileSync(join(folder.path, "prediction-families.md"), "utf8");
    const printed = JSON.parse(stdout) as { groups: { name: string; traces: string[]; rows: (Choice & StudyFigures)[] }[] };
    expect(stderr).toBe("");
    expect(printed.groups.map(({ name, traces, rows }) => [name, traces, rows.length])).toEqual([["a", ["a_1"], 96], ["b", ["b_1"], 96]]);
    expect(page).toContain("- `b`: 1 head of 5 x 2; a model; a licence\n");
    for (const figures of printed.groups[1].rows) expect(page.split("### b\n")[1]).toContain(`\n${gridRow(figures, figures)}\n`);
    expect(run().stdout).toBe(stdout);
    expect(readFileSync(join(folder.path, "prediction-families.md"), "utf8")).toBe(page);
  });

  test.each<[string[], RegExp]>([
    [["--traces", "/nowhere"], /^error: \/nowhere: there is no such folder\n {2}hint: /],
    [["--traces", join(root, "docs")], /docs: no file ends in \.safetensors\n {2}hint: /],
    [["--table"], /^error: Unknown option '--table'.*\n {2}hint: node dist\/scripts\/quality\.js \[--traces DIR\]/],
  ])("%j is refused", (args, message) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ +at /m);
  });
});
