/** Runs the command line in this process, and collects what it says. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../generator/cli/run";

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function lapa(...argv: string[]): Promise<Said> {
  const said = { out: "", err: "" };
  const code = await run(argv, { out: (t) => { said.out += t; }, err: (t) => { said.err += t; }, watched: false });
  return { code, ...said };
}

/** Holds a run against being a user's mistake: exit code 2, nothing on standard output, no stack. @returns the message. */
export async function mistake(...argv: string[]): Promise<string> {
  const { code, out, err } = await lapa(...argv);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).not.toMatch(/^ +at /m);
  return err.trimEnd();
}

export interface VerifyResult {
  readonly code: number;
  readonly ok: boolean;
  readonly runs: readonly { engine: string; source: string; verdict: string; compared: number; available: number; vectors: number; cycles: number; stalled: boolean; modelCycles: number | null; isCounted: boolean }[];
}

/** `lapa verify`, which must at least get as far as a result. */
export async function verified(...args: string[]): Promise<VerifyResult> {
  const { code, out } = await lapa("verify", "--json", ...args);
  return { code, ...(JSON.parse(out) as Omit<VerifyResult, "code">) };
}

/** An empty folder for each test; its path is `folder.path`. */
export function eachFolder(): { readonly path: string; file(name: string, text: string | Uint8Array): string } {
  let path = "";
  beforeEach(() => { path = mkdtempSync(join(tmpdir(), "lapa-test-")); });
  afterEach(() => rmSync(path, { recursive: true, force: true }));
  return {
    get path() { return path; },
    file: (name, text) => {
      writeFileSync(join(path, name), text);
      return join(path, name);
    },
  };
}

/** Every file below a folder, with its text; to see that nothing changed. */
export function contents(folder: string): Record<string, string> {
  const names = (readdirSync(folder, { recursive: true }) as string[]).filter((name) => statSync(join(folder, name)).isFile());
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}
