/** Type check and instrumented emit of a designer's files. Loads ts-morph: a cached design never comes here. */

import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { Project, ts } from "ts-morph";
import { type Diagnostic, DiagnosticError } from "../diagnostics/diagnostic";
import type { Location } from "../ir/types";
import { type CompiledDesign, type CompiledFile, sha256 } from "./compiled-design";
import { instrument } from "./instrument";

/**
 * Compiles `entry` and every local file that it imports.
 * @param entry absolute path. @param index the package's index without extension, for imports of "lapa".
 * @throws DiagnosticError with one LAPA-E020 an error that TypeScript finds.
 */
export function compileDesign(entry: string, index: string): CompiledDesign {
  const project = new Project({ compilerOptions: compilerOptions(entry, index) });
  project.addSourceFileAtPath(entry);
  const program = project.getProgram().compilerObject;
  const shown = (file: string): string => slashes(relative(dirname(entry), file));
  const errors = ts.getPreEmitDiagnostics(program).filter((d) => d.category === ts.DiagnosticCategory.Error);
  if (errors.length > 0) throw new DiagnosticError(errors.map((d) => toDiagnostic(d, shown)));

  const emitted = emit(program, shown);
  const isEntry = (f: ts.SourceFile): boolean => f.fileName === slashes(entry);
  const local = program.getSourceFiles().filter((f) => isEntry(f) || isLocal(program, f, shown(f.fileName), index));
  return local
    .sort((a, b) => Number(isEntry(b)) - Number(isEntry(a)) || (a.fileName < b.fileName ? -1 : 1))
    .map((f): CompiledFile => ({ path: shown(f.fileName), sha256: sha256(f.text), code: emitted.get(f.fileName) ?? null }));
}

const slashes = (path: string): string => path.split(sep).join("/");

/** Always CommonJS, whatever the folder's package.json says, because elaboration is synchronous. */
function compilerOptions(entry: string, index: string): ts.CompilerOptions {
  const nodeTypes = nodeTypesFolder(entry);
  return {
    target: ts.ScriptTarget.ES2023,
    lib: ["lib.es2023.d.ts"],
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    strict: true,
    skipLibCheck: true,
    esModuleInterop: true,
    allowJs: true,
    resolveJsonModule: true,
    rewriteRelativeImportExtensions: true,
    sourceMap: true,
    // Nothing is written there; without it a .js file would seem to be overwritten.
    outDir: join(dirname(entry), ".lapa"),
    types: nodeTypes === null ? [] : ["node"],
    ...(nodeTypes === null ? {} : { typeRoots: [nodeTypes] }),
    paths: { lapa: [`${index}.d.ts`], "lapa/units": [`${dirname(index)}/units.d.ts`] },
  };
}

/** The folder with Node's types: the designer's own, or else this package's. */
function nodeTypesFolder(entry: string): string | null {
  for (const from of [entry, __filename]) {
    try {
      return dirname(dirname(createRequire(from).resolve("@types/node/package.json")));
    } catch {
      // Not there: look in the next place.
    }
  }
  return null;
}

/** Whether the file is the designer's: no library's, and not a declaration of this package. */
function isLocal(program: ts.Program, file: ts.SourceFile, shown: string, index: string): boolean {
  const ofPackage = file.isDeclarationFile && file.fileName.startsWith(slashes(dirname(index)) + "/");
  const ofLibrary = program.isSourceFileDefaultLibrary(file) || program.isSourceFileFromExternalLibrary(file);
  return !ofPackage && !ofLibrary && !shown.includes("node_modules/");
}

/** JavaScript and source map by source file. */
function emit(program: ts.Program, shown: (file: string) => string): Map<string, { js: string; map: string }> {
  const emitted = new Map<string, { js: string; map: string }>();
  const before: ts.TransformerFactory<ts.SourceFile> = (context) => (file) =>
    instrument({ file: shown(file.fileName), trace: "lapa/trace" })(context)(file);
  program.emit(undefined, (path, text, _mark, _onError, sources) => {
    const source = sources?.[0]?.fileName;
    if (source === undefined || path.endsWith(".json")) return;
    const { js, map } = emitted.get(source) ?? { js: "", map: "" };
    emitted.set(source, path.endsWith(".map") ? { js, map: portable(text, shown(source)) } : { js: withoutMapReference(text), map });
  }, undefined, false, { before: [before] });
  return emitted;
}

/** The map without the folder's location in it. */
function portable(map: string, source: string): string {
  return JSON.stringify({ ...(JSON.parse(map) as object), sourceRoot: "", sources: [source] });
}

/** The map is kept apart and applied by positions.ts: a reader of stack traces must not apply one twice. */
function withoutMapReference(js: string): string {
  return js.replace(/\/\/# sourceMappingURL=.*\s*$/, "");
}

/** TypeScript's code for a member whose type is not that of the base class's; such as a port named `reg`. */
const overriddenBadly = 2416;

function toDiagnostic(d: ts.Diagnostic, shown: (file: string) => string): Diagnostic {
  const message = `TS${d.code}: ${ts.flattenDiagnosticMessageText(d.messageText, "\n")}`;
  return { code: "LAPA-E020", message, loc: location(d, shown), hint: d.code === overriddenBadly ? "The base class has a member of that name, and uses it: rename this one." : "", related: [] };
}

function location({ file, start }: ts.Diagnostic, shown: (file: string) => string): Location | null {
  if (file === undefined || start === undefined) return null;
  const { line, character } = file.getLineAndCharacterOfPosition(start);
  return { file: shown(file.fileName), line: line + 1, column: character + 1 };
}
