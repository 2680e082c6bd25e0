/**
 * The build's second step: writes the instrumented JavaScript of the project's own designs over what tsc wrote, so that
 * their signals have names and places. Types were checked by tsc, and its declaration files stay.
 */

import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { basename, join, posix, resolve } from "node:path";
import { ts } from "ts-morph";
import { transpile } from "../generator/source/transpile";

/** What a folder holds, as sorted paths with `/` relative to `root`; nothing when it does not exist. */
function entries(root: string, folder: string): { readonly path: string; readonly isFolder: boolean }[] {
  if (!statSync(join(root, folder), { throwIfNoEntry: false })) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .map((e) => ({ path: posix.join(folder, e.name), isFolder: e.isDirectory() }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function folders(root: string, under: string): string[] {
  return entries(root, under).flatMap((e) => (e.isFolder ? [e.path, ...folders(root, e.path)] : []));
}

function sources(root: string, under: string): string[] {
  return entries(root, under).flatMap(({ path, isFolder }) => {
    if (isFolder) return sources(root, path);
    return path.endsWith(".ts") && !path.endsWith(".d.ts") ? [path] : [];
  });
}

/** Folders that hold code written in the DSL. */
function designFolders(root: string): string[] {
  const tests = folders(root, "test").filter((f) => f.endsWith("/designs"));
  return ["generator/lib", "generator/lapa", "generator/rivals", "examples", ...tests];
}

function compilerOptions(root: string): ts.CompilerOptions {
  const path = join(root, "tsconfig.json");
  const { config } = ts.readConfigFile(path, (p) => readFileSync(p, "utf8")) as { config: { compilerOptions: object } };
  return ts.convertCompilerOptionsFromJson(config.compilerOptions, root).options;
}

/** Writes dist/<file>.js and its map. */
function rebuild(root: string, file: string, options: ts.CompilerOptions): void {
  const output = posix.join("dist", file.replace(/\.ts$/, ".js"));
  const fromOutput = (path: string): string => posix.relative(posix.dirname(output), path);
  const trace = fromOutput("dist/generator/hdl/trace").replace(/^(?!\.)/, "./");
  const { js, map } = transpile(readFileSync(join(root, file), "utf8"), basename(file), options, { file, trace });
  writeFileSync(join(root, output), js);
  writeFileSync(join(root, `${output}.map`), JSON.stringify({ ...(JSON.parse(map) as object), sources: [fromOutput(file)] }));
}

/**
 * Rebuilds every design of the repository at `root`, which tsc has compiled to dist/ with source maps.
 * @returns the sources, relative to `root`, in the order in which they were rebuilt.
 */
export function instrumentBuild(root: string): string[] {
  const options = compilerOptions(root);
  const files = [...new Set(designFolders(root).flatMap((f) => sources(root, f)))];
  for (const file of files) rebuild(root, file, options);
  return files;
}

if (require.main === module) instrumentBuild(resolve(__dirname, "../.."));
