/** Verilator's run-time library: most of a build's time, and the same for every design. Compiled once, kept in the cache. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cacheKey, fetchEntry, storeEntry } from "./build-cache";
import { runProcess } from "./process";

/**
 * Puts those of the library's objects that have been compiled before where make takes them for done.
 * @param obj the folder in which Verilator has written its C++ and `Vtb.mk`.
 * @param tools the versions of Verilator and of the compiler.
 * @returns a function that stores the others, once make has compiled them.
 */
export async function fetchLibrary(cache: string, obj: string, tools: readonly string[], signal?: AbortSignal): Promise<() => Promise<void>> {
  const missing: { key: string; file: string }[] = [];
  for (const { name, command } of await compilations(obj, signal)) {
    const [key, file] = [cacheKey([...tools, process.platform, process.arch, command]), join(obj, name)];
    if (!(await fetchEntry(cache, key, file))) missing.push({ key, file });
  }
  return async () => {
    for (const { key, file } of missing) await storeEntry(cache, key, file);
  };
}

/** The objects that this design needs, and how make would compile them here: the environment may add flags of its own. */
async function compilations(obj: string, signal?: AbortSignal): Promise<{ name: string; command: string }[]> {
  await writeFile(join(obj, "library.mk"), "library: $(VK_GLOBAL_OBJS)\n");
  const { stdout } = await runProcess("make", ["-n", "-f", "Vtb.mk", "-f", "library.mk", "library"], { cwd: obj, signal });
  return [...stdout.matchAll(/^.* -c -o (\w+\.o) \S+$/gm)].map(([command, name]) => ({ name, command }));
}
