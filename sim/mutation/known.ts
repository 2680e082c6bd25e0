/** Survivors that cannot matter, each with the reason why. */

import { UserError } from "../../generator/errors";

export interface KnownSurvivor {
  /** The configuration's name, as `--config` has it. */
  readonly config: string;
  /** The fault's identity. */
  readonly fault: string;
  readonly reason: string;
}

const form = 'it holds { "survivors": [{ "config": "tiny", "fault": "...", "reason": "..." }] }';

/** Reads the list. @throws UserError for what is no such list, a reason that is empty, or a fault that is listed twice. */
export function knownSurvivors(text: string, file: string): KnownSurvivor[] {
  const fail = (what: string): never => { throw new UserError(`${file}: ${what}`, form); };
  const parsed = parse(text, fail);
  const { survivors } = (parsed ?? {}) as { readonly survivors?: unknown };
  if (!Array.isArray(survivors)) return fail("there is no list of survivors");
  const seen = new Set<string>();
  return survivors.map((entry: unknown, i): KnownSurvivor => {
    const { config, fault, reason, ...others } = (entry ?? {}) as Record<string, unknown>;
    const isText = (x: unknown): x is string => typeof x === "string" && x.trim() !== "";
    if (!isText(config) || !isText(fault) || !isText(reason) || Object.keys(others).length > 0) return fail(`entry ${i + 1} is not a configuration, a fault and a reason`);
    const key = `${config} ${fault}`;
    if (seen.has(key)) fail(`${fault} is listed twice for ${config}`);
    seen.add(key);
    return { config, fault, reason };
  });
}

function parse(text: string, fail: (what: string) => never): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    return fail(`is not JSON: ${(error as Error).message}`);
  }
}
