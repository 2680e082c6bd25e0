import * as fs from "node:fs";
import * as path from "node:path";
import { bundledTraces, resolveTrace } from "../../sim/traces/bundled";
import { readTrace } from "../../sim/traces/trace";
import type { Trace } from "../../sim/traces/trace";
import { userErrorOf } from "./fixtures";

const root = path.resolve(__dirname, "../../..");

function expectWellFormed(t: Trace): void {
  expect([t.q.length, t.k.length, t.v?.length]).toEqual([t.nQ * t.dim, t.nK * t.dim, t.nK * t.dim]);
  const bits = 2 ** (t.operandBits - 1);
  for (const tensor of [t.q, t.k, t.v ?? []]) expect(tensor.every((x: number) => x >= -bits && x < bits)).toBe(true);
  expect(t.attnScale).toBeCloseTo(1 / Math.sqrt(t.dim), 6);
  expect([t.scaleQ, t.scaleK, t.scaleV].every((s) => s > 0 && s < 1)).toBe(true);
}

test("the bundled traces are these, and can be read in any width", () => {
  const traces = bundledTraces().map((b) => readTrace(b.path, { operandBits: 8 }));
  expect(traces.map((t) => `${t.name} ${t.nQ} x ${t.dim}${t.causal ? " causal" : ""}`)).toEqual([
    "lm_in0_L00_H0 512 x 64 causal", "ocr_in0_L00_H0 214 x 15", "ocr_in1_L01_H1 314 x 15", "use_in0_L00_H0 128 x 64", "use_in0_L00_H1 128 x 64",
  ]);
  const narrow = readTrace(resolveTrace("use_in0_L00_H0"), { operandBits: 4 });
  expect(narrow.q).toEqual(traces[3].q.map((x) => x >> 4));
  expect(narrow.scaleQ).toBe(16 * traces[3].scaleQ);
});

test("their readme names each of them, and what the package ships includes them", () => {
  const readme = fs.readFileSync(path.join(root, "sim/traces/data/README.md"), "utf8");
  for (const { name } of bundledTraces()) expect(readme).toContain(`\`${name}\``);
  expect(fs.readFileSync(path.join(root, "package.json"), "utf8")).toContain('"sim/traces/data"');
});

test("resolveTrace", () => {
  const file = path.join(root, "sim/traces/data/use_in0_L00_H0.safetensors");
  expect(resolveTrace("use_in0_L00_H0")).toBe(file);
  expect(resolveTrace("use_in0_L00_H0.safetensors")).toBe(file);
  expect(resolveTrace(file)).toBe(file);
  expect(resolveTrace(__dirname)).toBe(__dirname);
  expect(userErrorOf(() => resolveTrace("use_in0"))).toMatch(/^use_in0: no such trace \| .*a bundled trace: lm_in0_L00_H0, ocr_in0_L00_H0/);
  expect(userErrorOf(() => resolveTrace(""))).toMatch(/^an empty name: no such trace/);
});

test("every trace at hand is well formed: the bundled ones, and the larger set where it is present", () => {
  const folder = path.resolve(root, "../shared/traces");
  const larger = fs.existsSync(folder) ? fs.readdirSync(folder).filter((f) => f.endsWith(".safetensors")) : [];
  if (larger.length === 0) console.log(`No traces in ${folder}: only the bundled ones are read.`);
  const files = [...bundledTraces().map((b) => b.path), ...larger.map((f) => path.join(folder, f))];
  for (const file of files) expectWellFormed(readTrace(file, { operandBits: 8 }));
});
