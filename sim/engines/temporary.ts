/** Temporary folders that are always removed. */

import { rmSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../../generator/errors";
import { onTermination } from "../../generator/termination";

/**
 * Runs `work` with a new, empty folder, and removes the folder whatever happens.
 * @throws UserError when there can be none.
 */
export async function withTemporary<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await makeFolder();
  const release = onTermination(() => rmSync(folder, { recursive: true, force: true }));
  try {
    return await work(folder);
  } finally {
    release();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function makeFolder(): Promise<string> {
  try {
    return await mkdtemp(join(await realpath(tmpdir()), "lapa-"));
  } catch (error) {
    throw new UserError(`cannot make a temporary folder in ${tmpdir()}: ${(error as Error).message}`, "set TMPDIR to a folder that can be written");
  }
}
