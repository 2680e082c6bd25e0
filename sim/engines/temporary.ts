/** Temporary folders that are always removed. */

import { mkdtempSync } from "node:fs";
import { mkdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { VerilogFile } from "../../generator/emit/collateral";
import { UserError } from "../../generator/errors";
import { checkInside } from "../../generator/output-folder";
import { onTermination, removeFolder } from "../../generator/termination";

/**
 * Runs `work` with a new, empty folder, and removes the folder whatever happens.
 * @throws UserError when there can be none.
 */
export async function withTemporary<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await makeFolder();
  const release = onTermination(() => removeFolder(folder));
  try {
    return await work(folder);
  } finally {
    release();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Writes files below a folder. @returns their names. @throws RangeError for a name that leaves the folder. */
export async function writeBelow(folder: string, files: readonly VerilogFile[]): Promise<string[]> {
  for (const { name, text } of files) {
    checkInside(name);
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return files.map((f) => f.name);
}

async function makeFolder(): Promise<string> {
  try {
    return mkdtempSync(join(await realpath(tmpdir()), "lapa-"));
  } catch (error) {
    throw new UserError(`cannot make a temporary folder in ${tmpdir()}: ${(error as Error).message}`, "set TMPDIR to a folder that can be written");
  }
}
