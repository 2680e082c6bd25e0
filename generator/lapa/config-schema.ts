/** Reading configurations: every key with its range, default and description, and errors that say what is allowed. */

import { z } from "zod";
import { UserError } from "../errors";
import { reservedWords } from "../hdl/reserved";
import { log2Ceil } from "../ir/bits";
import { didYouMean } from "../nearest";
import type { AlocConfig, AlocDotConfig, AttentionConfig, PredictionConfig, SpeculationConfig, TopConfig, UnitConfig, UnitName } from "./unit-config";

const integer = (min: number, max: number) => z.int().min(min).max(max);

const name = (unit: UnitName) => z.string().max(128).regex(/^[A-Za-z][A-Za-z0-9_]*$/)
  .refine((n) => !reservedWords.has(n), "is a reserved word of Verilog")
  .refine((n) => n !== "tb", "is the name of the test bench")
  .default(`lapa_${unit}`)
  .describe("Name of the top module: a letter, then letters, digits and underscores; no reserved word, and not tb.");

const common = {
  reset: z.enum(["sync-high", "sync-low", "async-high", "async-low"]).default("sync-high")
    .describe("How registers are reset; an active-low reset port is called rst_n."),
  dialect: z.enum(["verilog", "systemverilog"]).default("verilog").describe("Language of the output: Verilog-2005 or SystemVerilog."),
};

const arithmetic = {
  operandBits: integer(2, 16).default(8).describe("W: bits of an operand, two's complement."),
  rounding: z.enum(["floor", "nearest"]).default("floor").describe("How a magnitude becomes a power of two: its leading one, or the nearest."),
  terms: z.union([z.literal(1), z.literal(2)]).default(1).describe("Leading ones kept of a magnitude; 2 only with rounding floor."),
  logSide: z.enum(["query", "key"]).default("query").describe("Which operand is replaced by its leading one."),
};

const aloc = z.strictObject({
  unit: z.literal("aloc").describe("One ALOC product, combinational: encoder and shifter."),
  name: name("aloc"),
  ...arithmetic,
  ...common,
});

const alocDot = z.strictObject({
  unit: z.literal("aloc_dot").describe("ALOC dot product of headDim features a cycle, over ready/valid streams."),
  name: name("aloc_dot"),
  headDim: integer(1, 256).default(64).describe("d: features of a vector, a lane each."),
  ...arithmetic,
  window: integer(1, 16).nullable().default(null)
    .describe("L: how many exponents of a query are kept, at most operandBits; null for all. Only with logSide query."),
  treeRegisters: integer(0, 9).default(2)
    .describe("Levels of registers, spread over shifters and adder tree; at most ceil(log2(headDim)) + 1. With headDim 1 the default is 1."),
  ...common,
});

/** Keys a cycle: as many as any memory has words for. */
const lanes = integer(1, 1024);

const prediction = {
  headDim: integer(1, 256).default(64).describe("d: features of a key."),
  maxKeys: integer(1, 8192).default(1024).describe("Keys that there is memory for: the largest head."),
  ...arithmetic,
  operandBits: integer(4, 16).default(8).describe("W: bits of an operand, two's complement."),
  slices: z.array(integer(1, 16)).min(1).max(16).default([4, 4])
    .describe("Bits of the linear operand that each round reads, most significant first; together operandBits, which the default halves."),
  window: integer(1, 16).nullable().default(4)
    .describe("L: how many exponents of a query are kept, at most operandBits; null for all. With logSide key it must be null, and is by default."),
  keysPerCycle: z.union([lanes, z.array(lanes).min(1).max(16)]).default(16)
    .describe("Keys that are scored at the same time: a number, or a list with one for each slice."),
  featuresPerCycle: integer(1, 256).nullable().default(null).describe("Features of a key that are added in a cycle, at most headDim; null for all."),
};

const blackBoxMemories = z.boolean().default(false).describe("Leave the large memories to SRAM macros.");

const speculation = z.strictObject({
  unit: z.literal("speculation").describe("Which keys each query of a head needs: rounds of sliced scores, each followed by a filter."),
  name: name("speculation"),
  ...prediction,
  survivorForm: z.enum(["keys", "groups"]).default("keys")
    .describe("How survivors leave: keys, one a cycle; or groups, a mask a cycle of as many neighbouring keys as round 1 scores at the same time."),
  blackBoxMemories,
  ...common,
});

const attention = z.strictObject({
  unit: z.literal("attention").describe("Sparse attention from Q, K, V to O: speculation, and execution on a systolic array."),
  name: name("attention"),
  ...prediction,
  peRows: integer(1, 64).default(16)
    .describe("R: queries of a tile, rows of the array, which has as many columns as keysPerCycle gives round 1: at most 64."),
  blackBoxMemories,
  ...common,
});

const beats = [1, 2, 4, 8, 16, 32, 64] as const;

