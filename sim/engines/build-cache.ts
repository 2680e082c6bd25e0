/** Compiled files by the hash of all that went into them. Safe for any number of processes at once. */

import { createHash, randomBytes } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { isSystemError } from "../../generator/output-folder";

/** Entries kept; the ones used longest ago go first. */
const kept = 64;

/** @param tool a folder name. @returns where its entries live: below `XDG_CACHE_HOME`, or `~/.cache`. */
export function cacheFolder(tool: string): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "lapa", tool);
}

const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

/** The name of an entry that depends on all of `parts`, and on where one ends and the next begins. */
export function cacheKey(parts: readonly string[]): string {
  return sha256(JSON.stringify(parts));
}

/**
 * Copies the entry `key` to `file`, with its permissions.
 * @returns false when there is none, or it is damaged; there is no `file` then.
 */
export async function fetchEntry(cache: string, key: string, file: string): Promise<boolean> {
  const entry = join(cache, key);
  try {
    // What is checked and used is the copy: the entry may be replaced meanwhile.
    await copyFile(join(entry, "content"), file);
    if (sha256(await readFile(file)) === await readFile(join(entry, "sha256"), "utf8")) {
      // Where this cannot be noted, or the entry has gone meanwhile, the copy is as good.
      await utimes(entry, new Date(), new Date()).catch(() => undefined);
      return true;
    }
  } catch (error) {
    if (!isSystemError(error, "ENOENT", "ENOTDIR", "EACCES", "EPERM", "EROFS")) throw error;
  }
  await rm(file, { force: true });
  return false;
}

/** Makes `file` the entry `key`, whole or not at all. A cache that cannot be written is left alone. */
export async function storeEntry(cache: string, key: string, file: string): Promise<void> {
  const fresh = join(cache, `new-${randomBytes(6).toString("hex")}`);
  try {
    await mkdir(fresh, { recursive: true });
    await copyFile(file, join(fresh, "content"));
    await writeFile(join(fresh, "sha256"), sha256(await readFile(join(fresh, "content"))));
    // A damaged entry is in the way; of two made at once, the one that comes second is dropped.
    await rm(join(cache, key), { recursive: true, force: true });
    await rename(fresh, join(cache, key));
    await prune(cache);
  } catch (error) {
    if (!isSystemError(error, "ENOENT", "ENOTDIR", "ENOTEMPTY", "EEXIST", "EACCES", "EPERM", "EROFS", "ENOSPC")) throw error;
  } finally {
    await rm(fresh, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function prune(cache: string): Promise<void> {
  const names = await readdir(cache);
  const entries = await Promise.all(names.map(async (name) => ({ name, used: (await stat(join(cache, name))).mtimeMs })));
  entries.sort((a, b) => b.used - a.used);
  for (const { name } of entries.slice(kept)) await rm(join(cache, name), { recursive: true, force: true });
}
