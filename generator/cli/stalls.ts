/** The options of simulation that commands share. */

import type { Options } from "yargs";
import type { Stalls } from "../../sim/vectors/stalls";
import { UserError } from "../errors";

export const stallOptions = {
  seed: { type: "number", default: 1, describe: "Of stalls, random words and state that is not reset; 1 to 4294967295" },
  "stall-in": { type: "number", default: 64, describe: "How often an input stream pauses, in 1/256: 0 (never) to 255; epochs without a pause, with many and with a long one come in between" },
  "stall-out": { type: "number", default: 64, describe: "How often an output stream is not ready, likewise" },
} as const satisfies Record<string, Options>;

/** @throws UserError for a value out of range. */
export function stallsOf(args: { readonly seed: number; readonly "stall-in": number; readonly "stall-out": number }): Stalls {
  checkInteger("--seed", args.seed, 1, 0xffffffff);
  checkInteger("--stall-in", args["stall-in"], 0, 255);
  checkInteger("--stall-out", args["stall-out"], 0, 255);
  return { seed: args.seed, input: args["stall-in"], output: args["stall-out"] };
}

/** @throws UserError when `value` is not an integer from `min` to `max`. */
export function checkInteger(option: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new UserError(`${option} is ${value}; allowed: an integer ${max === Number.MAX_SAFE_INTEGER ? `of ${min} or more` : `from ${min} to ${max}`}`);
  }
}