const top = z.strictObject({
  unit: z.literal("top").describe("The attention unit behind a bus: registers on AXI4-Lite, tensors on AXI4-Stream."),
  name: name("top"),
  ...prediction,
  operandBits: integer(4, 8).default(8).describe("W: bits of an operand, two's complement; a byte each on the streams."),
  slices: z.array(integer(1, 8)).min(1).max(8).default([4, 4]).describe("As in a speculation unit, at most 8."),
  peRows: integer(1, 64).default(16).describe("R: as in an attention unit."),
  beatBytes: z.union(beats.map((b) => z.literal(b))).default(8).describe("B: bytes of a beat of the streams."),
  blackBoxMemories,
  ...common,
});

/** That the schemas and the hand-written types say the same is checked here, by the compiler. */
const schemas = {
  aloc: aloc satisfies z.ZodType<AlocConfig>,
  aloc_dot: alocDot satisfies z.ZodType<AlocDotConfig>,
  speculation: speculation satisfies z.ZodType<SpeculationConfig>,
  attention: attention satisfies z.ZodType<AttentionConfig>,
  top: top satisfies z.ZodType<TopConfig>,
};
const defaultUnit: UnitName = "aloc_dot";
const unitNames = Object.keys(schemas) as UnitName[];

/** All configurations as JSON Schema (draft 2020-12), for editors and other programs. */
export function configJsonSchema(): object {
  return { title: "Configuration of a LAPA unit", ...z.toJSONSchema(z.discriminatedUnion("unit", [aloc, alocDot, speculation, attention, top]), { io: "input" }) };
}

type Raw = Readonly<Record<string, unknown>>;

/** Defaults that follow from other keys, where those are not what the schema's defaults assume. */
function dependentDefaults(unit: UnitName, { headDim, operandBits = 8, logSide }: Raw): Raw {
  if (unit === "aloc_dot") return headDim === 1 ? { treeRegisters: 1 } : {};
  if (unit === "aloc") return {};
  const window = logSide === "key" ? { window: null } : {};
  if (!integer(4, 16).safeParse(operandBits).success) return window;
  const low = Math.floor(Number(operandBits) / 2);
  return { slices: [Number(operandBits) - low, low], ...window };
}

/**
 * Checks a configuration and fills in the defaults. Without `unit` it is for the dot product.
 * @param where it comes from, to begin messages with.
 * @throws UserError with a line for everything that is wrong: the key, its value, and what is allowed.
 */
export function parseConfig(value: unknown, where: string): UnitConfig {
  const raw = objectOf(value, where);
  const unit = unitOf(raw, where);
  const result = schemas[unit].safeParse({ ...dependentDefaults(unit, raw), ...raw, unit });
  const faults = result.success ? crossFaults(result.data) : result.error.issues.flatMap((issue) => faultsOf(issue, raw, unit));
  if (faults.length > 0) throw new UserError(faults.map((f) => `${where}: ${f}`).join("\n"), "lapa generate --schema prints every key and what it may be");
  return result.data!;
}

function objectOf(value: unknown, where: string): Raw {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Raw;
  throw new UserError(`${where}: a configuration is an object, not ${shown(value)}`, 'write keys and values: { "unit": "aloc_dot", "headDim": 64 }');
}

function unitOf({ unit = defaultUnit }: Raw, where: string): UnitName {
  const known = unitNames.find((u) => u === unit);
  if (known !== undefined) return known;
  throw new UserError(`${where}: unit is ${shown(unit)}${didYouMean(String(unit), unitNames)}; allowed: ${unitNames.map(shown).join(", ")}`, "lapa presets lists examples of each");
}

/** Rules between keys. */
function crossFaults(config: UnitConfig): string[] {
  const { terms, rounding } = config;
  const faults = terms === 2 && rounding !== "floor" ? [`terms is 2, and rounding is "${rounding}"; allowed: terms 2 only with rounding "floor"`] : [];
  if (config.unit === "aloc") return faults;
  return [...faults, ...(config.unit === "aloc_dot" ? treeFaults(config) : speculationFaults(config)), ...windowFaults(config)];
}

function treeFaults({ headDim, treeRegisters }: AlocDotConfig): string[] {
  const levels = log2Ceil(headDim) + 1;
  return treeRegisters > levels ? [`treeRegisters is ${treeRegisters}, and headDim is ${headDim}; allowed: at most ${levels} levels of registers`] : [];
}

function windowFaults({ window, operandBits, logSide }: AlocDotConfig | PredictionConfig): string[] {
  if (window === null) return [];
  const faults: string[] = [];
  if (window > operandBits) faults.push(`window is ${window}, and operandBits is ${operandBits}; allowed: a window of at most operandBits, or null`);
  if (logSide !== "query") faults.push(`window is ${window}, and logSide is "${logSide}"; allowed: a window only with logSide "query"`);
  return faults;
}

