/** Runs a designer's own TypeScript file in this process: checked, instrumented, and cached. */

import { realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, resolve } from "node:path";
import { compileFunction } from "node:vm";
import { DiagnosticError } from "../diagnostics/diagnostic";
import { rememberMap, userFrame } from "../diagnostics/positions";
import { thrownText, UserError } from "../errors";
import { cacheFile, type CompiledDesign, type CompiledFile, readCache, writeCache } from "./compiled-design";

export interface LoadedDesign {
  /** What the entry exports. */
  readonly exports: Readonly<Record<string, unknown>>;
  /** Absolute path of the entry. */
  readonly file: string;
  /** Absolute paths of the entry and of every local file it imports, entry first. */
  readonly sources: readonly string[];
}

const extensions = [".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"];

/**
 * Compiles and runs a design outside the package. `import ... from "lapa"` and "lapa/units" are this package; other bare imports are
 * looked up from the designer's own folder. Locations show paths relative to the entry's folder, so that they do not
 * depend on where the folder is. Compiled files are kept in `$XDG_CACHE_HOME/lapa/designs`; a change in any local file
 * compiles anew (a change in an installed package's types does not).
 * @param file path of the entry, from the current folder.
 * @param index the package's index module without extension.
 * @throws UserError when there is no such file or it is none that can be compiled; DiagnosticError with LAPA-E020 for
 *   every error of TypeScript's, with LAPA-E021 when the file throws while it is loaded.
 */
export function loadDesign(file: string, index: string = join(__dirname, "..", "index")): LoadedDesign {
  const entry = entryPath(file);
  const design = compiled(entry, index);
  const files = new Map(design.map((f) => [resolve(dirname(entry), f.path), f]));
  const limit = Error.stackTraceLimit;
  try {
    // The library's own frames must not push the designer's out of the stack.
    Error.stackTraceLimit = 1000;
    return { exports: new DesignModules(files, index).load(entry), file: entry, sources: [...files.keys()] };
  } catch (error) {
    // What the library says is already said for the designer.
    if (error instanceof DiagnosticError || error instanceof UserError) throw error;
    throw new DiagnosticError([{
      code: "LAPA-E021", message: `the file threw while it was loaded: ${messageOf(error)}`, loc: userFrame(error) ?? { file: design[0]!.path, line: 1, column: 1 },
      hint: "A design file must load without an error before anything in it can be elaborated.", related: [],
    }]);
  } finally {
    Error.stackTraceLimit = limit;
  }
}

function entryPath(file: string): string {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) throw new UserError(`${file}: no such file`, "Give the path of a TypeScript file that exports a module.");
  if (found.isDirectory()) throw new UserError(`${file} is a folder`, "Give the path of a TypeScript file in it.");
  if (!extensions.includes(extname(file))) {
    throw new UserError(`${file}: not a TypeScript or JavaScript file`, `A design's name ends in one of ${extensions.join(", ")}.`);
  }
  return realpathSync(file);
}

function compiled(entry: string, index: string): CompiledDesign {
  const cache = cacheFile(entry, compilerKey(index));
  const cached = readCache(cache, entry);
  if (cached) return cached;
  // Required here and not above, because it takes half a second to load the compiler.
  const { compileDesign } = require("./compile-design") as typeof import("./compile-design");
  const design = compileDesign(entry, index);
  writeCache(cache, design);
  return design;
}

/** Whatever else decides what the compiler makes of a file: versions, and when the package itself was built. */
function compilerKey(index: string): string {
  const built = [`${index}.d.ts`, join(__dirname, "instrument.js")].map((f) => statSync(f, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  const version = (name: string): unknown => (require(name) as { version: unknown }).version;
  return JSON.stringify([version("../../../package.json"), version("ts-morph/package.json"), index, built]);
}

function messageOf(error: unknown): string {
  const { name, message } = (error ?? {}) as { readonly name?: unknown; readonly message?: unknown };
  return typeof name === "string" && typeof message === "string" ? `${name}: ${message}` : thrownText(error);
}

type Exports = Record<string, unknown>;

/** The designer's modules, each run once, under the name of its TypeScript file. */
class DesignModules {
  private readonly modules = new Map<string, { exports: Exports }>();

  constructor(private readonly files: ReadonlyMap<string, CompiledFile>, private readonly index: string) {}

  load(file: string): Exports {
    const known = this.modules.get(file);
    if (known) return known.exports; // Unfinished when files import each other, as in any CommonJS.
    const { path, code } = this.files.get(file)!;
    const module: { exports: Exports } = { exports: {} };
    this.modules.set(file, module);
    rememberMap(file, path, code!.map);
    const body = compileFunction(code!.js, ["exports", "require", "module", "__filename", "__dirname"], { filename: file });
    body.call(module.exports, module.exports, this.requireFrom(file), module, file, dirname(file));
    return module.exports;
  }

  private requireFrom(file: string): (id: string) => unknown {
    const outside = createRequire(file);
    return (id) => {
      if (id === "lapa") return require(this.index);
      if (id === "lapa/units") return require(join(dirname(this.index), "units"));
      if (id === "lapa/trace") return require("../hdl/trace");
      const local = /^\.{1,2}(\/|$)/.test(id) ? this.find(resolve(dirname(file), id)) : null;
      return local === null ? outside(id) : this.load(local);
    };
  }

  /** The compiled file that an import of `path` means: with or without extension, or a folder's index. */
  private find(path: string): string | null {
    const stem = path.replace(/\.[mc]?js$/, "");
    const candidates = [path, ...[stem, path, join(path, "index")].flatMap((base) => extensions.map((e) => base + e))];
    return candidates.find((f) => this.files.get(f)?.code) ?? null;
  }
}
