/** Writing a folder of results so that it is there completely or not at all. */

import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, type Stats, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, posix, relative, resolve, sep } from "node:path";
import { UserError } from "./errors";
import { onTermination, removeFolder } from "./termination";

/** A folder that holds one of these, with a `schema` that starts with `lapa-`, was written by lapa. */
const markers = ["manifest.json", "vectors.json"];

/** What a marker says of the files beside it: a manifest in one way, a description of vectors in the other. */
interface Marker {
  readonly schema: string;
  readonly files?: readonly { readonly path: string }[];
  readonly channels?: readonly { readonly file: string }[];
  readonly testbench?: { readonly file: string };
}

/**
 * Writes a folder atomically: into a temporary sibling, which then takes the folder's name. What was there before is
 * replaced only when everything has been written, and is untouched otherwise. A marker file among `files`
 * (`manifest.json` or `vectors.json`, an object whose `schema` starts with `lapa-`) lets the folder be replaced later, as
 * long as it holds nothing but the files that the marker lists.
 * @param dir the folder; its parent must exist.
 * @param files contents by path relative to `dir`, with forward slashes.
 * @throws UserError when the parent is missing or cannot be written, or when `dir` is a file, contains the working
 * directory, or is neither empty nor has a marker, or has that of the other kind: vectors do not take the place of RTL.
 * RangeError for a path that leaves the folder.
 */
export async function writeFolder(dir: string, files: ReadonlyMap<string, string | Uint8Array>): Promise<void> {
  for (const path of files.keys()) checkInside(path);
  const target = replaceable(dir, markers.find((m) => files.has(m)));
  const temporary = join(dirname(target), `.lapa-tmp-${randomBytes(6).toString("hex")}`);
  const remove = (): void => removeFolder(temporary);
  const release = onTermination(remove);
  try {
    // By this thread: what another one makes could come back after a signal handler has removed it.
    mkdirSync(temporary);
    for (const [path, content] of files) {
      mkdirSync(dirname(join(temporary, path)), { recursive: true });
      writeFileSync(join(temporary, path), content);
      await pendingSignals();
    }
    replace(target, temporary);
  } catch (error) {
    throw writingError(error, dir);
  } finally {
    remove();
    release();
  }
}

/** Lets signals that came meanwhile have their effect. */
const pendingSignals = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** What the operating system says against writing, as a user's mistake; any other error as it is. */
function writingError(error: unknown, dir: string): unknown {
  return isSystemError(error) ? new UserError(`cannot write ${dir}: ${error.message}`, "choose a folder that can be written") : error;
}

/** Holds a path against leaving the folder that it is relative to. @throws RangeError. */
export function checkInside(path: string): void {
  const clean = posix.normalize(path);
  if (path === "" || clean !== path || clean.startsWith("../") || clean === ".." || clean === "." || path.startsWith("/") || path.endsWith("/") || path.includes("\\")) {
    throw new RangeError(`"${path}" is not a plain relative path`);
  }
}

/** The real path of a folder that may be written or replaced. @param marker what it will have. @throws UserError when it may not. */
function replaceable(dir: string, marker: string | undefined): string {
  try {
    return checkedTarget(dir, marker);
  } catch (error) {
    throw writingError(error, dir);
  }
}

function checkedTarget(dir: string, marker: string | undefined): string {
  const path = resolve(dir);
  const parent = statOf(dirname(path));
  if (!parent?.isDirectory()) {
    throw new UserError(`cannot write ${dir}: there is no folder ${dirname(path)}`, "make it first");
  }
  const existing = statOf(path);
  if (existing === null) return path;
  if (!existing.isDirectory()) throw new UserError(`cannot write ${dir}: it is a file`, "choose another name");
  const target = realpathSync(path);
  if ((process.cwd() + sep).startsWith(target + sep)) {
    throw new UserError(`cannot replace ${dir}: the working directory is in it`, "choose a folder below, or work elsewhere");
  }
  demandOwn(target, dir, marker);
  return target;
}

/** What is there; null where nothing can be seen. */
function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

/** Holds a folder against having anything in it that lapa did not write, or wrote for something else than will come. */
function demandOwn(target: string, dir: string, marker: string | undefined): void {
  const entries = readdirSync(target, { recursive: true, withFileTypes: true });
  if (entries.length === 0) return;
  const found = markers.map((m) => readMarker(target, m)).find((m) => m !== null);
  if (found === undefined) throw new UserError(`${dir} is not empty, and lapa did not write it`, "choose another folder, or empty this one");
  if (marker !== undefined && found[0] !== marker) {
    throw new UserError(`${dir} holds ${marker === "vectors.json" ? "RTL" : "vectors"}, which would be lost`, "choose another folder, or remove this one");
  }
  const paths = entries.filter((e) => !e.isDirectory()).map((e) => relative(target, join(e.parentPath, e.name)).split(sep).join("/"));
  const foreign = paths.sort().find((path) => !found.includes(path));
  if (foreign !== undefined) {
    throw new UserError(`${dir} holds ${foreign}, which lapa did not write and would be lost`, "move it elsewhere, or choose another folder");
  }
}

/** The marker's own name and the files that it lists; null when it is missing or is none of lapa's. */
function readMarker(dir: string, name: string): string[] | null {
  try {
    const { schema, files = [], channels = [], testbench } = JSON.parse(readFileSync(join(dir, name), "utf8")) as Marker;
    if (!schema.startsWith("lapa-")) return null;
    return [name, ...files.map((f) => f.path), ...channels.map((c) => c.file), ...(testbench === undefined ? [] : [testbench.file])];
  } catch {
    return null;
  }
}

/** Synchronous, so that no signal handler runs between the renames. */
function replace(target: string, temporary: string): void {
  const old = join(dirname(target), `${basename(temporary)}-old`);
  let moved = false;
  try {
    renameSync(target, old);
    moved = true;
  } catch (error) {
    if (!isSystemError(error, "ENOENT")) throw error;
  }
  try {
    renameSync(temporary, target);
  } catch (error) {
    if (moved) renameSync(old, target);
    throw error;
  }
  rmSync(old, { recursive: true, force: true });
}

/** Whether an error is one of the operating system's, with one of these codes if any are given. */
export function isSystemError(error: unknown, ...codes: string[]): error is NodeJS.ErrnoException {
  // Not instanceof: the error may come from another realm.
  if (typeof error !== "object" || error === null || !("code" in error)) return false;
  return codes.length === 0 ? "syscall" in error : codes.includes(String(error.code));
}
