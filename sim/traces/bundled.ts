/** The traces that come with the package. */

import * as fs from "node:fs";
import * as path from "node:path";
import { UserError } from "../../generator/errors";

const SUFFIX = ".safetensors";
/** Compiled code runs from dist/sim/traces, in the repository as in the package; the data stays beside the sources. */
const FOLDER = path.resolve(__dirname, "../../../sim/traces/data");

/** Name and absolute path of every bundled trace, sorted by name. */
export function bundledTraces(): { readonly name: string; readonly path: string }[] {
  const files = fs.readdirSync(FOLDER).filter((file) => file.endsWith(SUFFIX)).sort();
  return files.map((file) => ({ name: path.basename(file, SUFFIX), path: path.join(FOLDER, file) }));
}

/**
 * The path of a trace: a bundled one's by its name (with or without `.safetensors`), else `nameOrPath` itself.
 * A file of one's own that has a bundled name is reached as `./name`.
 * @throws UserError when it is neither a bundled name nor an existing path.
 */
export function resolveTrace(nameOrPath: string): string {
  const bundled = bundledTraces();
  const found = bundled.find(({ name }) => nameOrPath === name || nameOrPath === name + SUFFIX);
  if (found !== undefined) return found.path;
  if (nameOrPath !== "" && fs.existsSync(nameOrPath)) return nameOrPath;
  throw new UserError(
    `${nameOrPath === "" ? "an empty name" : nameOrPath}: no such trace`,
    `name a safetensors file, a folder of .npy files, or a bundled trace: ${bundled.map((t) => t.name).join(", ")}`,
  );
}
