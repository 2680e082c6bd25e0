/** From positions in compiled code back to the designer's TypeScript. */

import type { SourceMapPayload } from "node:module";
import type { Location } from "../ir/types";

interface Loaded {
  readonly shown: string;
  readonly map: string;
}

const loaded = new Map<string, Loaded>();

/** Remembers the source map (JSON text) of a file that runs under the name `file`; `shown` is its path in locations. */
export function rememberMap(file: string, shown: string, map: string): void {
  loaded.set(file, { shown, map });
}

/**
 * The innermost frame of the error's stack that is in one of the designer's files, as a place in its TypeScript; null
 * when there is none, or when what was thrown is no error.
 */
export function userFrame(error: unknown): Location | null {
  // Not instanceof: the designer's code may run in another realm.
  const stack = (error as { readonly stack?: unknown } | null | undefined)?.stack;
  if (typeof stack !== "string") return null;
  for (const frame of stack.split("\n")) {
    const position = /:(\d+):(\d+)\)?$/.exec(frame);
    if (!position) continue;
    // A file's name may hold anything, brackets too: what is known is looked for, not what may be a name.
    const before = frame.slice(0, position.index);
    const known = [...loaded].find(([file]) => before.endsWith(` ${file}`) || before.endsWith(`(${file}`));
    if (known) return original(known[1], Number(position[1]), Number(position[2]));
  }
  return null;
}

function original({ shown, map }: Loaded, line: number, column: number): Location {
  // Required here and not above: most runs meet no error.
  const { SourceMap } = require("node:module") as typeof import("node:module");
  const entry = new SourceMap(JSON.parse(map) as SourceMapPayload).findEntry(line - 1, column - 1);
  const mapped = "originalLine" in entry;
  return mapped ? { file: shown, line: entry.originalLine + 1, column: entry.originalColumn + 1 } : { file: shown, line, column };
}
