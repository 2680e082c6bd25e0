/** Where results go when nobody says. */

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors";
import { isSystemError } from "../output-folder";

/**
 * The folder that was asked for, or `rtl-out/<name>` in the working directory; then `rtl-out` is made.
 * @throws UserError when that cannot be made.
 */
export function outputFolder(asked: string | undefined, name: string): string {
  if (asked !== undefined) return asked;
  try {
    mkdirSync("rtl-out", { recursive: true });
  } catch (error) {
    if (isSystemError(error, "EACCES", "EPERM", "EROFS", "EEXIST", "ENOSPC")) throw new UserError(`cannot make rtl-out: ${error.message}`, "say where to write: --out DIR");
    throw error;
  }
  return join("rtl-out", name);
}