function speculationFaults(config: SpeculationConfig | AttentionConfig | TopConfig): string[] {
  const { operandBits, slices, keysPerCycle, featuresPerCycle, headDim } = config;
  const faults: string[] = [];
  const sum = slices.reduce((a, b) => a + b, 0);
  if (sum !== operandBits) faults.push(`slices is ${shown(slices)}, together ${sum} bits, and operandBits is ${operandBits}; allowed: slices of ${operandBits} bits together`);
  if (typeof keysPerCycle !== "number" && keysPerCycle.length !== slices.length) {
    faults.push(`keysPerCycle is ${shown(keysPerCycle)}, and there are ${slices.length} slices; allowed: a number, or a list with one for each slice`);
  }
  if (featuresPerCycle !== null && featuresPerCycle > headDim) {
    faults.push(`featuresPerCycle is ${featuresPerCycle}, and headDim is ${headDim}; allowed: at most headDim, or null for all`);
  }
  const first = typeof keysPerCycle === "number" ? keysPerCycle : keysPerCycle[0];
  if (config.unit !== "speculation" && first > 64) faults.push(`keysPerCycle is ${shown(keysPerCycle)}; allowed in a configuration of ${config.unit}: at most 64 in round 1, a column of the array for each`);
  return faults;
}

function faultsOf(issue: z.core.$ZodIssue, value: Raw, unit: UnitName): string[] {
  const keys = Object.keys(schemas[unit].shape);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((k) => `unknown key ${shown(k)}${didYouMean(k, keys)}; allowed in a configuration of ${unit}: ${keys.join(", ")}`);
  }
  const key = String(issue.path[0]);
  const because = issue.code === "custom" ? `, which ${issue.message}` : "";
  return [`${key} is ${shown(value[key])}${because}; allowed: ${allowed(unit, key)}`];
}

interface PropertySchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly PropertySchema[];
  readonly items?: PropertySchema;
  readonly maxItems?: number;
  readonly description?: string;
}

/** What a key may be, in words. */
function allowed(unit: UnitName, key: string): string {
  const { properties = {} } = z.toJSONSchema(schemas[unit], { io: "input" });
  return inWords(properties[key] as PropertySchema);
}

function inWords({ type, const: only, enum: values, minimum, maximum, anyOf, items, maxItems, description }: PropertySchema): string {
  if (anyOf !== undefined) return anyOf.map(inWords).join(" or ");
  if (values !== undefined) return values.map(shown).join(", ");
  if (only !== undefined) return shown(only);
  if (type === "integer") return `an integer from ${minimum} to ${maximum}`;
  if (items !== undefined) return `a list of 1 to ${maxItems}, each ${inWords(items)}`;
  return type === "null" ? "null" : description ?? String(type);
}

/** A value as in JSON, shortened; numbers that JSON has no word for, too. */
function shown(value: unknown): string {
  const text = typeof value === "number" ? String(value) : JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/**
 * Applies `key=value` settings to a configuration that is not yet checked. A value is read as the key's type has it:
 * a word where the key takes words, JSON (`8`, `null`) otherwise. Setting another `unit` leaves out all other keys of
 * the base, whose meaning depends on the unit.
 * @param where the base comes from, for messages.
 * @throws UserError for a base that is no object, a setting without `=`, an unknown unit, or an unknown key.
 */
export function applySettings(value: unknown, settings: readonly string[], where: string): Raw {
  const base = objectOf(value, where);
  const pairs = settings.map((s): readonly [string, string] => {
    const at = s.indexOf("=");
    if (at < 1) throw new UserError(`--set ${s}: there is no key and value`, "write --set key=value, such as --set headDim=128");
    return [s.slice(0, at), s.slice(at + 1)];
  });
  const chosen = pairs.filter(([key]) => key === "unit").at(-1)?.[1];
  const unit = unitOf(chosen === undefined ? base : { unit: chosen }, chosen === undefined ? where : "--set unit");
  const start = unit === (base["unit"] ?? defaultUnit) ? base : {};
  const values = pairs.filter(([key]) => key !== "unit").map(([key, text]) => [key, valueOf(unit, key, text)] as const);
  return { ...start, unit, ...Object.fromEntries(values) };
}

function valueOf(unit: UnitName, key: string, text: string): unknown {
  const shape: Readonly<Record<string, z.ZodType>> = schemas[unit].shape;
  if (!Object.hasOwn(shape, key)) {
    const keys = Object.keys(shape);
    throw new UserError(`--set ${key}=${text}: unknown key ${shown(key)}${didYouMean(key, keys)}; allowed in a configuration of ${unit}: ${keys.join(", ")}`);
  }
  // Lists may be written without brackets: slices=4,4.
  const candidates = [text, jsonOrText(text), jsonOrText(`[${text}]`)];
  return candidates.find((c) => shape[key].safeParse(c).success) ?? candidates[1];
}

/** A number, null or other JSON; text that is none stands for itself. */
function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
