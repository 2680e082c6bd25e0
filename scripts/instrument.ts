/**
 * The build's second step: writes the instrumented JavaScript of the project's own designs over what tsc wrote, so that
 * their signals have names and places. Types were checked by tsc, and its declaration files stay.
 */

import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { basename, join, posix, resolve } from "node:path";
import { ts } from "ts-morph";
import { transpile } from "../generator/source/transpile";

const root = resolve(__dirname, "../..");

/** Folders, relative to the repository, that hold code written in the DSL. */
function designFolders(): string[] {
  const tests = folders("test").filter((f) => f.endsWith("/designs"));
  return ["generator/lib", "generator/lapa", "generator/rivals", "examples", ...tests];
}

function folders(under: string): string[] {
  return entries(under).filter((f) => statSync(join(root, f)).isDirectory()).flatMap((f) => [f, ...folders(f)]);
}

function sources(under: string): string[] {
  return entries(under).flatMap((f) => {
    if (statSync(join(root, f)).isDirectory()) return sources(f);
    return f.endsWith(".ts") && !f.endsWith(".d.ts") ? [f] : [];
  });
}

/** What a folder holds, as paths with `/` relative to the repository; nothing when it does not exist. */
function entries(folder: string): string[] {
  const path = join(root, folder);
  if (!statSync(path, { throwIfNoEntry: false })) return [];
  return readdirSync(path).sort().map((name) => posix.join(folder, name));
}

function compilerOptions(): ts.CompilerOptions {
  const path = join(root, "tsconfig.json");
  const { config } = ts.readConfigFile(path, (p) => readFileSync(p, "utf8")) as { config: { compilerOptions: object } };
  return ts.convertCompilerOptionsFromJson(config.compilerOptions, root).options;
}

/** Writes dist/<file>.js and its map. */
function rebuild(file: string, options: ts.CompilerOptions): void {
  const output = posix.join("dist", file.replace(/\.ts$/, ".js"));
  const trace = posix.relative(posix.dirname(output), "dist/generator/hdl/trace");
  const { js, map } = transpile(readFileSync(join(root, file), "utf8"), basename(file), options, { file, trace });
  const placed = { ...(JSON.parse(map) as object), sources: [posix.relative(posix.dirname(output), file)] };
  writeFileSync(join(root, output), js);
  writeFileSync(join(root, `${output}.map`), JSON.stringify(placed));
}

const options = compilerOptions();
for (const file of [...new Set(designFolders().flatMap(sources))]) rebuild(file, options);
