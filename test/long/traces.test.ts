/** Every preset on every trace at hand. */

import { existsSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { presets } from "../../generator/lapa/presets";
import { bundledTraces } from "../../sim/traces/bundled";
import { readTrace } from "../../sim/traces/trace";
import { expectVerified } from "./repeatable";

const folder = resolve(__dirname, "../../../../shared/traces");
const larger = existsSync(folder) ? readdirSync(folder).filter((f) => f.endsWith(".safetensors")).sort().map((f) => join(folder, f)) : [];
const bundled = bundledTraces();

/** Command-line names of all traces, and their dimensions; those that are bundled, once. */
const traces = [...bundled.map((t) => t.name), ...larger.filter((file) => !bundled.some((t) => basename(t.path) === basename(file)))]
  .map((name) => ({ name, dim: readTrace(bundled.find((t) => t.name === name)?.path ?? name, { operandBits: 8 }).dim }));

/** More than there are different pairs of 8-bit operands; a dot product takes a trace whole by itself. */
const everyPair = ["--limit", "70000"];
const defaultLanes = 64;

describe.each(Object.entries(presets))("preset %s", (preset, { config }) => {
  const lanes = config.unit === "aloc" ? Infinity : config.headDim ?? defaultLanes;
  const fitting = traces.filter(({ dim }) => dim <= lanes).map(({ name }) => name);
  const limit = config.unit === "aloc" ? everyPair : [];

  test.each(fitting)("on %s, in the built-in engine and Verilator whole, in Icarus a part", async (trace) => {
    await expectVerified(["--config", preset, "--trace", trace, ...limit], 3, (engine) => engine === "icarus");
  });
});

test.each(bundled.map((t) => t.name))("the default preset on %s, in Icarus whole", async (trace) => {
  await expectVerified(["--config", "default", "--trace", trace, "--engine", "icarus", "--limit", "10000000"], 1);
});

test(larger.length > 0 ? `traces besides the bundled ones: ${larger.length} in ${folder}` : `no traces in ${folder}: only the bundled ones were verified`, () => {
  expect(traces.length).toBeGreaterThanOrEqual(Math.max(bundled.length, larger.length));
});
