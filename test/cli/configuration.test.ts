import { configJsonSchema, parseConfig } from "../../generator/lapa/config-schema";
import { readConfiguration } from "../../generator/cli/configuration";
import { presets } from "../../generator/lapa/presets";
import { UserError } from "../../generator/errors";
import { eachFolder } from "./lapa";

const folder = eachFolder();

function refusal(f: () => unknown): string {
  try {
    f();
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error("nothing was refused");
}

const defaults = {
  unit: "aloc_dot", name: "lapa_aloc_dot", headDim: 64, operandBits: 8, rounding: "floor", terms: 1,
  logSide: "query", window: null, treeRegisters: 2, reset: "sync-high", dialect: "verilog",
};

test("defaults", () => {
  expect(parseConfig({}, "c")).toEqual(defaults);
  expect(parseConfig({ unit: "aloc" }, "c")).toEqual({
    unit: "aloc", name: "lapa_aloc", operandBits: 8, rounding: "floor", terms: 1, logSide: "query", reset: "sync-high", dialect: "verilog",
  });
  expect(parseConfig({ headDim: 1 }, "c")).toEqual({ ...defaults, headDim: 1, treeRegisters: 1 });
  expect(parseConfig({ unit: "speculation" }, "c")).toEqual({
    unit: "speculation", name: "lapa_speculation", headDim: 64, maxKeys: 1024, operandBits: 8, slices: [4, 4], rounding: "floor", terms: 1, logSide: "query",
    window: 4, keysPerCycle: 16, featuresPerCycle: null, survivorForm: "keys", blackBoxMemories: false, reset: "sync-high", dialect: "verilog",
  });
  expect(parseConfig({ unit: "speculation", operandBits: 5, logSide: "key" }, "c")).toMatchObject({ slices: [3, 2], window: null });
});

test.each(Object.entries(presets))("preset %s is allowed", (name, { config }) => {
  expect(readConfiguration({ config: name })).toMatchObject(config);
});

test.each<[object, string]>([
  [{ headdim: 4 }, 'c: unknown key "headdim" (did you mean "headDim"?); allowed in a configuration of aloc_dot: unit, name, headDim, '],
  [{ toString: 4 }, 'c: unknown key "toString"; allowed'],
  [{ operandBits: 0 }, "c: operandBits is 0; allowed: an integer from 2 to 16"],
  [{ operandBits: 1 }, "c: operandBits is 1; allowed: an integer from 2 to 16"],
  [{ operandBits: 65536 }, "c: operandBits is 65536; allowed: an integer from 2 to 16"],
  [{ operandBits: 7.5 }, "c: operandBits is 7.5; allowed: an integer from 2 to 16"],
  [{ operandBits: "8" }, 'c: operandBits is "8"; allowed: an integer from 2 to 16'],
  [{ operandBits: NaN }, "c: operandBits is NaN; allowed: an integer from 2 to 16"],
  [{ operandBits: null }, "c: operandBits is null; allowed: an integer from 2 to 16"],
  [{ headDim: 0 }, "c: headDim is 0; allowed: an integer from 1 to 256"],
  [{ headDim: 257 }, "c: headDim is 257; allowed: an integer from 1 to 256"],
  [{ rounding: "up" }, 'c: rounding is "up"; allowed: "floor", "nearest"'],
  [{ terms: 3 }, "c: terms is 3; allowed: 1 or 2"],
  [{ window: 17 }, "c: window is 17; allowed: an integer from 1 to 16 or null"],
  [{ treeRegisters: 10 }, "c: treeRegisters is 10; allowed: an integer from 0 to 9"],
  [{ treeRegisters: 4, headDim: 4 }, "c: treeRegisters is 4, and headDim is 4; allowed: at most 3 levels of registers"],
  [{ reset: "sync" }, 'c: reset is "sync"; allowed: "sync-high", "sync-low", "async-high", "async-low"'],
  [{ name: "always" }, 'c: name is "always", which is a reserved word of Verilog; allowed: Name of the top module: a letter'],
  [{ name: "tb" }, 'c: name is "tb", which is the name of the test bench; allowed: Name of the top module: a letter'],
  [{ name: "8bit" }, 'c: name is "8bit"; allowed: Name of the top module: a letter'],
  [{ name: "a\n" }, 'c: name is "a\\n"; allowed'],
  [{ name: "" }, 'c: name is ""; allowed'],
  [{ unit: "aloc-dot" }, 'c: unit is "aloc-dot" (did you mean "aloc_dot"?); allowed: "aloc", "aloc_dot", "speculation"'],
  [{ unit: "aloc", headDim: 4 }, 'c: unknown key "headDim"; allowed in a configuration of aloc: '],
  [{ terms: 2, rounding: "nearest" }, 'c: terms is 2, and rounding is "nearest"; allowed: terms 2 only with rounding "floor"'],
  [{ window: 9 }, "c: window is 9, and operandBits is 8; allowed: a window of at most operandBits, or null"],
  [{ window: 3, logSide: "key" }, 'c: window is 3, and logSide is "key"; allowed: a window only with logSide "query"'],
  [{ unit: "speculation", operandBits: 3 }, "c: operandBits is 3; allowed: an integer from 4 to 16"],
  [{ unit: "speculation", slices: [4, 3] }, "c: slices is [4,3], together 7 bits, and operandBits is 8; allowed: slices of 8 bits together"],
  [{ unit: "speculation", slices: [8, 0] }, "c: slices is [8,0]; allowed: a list of 1 to 16, each an integer from 1 to 16"],
  [{ unit: "speculation", keysPerCycle: [16] }, "c: keysPerCycle is [16], and there are 2 slices; allowed: a number, or a list with one for each slice"],
  [{ unit: "speculation", keysPerCycle: 0 }, "c: keysPerCycle is 0; allowed: an integer from 1 to 1024 or a list of 1 to 16, each an integer from 1 to 1024"],
  [{ unit: "speculation", featuresPerCycle: 65 }, "c: featuresPerCycle is 65, and headDim is 64; allowed: at most headDim, or null for all"],
  [{ unit: "speculation", window: 3, logSide: "key" }, 'c: window is 3, and logSide is "key"; allowed: a window only with logSide "query"'],
  [{ unit: "speculation", maxKeys: 8193 }, "c: maxKeys is 8193; allowed: an integer from 1 to 8192"],
  [[], "c: a configuration is an object, not []"],
])("%j is refused", (config, message) => {
  expect(refusal(() => parseConfig(config, "c")).slice(0, message.length)).toBe(message);
});

test("everything wrong is said at once", () => {
  expect(refusal(() => parseConfig({ operandBits: 1, headDim: 0, heads: 4 }, "c")).split("\n")).toEqual([
    "c: headDim is 0; allowed: an integer from 1 to 256",
    "c: operandBits is 1; allowed: an integer from 2 to 16",
    expect.stringMatching(/^c: unknown key "heads"/),
  ]);
});

test("--set reads values by the key's type", () => {
  const set = (...settings: string[]): unknown => readConfiguration({ set: settings });
  expect(set("headDim=128", "name=x8", "rounding=nearest", "window=3")).toEqual({ ...defaults, headDim: 128, name: "x8", rounding: "nearest", window: 3 });
  expect(set("window=3", "window=null")).toEqual(defaults);
  expect(set("unit=aloc", "terms=2")).toMatchObject({ unit: "aloc", name: "lapa_aloc", terms: 2 });
  expect(readConfiguration({ config: "aloc-dot-15", set: ["unit=aloc"] })).toMatchObject({ unit: "aloc", operandBits: 8 });
  expect(readConfiguration({ config: "aloc-dot-15", set: ["unit=aloc_dot"] })).toMatchObject({ headDim: 15 });
  expect(readConfiguration({ set: ["reset=sync-low"], reset: "async-low", dialect: "systemverilog" })).toMatchObject({ reset: "async-low", dialect: "systemverilog" });
  const speculation = (...settings: string[]): unknown => readConfiguration({ config: "tiny", set: settings });
  expect(speculation("slices=2,2,4", "keysPerCycle=8,4,2")).toMatchObject({ slices: [2, 2, 4], keysPerCycle: [8, 4, 2] });
  expect(speculation("slices=[8]", "keysPerCycle=8")).toEqual(speculation("slices=8", "keysPerCycle=8"));
  expect(refusal(() => speculation("slices=4,x"))).toBe('tiny: slices is "4,x"; allowed: a list of 1 to 16, each an integer from 1 to 16');
  expect(refusal(() => set("headDim"))).toBe("--set headDim: there is no key and value");
  expect(refusal(() => set("=3"))).toBe("--set =3: there is no key and value");
  expect(refusal(() => set("headim=3"))).toMatch(/^--set headim=3: unknown key "headim" \(did you mean "headDim"\?\)/);
  expect(refusal(() => set("headDim=many"))).toBe('default: headDim is "many"; allowed: an integer from 1 to 256');
  expect(refusal(() => set("headDim="))).toBe('default: headDim is ""; allowed: an integer from 1 to 256');
  expect(refusal(() => set("name=3"))).toMatch(/^default: name is 3; allowed: Name/);
  expect(refusal(() => set("unit=alocdot2"))).toMatch(/^--set unit: unit is "alocdot2" \(did you mean "aloc_dot"\?\)/);
  expect(refusal(() => set("constructor=3"))).toMatch(/unknown key "constructor"/);
});

test("configuration files", () => {
  expect(readConfiguration({ config: folder.file("a.json", '\uFEFF{ "headDim": 5 }') })).toMatchObject({ headDim: 5 });
  expect(refusal(() => readConfiguration({ config: folder.file("b.json", '{ "headDim": NaN }') }))).toMatch(/b\.json: is not JSON: /);
  expect(refusal(() => readConfiguration({ config: folder.file("c.json", "") }))).toMatch(/c\.json: is not JSON: /);
  expect(refusal(() => readConfiguration({ config: folder.file("d.json", "[1]") }))).toMatch(/d\.json: a configuration is an object, not \[1\]/);
  expect(refusal(() => readConfiguration({ config: folder.file("e.json", '{ "__proto__": {}, "headDim": 4 }') }))).toMatch(/e\.json: unknown key "__proto__"/);
  expect(refusal(() => readConfiguration({ config: folder.path }))).toMatch(/cannot be read/);
  expect(refusal(() => readConfiguration({ config: "aloc-dot-46" }))).toBe('aloc-dot-46: no such file, and no preset has this name (did you mean "aloc-dot-64"?)');
});

test("the JSON Schema describes every key, with its default", () => {
  const schema = configJsonSchema() as { oneOf: { properties: Record<string, { description?: string; default?: unknown }>; required: string[] }[] };
  expect(schema.oneOf).toHaveLength(5);
  for (const { properties, required } of schema.oneOf) {
    expect(required).toEqual(["unit"]);
    for (const [key, property] of Object.entries(properties)) {
      expect([key, property.description]).toEqual([key, expect.stringMatching(/\.$/)]);
      if (key !== "unit") expect(property).toHaveProperty("default");
    }
  }
});
