/**
 * Data goes one way: a design (hdl) becomes a circuit (ir), passes change it, emit prints it. Beside that, configuration and
 * trace make golden results, these make vectors, and engines run them. No import goes against this.
 */

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

/**
 * What each room's files may import besides each other: rooms, single files, and packages, `node` for those of Node itself.
 * After `type`, only types. A room is a folder with what is below it, or a file; a room within another is apart from it.
 * `lapa` and `lapa/units` are generator/index and generator/units.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  "generator/errors": [],
  "generator/nearest": [],
  "generator/termination": ["node"],
  "generator/output-file": ["generator/errors", "generator/output-folder", "generator/termination", "node"],
  "generator/output-folder": ["generator/errors", "generator/termination", "node"],

  "generator/ir": [],
  "generator/diagnostics": ["type generator/ir", "node"],
  "generator/hdl": ["generator/ir", "generator/diagnostics", "generator/errors"],
  "generator/source": ["generator/hdl", "type generator/ir", "generator/diagnostics", "generator/errors", "node", "ts-morph"],
  "generator/passes": ["generator/ir", "generator/diagnostics"],
  "generator/emit": ["generator/ir", "generator/diagnostics", "node"],
  "generator/elaborate-file": ["generator/hdl", "type generator/ir", "generator/source"],
  "generator/build": ["type generator/ir", "type generator/diagnostics", "generator/passes", "generator/emit"],
  "generator/index": [
    "generator/errors", "generator/ir", "generator/diagnostics", "generator/hdl", "generator/passes", "generator/emit", "generator/elaborate-file",
    "type generator/lapa/config",
  ],

  "generator/lib": ["generator/index"],
  "generator/lapa/config": [],
  "generator/lapa": [
    "generator/index", "generator/lib", "generator/lapa/config", "generator/hdl", "generator/ir", "generator/errors", "generator/nearest", "zod",
    // A configuration says in which dialect it is printed.
    "type generator/emit/dialect",
  ],
  "generator/units": ["generator/lib", "generator/lapa"],
  "generator/rivals": ["generator/index", "generator/lib", "generator/lapa"],

  "sim/golden": ["type generator/lapa/config"],
  "sim/traces": ["generator/errors", "node"],
  "sim/vectors": ["type generator/lapa/config", "generator/ir", "generator/errors", "generator/output-folder", "sim/golden", "sim/traces", "node", "zod", "handlebars"],
  "sim/engines": [
    "type generator/ir", "type generator/emit", "generator/errors", "generator/output-folder", "generator/termination", "sim/vectors", "node",
  ],
  "sim/engines/builtin": ["generator/ir", "generator/nearest", "sim/vectors", "sim/engines", "node"],
  "sim/engines/index": ["generator/errors", "sim/engines", "sim/engines/builtin"],
  "sim/metrics": ["type generator/lapa/config", "sim/golden", "sim/traces"],
  "sim/charts": ["type sim"],
  "sim/cycles": ["generator/lapa", "generator/lib", "type generator/lapa/config", "sim/golden", "sim/vectors"],
  "sim/driver": ["generator/lapa", "sim/vectors"],
  "sim/mutation": [
    "generator/ir", "generator/passes/printable", "generator/emit", "generator/errors", "sim/engines", "sim/vectors", "type sim", "sim/verify", "sim/unit-vectors",
  ],
  "sim": ["type generator/emit", "generator/lapa", "type generator/lapa/config", "sim/golden", "sim/metrics", "sim/cycles", "sim/driver", "generator/errors", "sim/traces", "sim/vectors", "sim/engines"],

  "generator/cli": [
    "generator/errors", "generator/nearest", "generator/output-folder", "type generator/ir", "generator/diagnostics", "generator/hdl", "generator/source",
    "generator/emit", "generator/build", "generator/lapa", "generator/output-file", "generator/termination", "sim", "sim/golden", "sim/metrics", "sim/charts", "sim/traces", "sim/vectors", "sim/engines",
    "sim/engines/index", "node", "yargs",
  ],
  "scripts": [
    "generator/errors", "generator/index", "generator/lapa", "generator/rivals", "generator/source", "generator/build", "generator/cli", "generator/output-file",
    "generator/output-folder", "sim", "sim/metrics", "sim/charts", "sim/traces", "sim/vectors", "sim/engines", "sim/engines/builtin", "sim/engines/index", "sim/mutation", "node", "ts-morph", "wavedrom",
  ],
  "examples": ["generator/index", "generator/units"],
};

/** The files that load what they cannot name: a designer's modules. */
const loaders = ["generator/source/load-design.ts"];

