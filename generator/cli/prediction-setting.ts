/** The filters' parameters, from the options of `lapa predict`. */

import type { Options } from "yargs";
import type { Setting } from "../../sim/predict";
import type { Sweep } from "../../sim/sweep";
import { UserError } from "../errors";
import type { SpeculationConfig } from "../lapa/unit-config";
import { numberList, type NumberRange, roundList } from "./number-list";

/** The options that choose a filter, for commands that leave their explanation to `lapa predict`. */
export const settingOptions = {
  radius: { type: "string", describe: "As for lapa predict (default: 4)" },
  rho: { type: "string", describe: "As for lapa predict" },
  blend: { type: "string", describe: "As for lapa predict" },
  guard: { type: "string", describe: "As for lapa predict (default: 6; 0 with logSide key)" },
} as const satisfies Record<string, Options>;

export interface SettingArguments {
  readonly radius?: string | undefined;
  readonly rho?: string | undefined;
  readonly blend?: string | undefined;
  readonly guard?: string | undefined;
}

const margin: NumberRange = { min: 0, max: Number.MAX_VALUE, integer: false };
const blend: NumberRange = { min: -15, max: 15, integer: true };
const defaultRadius = "4";
/** The radii of a sweep, unless others are asked for. */
export const sweptRadii = [0.25, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 10, 12];
const defaultGuard = "6";

/** @throws UserError for numbers that are none, too many, too few or out of range, and for options that exclude each other. */
export function settingOf(args: SettingArguments, config: SpeculationConfig): Setting {
  const rounds = config.slices.length;
  const mode = modeOf(args);
  if (mode === "blend") return { mode, as: roundList("--blend", args.blend!, rounds, blend) };
  const guards = guardsOf(args, config);
  if (mode === "radius") return { mode, margins: roundList("--radius", args.radius ?? defaultRadius, rounds, margin), guards };
  const rhos = roundList("--rho", args.rho!, rounds, { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true });
  const { largestRho } = require("../../sim/golden/speculation") as typeof import("../../sim/golden/speculation");
  rhos.forEach((rho, r) => {
    const largest = largestRho(config.headDim, r, config);
    if (rho > largest) throw new UserError(`--rho is ${args.rho}; allowed in round ${r + 1}: at most ${largest}, the largest value of its register`);
  });
  return { mode, rhos, guards };
}

/** The values of a sweep. @throws UserError as `settingOf` does. */
export function sweepOf(args: SettingArguments, config: SpeculationConfig): Sweep {
  const mode = modeOf(args);
  if (mode === "rho") throw new UserError("--rho is in units that differ from round to round and from trace to trace: it cannot be swept", "use --radius");
  if (mode === "blend") return { mode, values: numberList("--blend", args.blend!, blend), guards: [] };
  return { mode, values: args.radius === undefined ? sweptRadii : numberList("--radius", args.radius, margin), guards: guardsOf(args, config) };
}

function modeOf({ radius, rho, blend: a, guard }: SettingArguments): Setting["mode"] {
  const given = Object.entries({ radius, rho, blend: a }).filter(([, value]) => value !== undefined).map(([name]) => name);
  if (given.length > 1) throw new UserError(`--${given.join(" and --")}: only one of them`, "they are ways to say which keys stay");
  const mode = (given[0] ?? "radius") as Setting["mode"];
  if (mode === "blend" && guard !== undefined) throw new UserError("--guard widens a radius, and --blend has none", "leave out --guard");
  return mode;
}

function guardsOf({ guard }: SettingArguments, { slices, logSide }: SpeculationConfig): number[] {
  const guards = roundList("--guard", guard ?? (logSide === "key" ? "0" : defaultGuard), slices.length, { min: 0, max: 63, integer: true });
  if (logSide === "key" && guards.some((g) => g > 0)) throw new UserError(`--guard is ${guard}, and logSide is "key"; allowed: 0`, "a guard needs the query's codes");
  return guards;
}
