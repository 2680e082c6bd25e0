/** A designer's files after compilation, and the cache that keeps them from one run to the next. */

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join, resolve } from "node:path";

/** One of the designer's own files: the entry, or what it imports by a relative path. */
export interface CompiledFile {
  /** Relative to the entry's folder, with `/`: independent of where that folder is. */
  readonly path: string;
  /** Of the text that was compiled. */
  readonly sha256: string;
  /** Instrumented CommonJS and its source map; null for a file that emits nothing, such as a declaration file. */
  readonly code: { readonly js: string; readonly map: string } | null;
}

/** Entry first. */
export type CompiledDesign = readonly CompiledFile[];

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A file's text as the compiler reads it: without a byte order mark. */
function textOf(file: string): string {
  return readFileSync(file, "utf8").replace(/^\uFEFF/, "");
}

/** Where the design's compiled form is kept: one file a design and compiler, so that edits do not pile up. */
export function cacheFile(entry: string, compiler: string): string {
  const xdg = process.env["XDG_CACHE_HOME"] ?? "";
  // The XDG specification has relative paths ignored.
  const root = isAbsolute(xdg) ? xdg : join(homedir(), ".cache");
  return join(root, "lapa", "designs", `${sha256(JSON.stringify([compiler, entry]))}.json`);
}

/** The cached design if it is whole and none of its files has changed since; null otherwise. */
export function readCache(cache: string, entry: string): CompiledDesign | null {
  try {
    const text = readFileSync(cache, "utf8");
    const end = text.indexOf("\n");
    const body = text.slice(end + 1);
    if (text.slice(0, end) !== sha256(body)) return null;
    const design = JSON.parse(body) as CompiledDesign;
    return design.every((f) => sha256(textOf(resolve(dirname(entry), f.path))) === f.sha256) ? design : null;
  } catch {
    return null; // No entry, or one of the design's files is gone: the compiler says what is wrong.
  }
}

/** Keeps the design. A cache that cannot be written costs time at the next run and nothing else. */
export function writeCache(cache: string, design: CompiledDesign): void {
  const body = JSON.stringify(design);
  const temporary = `${cache}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(cache), { recursive: true });
    writeFileSync(temporary, `${sha256(body)}\n${body}`);
    renameSync(temporary, cache);
  } catch {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // What could not be written may not be removable either.
    }
  }
}
