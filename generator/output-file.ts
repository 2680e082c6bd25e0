/** Writing one file of results so that it is there completely or not at all. */

import { randomBytes } from "node:crypto";
import { renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { UserError } from "./errors";
import { isSystemError } from "./output-folder";
import { onTermination } from "./termination";

/**
 * Writes a file atomically: a temporary sibling, which then takes its name. A file of that name is replaced.
 * @throws UserError when `file` is a folder, or its folder is missing or cannot be written.
 */
export function writeOutputFile(file: string, content: string | Uint8Array): void {
  checkOutputFile(file);
  const temporary = join(dirname(resolve(file)), `.lapa-tmp-${randomBytes(6).toString("hex")}`);
  const remove = (): void => rmSync(temporary, { force: true });
  const release = onTermination(remove);
  try {
    writeFileSync(temporary, content);
    renameSync(temporary, file);
  } catch (error) {
    if (isSystemError(error, "EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "ENOENT", "ENAMETOOLONG")) {
      throw new UserError(`cannot write ${file}: ${error.message}`, "choose a file in a folder that can be written");
    }
    throw error;
  } finally {
    remove();
    release();
  }
}

/** For what can be seen before the results are there. @throws UserError as `writeOutputFile` does. */
export function checkOutputFile(file: string): void {
  const folder = dirname(resolve(file));
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw new UserError(`cannot write ${file}: there is no folder ${folder}`, "make it first");
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) throw new UserError(`cannot write ${file}: it is a folder`, "name a file in it");
}
