/** The options by which commands are told a configuration. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Options } from "yargs";
import { UserError } from "../errors";
import { presets } from "../lapa/presets";
import type { AttentionConfig, SpeculationConfig, TopConfig, UnitConfig } from "../lapa/unit-config";
import { didYouMean } from "../nearest";
import { isSystemError } from "../output-folder";

export const resetKinds = ["sync-high", "sync-low", "async-high", "async-low"] as const;
export const dialects = ["verilog", "systemverilog"] as const;

export const configurationOptions = {
  config: { type: "string", describe: "A JSON file, or a preset's name (lapa presets); default: the preset default" },
  set: { type: "string", array: true, describe: "key=value: set one key of the configuration; may be repeated" },
  reset: { choices: resetKinds, describe: "How registers are reset; short for --set reset=..." },
  dialect: { choices: dialects, describe: "Verilog-2005 or SystemVerilog; short for --set dialect=..." },
} as const satisfies Record<string, Options>;

export interface ConfigurationArguments {
  readonly config?: string | undefined;
  readonly set?: readonly string[] | undefined;
  readonly reset?: string | undefined;
  readonly dialect?: string | undefined;
}

/** The configuration that the arguments describe. @throws UserError when it is missing, unreadable or not allowed. */
export function readConfiguration(args: ConfigurationArguments): UnitConfig {
  const { config = "default" } = args;
  return configured(Object.hasOwn(presets, config) ? presets[config].config : readConfigFile(config), config, args);
}

/**
 * The configuration that the arguments describe, of a unit that predicts; of an attention unit or a top, of the speculation in front.
 * `whole` is the one that was described, where it is of hardware for a whole head.
 * @param wants what the command does. @throws UserError as `readConfiguration` does, and for another unit.
 */
export function predictionConfiguration(args: ConfigurationArguments, wants: string): { readonly config: SpeculationConfig; readonly whole: AttentionConfig | TopConfig | null } {
  const whole = readConfiguration(args);
  if (whole.unit === "speculation") return { config: whole, whole: null };
  if (whole.unit === "top") {
    const { peRows: _, beatBytes: __, ...prediction } = whole;
    return { config: { ...prediction, unit: "speculation", survivorForm: "groups" }, whole };
  }
  if (whole.unit !== "attention") throw new UserError(`${args.config} is a configuration of ${whole.unit}, and ${wants}`, "lapa presets lists some: base, edge, wide, tiny");
  const { peRows: _, ...prediction } = whole;
  return { config: { ...prediction, unit: "speculation", survivorForm: "groups" }, whole };
}

/**
 * The configuration with which a folder was generated, with the arguments' settings.
 * @throws UserError when the folder's manifest is missing, unreadable or has none.
 */
export function manifestConfiguration(folder: string, args: ConfigurationArguments): UnitConfig {
  const file = join(folder, "manifest.json");
  const manifest = readJson(file, "name a folder that lapa generate wrote, or its configuration: --config") as { readonly configuration?: unknown } | null;
  return configured(manifest?.configuration, `${file}: configuration`, args);
}

/** How a folder was generated, where its manifest says that it was otherwise than with this configuration: a sentence, or null. */
export function generatedOtherwise(folder: string, config: UnitConfig): string | null {
  const file = join(folder, "manifest.json");
  if (!existsSync(file)) return null;
  const configuration = (readJson(file, "name a folder that lapa generate wrote") as { readonly configuration?: object | null } | null)?.configuration ?? null;
  if (configuration === null) return null;
  const settings = (of: object): Map<string, string> => new Map(Object.entries(of).map(([key, value]) => [key, JSON.stringify(value)]));
  const [was, is] = [settings(configuration), settings(config)];
  const shown = (of: Map<string, string>, than: Map<string, string>): string => [...of].filter(([key, value]) => than.get(key) !== value).map(([key, value]) => `${key}=${value}`).join(" ");
  const [before, now] = [shown(was, is), shown(is, was)];
  return before === "" && now === "" ? null : `${folder} was generated with ${before}; it is checked as ${now}`;
}

function configured(base: unknown, where: string, { set = [], reset, dialect }: ConfigurationArguments): UnitConfig {
  // Loaded here: the schema takes as long as everything else together.
  const { applySettings, parseConfig } = require("../lapa/config-schema") as typeof import("../lapa/config-schema");
  const settings = [...set, ...(reset === undefined ? [] : [`reset=${reset}`]), ...(dialect === undefined ? [] : [`dialect=${dialect}`])];
  return parseConfig(settings.length === 0 ? base : applySettings(base, settings, where), where);
}

function readConfigFile(file: string): unknown {
  return readJson(file, "a configuration is a JSON object; lapa generate --schema describes it",
    `, and no preset has this name${didYouMean(file, Object.keys(presets))}`);
}

/** @param unless what to add where there is no such file. */
function readJson(file: string, hint: string, unless = ""): unknown {
  const text = readText(file, hint, unless);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UserError(`${file}: is not JSON: ${(error as Error).message}`, hint);
  }
}

/** The text without a byte order mark. */
function readText(file: string, hint: string, unless: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (isSystemError(error, "ENOENT", "ENOTDIR")) throw new UserError(`${file}: no such file${unless}`, hint);
    if (isSystemError(error, "ERR_ENCODING_INVALID_ENCODED_DATA")) throw new UserError(`${file}: is not UTF-8 text`, hint);
    // A folder, no permission, gigabytes.
    throw new UserError(`${file}: cannot be read: ${(error as Error).message}`, hint);
  }
}
