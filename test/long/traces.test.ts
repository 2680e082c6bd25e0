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

/** Command-line names of all traces, and their sizes; those that are bundled, once. */
const traces = [...bundled.map((t) => t.name), ...larger.filter((file) => !bundled.some((t) => basename(t.path) === basename(file)))]
  .map((name) => {
    const { dim, nK } = readTrace(bundled.find((t) => t.name === name)?.path ?? name, { operandBits: 8 });
    return { name, dim, nK };
  });

/** More than there are different pairs of 8-bit operands; a dot product takes a trace whole by itself. */
const everyPair = ["--limit", "70000"];
const defaultLanes = 64;

const pairUnits = Object.entries(presets).flatMap(([preset, { config }]) =>
  (config.unit === "speculation" || config.unit === "attention" || config.unit === "top" ? [] : [{ preset, lanes: config.unit === "aloc" ? Infinity : config.headDim ?? defaultLanes, limit: config.unit === "aloc" ? everyPair : [] }]));

describe.each(pairUnits)("preset $preset", ({ preset, lanes, limit }) => {
  const fitting = traces.filter(({ dim }) => dim <= lanes).map(({ name }) => name);

  test.each(fitting)("on %s, in the built-in engine and Verilator whole, in Icarus a part", async (trace) => {
    await expectVerified(["--config", preset, "--trace", trace, ...limit], 3, (engine) => engine === "icarus");
  });
});

interface Size {
  readonly dim: number;
  readonly nK: number;
}

/** The presets of a unit that takes whole heads, and which heads fit. */
const headUnits = (unit: "speculation" | "attention" | "top") => Object.entries(presets).flatMap(([preset, { config }]) =>
  (config.unit === unit ? [{ preset, fits: ({ dim, nK }: Size): boolean => dim <= config.headDim! && nK <= config.maxKeys! }] : []));

/** With stalls and without, where the cycles have to be those of the model. */
const runsOfEngine = 2;

describe.each(headUnits("speculation"))("preset $preset", ({ preset, fits }) => {
  const isBundled = ({ name }: { name: string }): boolean => bundled.some((t) => t.name === name);
  const fitting = traces.filter((trace) => fits(trace) && isBundled(trace)).map(({ name }) => name);
  const others = preset === "wide" ? [] : traces.filter((trace) => fits(trace) && !isBundled(trace)).map(({ name }) => name);
  const cases = ["keys", "groups"].flatMap((form) => ["corners", ...fitting].map((source) => [form, source] as const));

  test.each(cases)("survivors as %s, on %s, in Verilator whole, in the others a part", async (form, source) => {
    await expectVerified(["--config", preset, "--set", `survivorForm=${form}`, "--trace", source], 3 * runsOfEngine);
  });

  if (others.length > 0) {
    test.each(others)("on %s, in Verilator whole", async (trace) => {
      await expectVerified(["--config", preset, "--trace", trace, "--engine", "verilator"], runsOfEngine);
    });
  }
});

describe.each([...headUnits("attention"), ...headUnits("top")])("preset $preset", ({ preset, fits }) => {
  const fitting = traces.filter(fits).map(({ name }) => name);

  test.each(["corners", ...fitting])("on %s, in Verilator whole", async (source) => {
    await expectVerified(["--config", preset, "--trace", source, "--engine", "verilator"], runsOfEngine);
  });
});

test.each(bundled.map((t) => t.name))("the default preset on %s, in Icarus whole", async (trace) => {
  await expectVerified(["--config", "default", "--trace", trace, "--engine", "icarus", "--limit", "10000000"], 1);
});

test(larger.length > 0 ? `traces besides the bundled ones: ${larger.length} in ${folder}` : `no traces in ${folder}: only the bundled ones were verified`, () => {
  expect(traces.length).toBeGreaterThanOrEqual(Math.max(bundled.length, larger.length));
});
