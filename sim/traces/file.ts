import * as fs from "node:fs";
import { UserError } from "../../generator/errors";

/** All bytes of a regular file. @throws UserError when it is missing, not a regular file, empty or unreadable. */
export function readBytes(file: string): Uint8Array {
  if (!fs.existsSync(file)) throw new UserError(`${file}: no such file`, "check the path, or use the name of a bundled trace");
  const stat = fs.statSync(file);
  if (stat.isDirectory()) throw new UserError(`${file}: is a directory, not a file`, "name a file in it");
  // A pipe or a device could block for ever.
  if (!stat.isFile()) throw new UserError(`${file}: is not a regular file`, "copy its contents to a file and name that");
  if (stat.size === 0) throw new UserError(`${file}: is empty (0 bytes)`, "write or download it again");
  try {
    return fs.readFileSync(file);
  } catch (error) {
    throw new UserError(
      `${file}: cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      "check its permissions and size",
    );
  }
}
