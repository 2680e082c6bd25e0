/** Temporary folders that are always removed. */

import { mkdtempSync } from "node:fs";
import { realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTermination, removeFolder } from "../../generator/termination";

/** Runs `work` with a new, empty folder, and removes the folder whatever happens. */
export async function withTemporary<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(await realpath(tmpdir()), "lapa-"));
  const release = onTermination(() => removeFolder(folder));
  try {
    return await work(folder);
  } finally {
    release();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
