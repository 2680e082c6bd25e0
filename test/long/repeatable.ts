/** Runs of `lapa verify` that, where they fail, say how to repeat them. */

import { verified } from "../cli/lapa";
import { scratch } from "../engines/engine-suite";

/** Minutes, not seconds: whole traces in a slow simulator. */
jest.setTimeout(30 * 60_000);
process.env.XDG_CACHE_HOME = scratch();

const total = { compared: 0, runs: 0 };
afterAll(() => console.log(`${total.compared.toLocaleString("en")} values compared in ${total.runs.toLocaleString("en")} runs`));

/** Options for every key of a configuration. */
export function settings(config: object): string[] {
  return Object.entries(config).flatMap(([key, value]) => ["--set", `${key}=${value}`]);
}

/**
 * Holds a run of `lapa verify` against passing, with so many runs (an engine on a source each), none of which left any
 * word out unless it is allowed to.
 * @throws Error with the command line, and what it printed.
 */
export async function expectVerified(args: readonly string[], runs: number, partly: (engine: string) => boolean = () => false): Promise<void> {
  const command = `lapa verify ${args.join(" ")}`;
  const result = await verified(...args).catch((error: unknown) => { throw new Error(`${command}: ${String(error)}`); });
  const sound = (r: (typeof result.runs)[number]): boolean => r.verdict === "pass" && r.compared > 0 && (r.compared === r.available || partly(r.engine));
  if (result.code !== 0 || result.runs?.length !== runs || !result.runs.every(sound)) throw new Error(`${command}\n${JSON.stringify(result, null, 2)}`);
  for (const { compared } of result.runs) total.compared += compared;
  total.runs += runs;
}