interface Import {
  readonly file: string;
  /** The imported file, or the package; null where it is computed. */
  readonly to: string | null;
  readonly isType: boolean;
}

const root = join(__dirname, "..", "..");
const files = ["generator", "sim", "scripts", "examples"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).filter((name) => /\.(ts|mjs)$/.test(name)).map((name) => join(folder, name)));
const imports = files.flatMap((file) => importsOf(file, readFileSync(join(root, file), "utf8")));

/** Everything that a file imports: by statements, by `require` and `import()`, in the types of `import("...")`. */
function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  const add = (to: ts.Node | undefined, isType: boolean): void => {
    found.push({ file, to: to !== undefined && ts.isStringLiteralLike(to) ? resolved(file, to.text) : null, isType });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause));
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) add(node.moduleReference.expression, node.isTypeOnly);
    else if (ts.isImportTypeNode(node)) add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    else if (ts.isCallExpression(node) && isLoading(node.expression)) add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
  return found;
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  return clause.name === undefined && named !== undefined && ts.isNamedImports(named) && named.elements.every((e) => e.isTypeOnly);
}

/** `import(...)`, `require(...)`, `require.resolve(...)`. */
function isLoading(callee: ts.Expression): boolean {
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true;
  const first = ts.isPropertyAccessExpression(callee) && callee.name.text === "resolve" ? callee.expression : callee;
  return ts.isIdentifier(first) && first.text === "require";
}

/** The file of this project that is meant, or the package; what is neither stays as it is, and is nowhere allowed. */
function resolved(file: string, to: string): string {
  if (to === "lapa") return "generator/index.ts";
  if (to === "lapa/units") return "generator/units.ts";
  if (to.startsWith("node:")) return "node";
  if (!to.startsWith(".")) return to.split("/").slice(0, to.startsWith("@") ? 2 : 1).join("/");
  const path = join(dirname(file), to);
  return [`${path}.ts`, `${path}/index.ts`, path].find((candidate) => files.includes(candidate)) ?? path;
}

function roomOf(file: string): string | undefined {
  const around = Object.keys(mayImport).filter((room) => file === `${room}.ts` || file.startsWith(`${room}/`));
  return around.sort((a, b) => b.length - a.length)[0];
}

function isAllowed({ file, to, isType }: Import): boolean {
  if (to === null) return loaders.includes(file);
  const room = roomOf(file);
  if (room === undefined) return false;
  if (roomOf(to) === room) return true;
  return mayImport[room]!.some((entry) => entry === to || names(entry, to) || (isType && names(entry.replace("type ", ""), to)));
}

/** Whether an entry of the table is a file's room, or the file itself. */
const names = (entry: string, file: string): boolean => roomOf(file) === entry || file === `${entry}.ts`;

test("no form of import is overlooked", () => {
  const text = `
    import a from "./a"; import { type B, c } from "./b"; import "node:fs"; export * from "./c"; import d = require("./d");
    const e = require("./e"), f = import("./f"), g = require.resolve("lapa"), h = require(name);
    import type I from "./i"; import { type J } from "@types/j/k"; export type { K } from "./k"; let l: typeof import("./l");
  `;
  const seen = importsOf("sim/x.ts", text).map(({ to, isType }) => `${isType ? "type " : ""}${to}`);
  expect(seen.sort()).toEqual([
    "generator/index.ts", "node", "null", "sim/a", "sim/b", "sim/c", "sim/d", "sim/e", "sim/f", "type @types/j", "type sim/i", "type sim/k", "type sim/l",
  ]);
});

test("every import is one that the table allows", () => {
  expect(imports.filter((i) => !isAllowed(i))).toEqual([]);
});

test("the table allows nothing that nobody imports", () => {
  const idle = Object.entries(mayImport).flatMap(([room, allowed]) => allowed
    .filter((entry) => !imports.some(({ file, to }) => roomOf(file) === room && to !== null && (entry === to || names(entry.replace("type ", ""), to))))
    .map((entry) => `${room}: ${entry}`));
  expect(idle).toEqual([]);
});

test("no file imports values that are made with its own", () => {
  const next = new Map(files.map((file) => [file, imports.filter((i) => i.file === file && !i.isType && i.to !== null && files.includes(i.to)).map((i) => i.to!)]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(" > "));
    else if (!done.has(file)) for (const to of next.get(file)!) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  expect(cycles).toEqual([]);
});

test("every file is in a room, and every room has files", () => {
  expect(files.filter((file) => roomOf(file) === undefined)).toEqual([]);
  const inhabited = new Set(files.map(roomOf));
  expect(Object.keys(mayImport).filter((room) => !inhabited.has(room))).toEqual([]);
});
