import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Diagnostic, DiagnosticError } from "../../generator/diagnostics/diagnostic";
import { UserError } from "../../generator/errors";
import * as compiler from "../../generator/source/compile-design";
import { loadDesign } from "../../generator/source/load-design";
import { userFrame } from "../../generator/diagnostics/positions";

/** A stand-in for the package: a class that knows where it was made. */
const packageFiles = {
  "package/index.js": `
    const { currentLocation } = require(${JSON.stringify(join(__dirname, "../../generator/hdl/trace"))});
    exports.Signal = class { constructor(width) { this.width = width; this.at = currentLocation(); } };
    exports.fail = (message, depth = 200) => { if (depth > 0) exports.fail(message, depth - 1); throw new Error(message); };`,
  "package/index.d.ts": `
    export declare class Signal { readonly at: { file: string; line: number; column: number }; constructor(width: number); }
    export declare function fail(message: string): never;`,
};

let root: string;
let index: string;
let cacheHome: string | undefined;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "lapa load (1) ")));
  index = join(root, "package", "index");
  cacheHome = process.env["XDG_CACHE_HOME"];
  process.env["XDG_CACHE_HOME"] = join(root, "cache");
  write(packageFiles);
});

afterEach(() => {
  jest.restoreAllMocks();
  if (cacheHome === undefined) delete process.env["XDG_CACHE_HOME"];
  else process.env["XDG_CACHE_HOME"] = cacheHome;
  rmSync(root, { recursive: true, force: true });
});

function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}

const load = (name: string): ReturnType<typeof loadDesign> => loadDesign(join(root, name), index);

function diagnostics(name: string): readonly Diagnostic[] {
  try {
    load(name);
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics;
    throw error;
  }
  throw new Error(`${name} loaded without a diagnostic`);
}

/** How often the compiler ran while `f` did. */
function compilations(f: () => void): number {
  const spy = jest.spyOn(compiler, "compileDesign");
  f();
  const n = spy.mock.calls.length;
  spy.mockRestore();
  return n;
}

const two = {
  "user/design.ts": `import { Signal } from "lapa";
import { twice } from "./lib/twice";

export const made = () => {
  const s = new Signal(twice(4));
  return s;
};
`,
  "user/lib/twice.ts": "export const twice = (n: number): number => n * 2;\n",
};

const widthMade = (): unknown => (load("user/design.ts").exports["made"] as () => { width: number })().width;

describe("a design outside the package", () => {
  test("is compiled, instrumented and run, with places relative to its folder", () => {
    write(two);
    const { exports, file, sources } = load("user/design.ts");
    expect((exports["made"] as () => unknown)()).toMatchObject({ width: 8, at: { file: "design.ts", line: 5, column: 9 } });
    expect(file).toBe(join(root, "user/design.ts"));
    expect(sources).toEqual([join(root, "user/design.ts"), join(root, "user/lib/twice.ts")]);
  });

  test("may import builtins, JSON, its own packages, files with extensions, folders, and in circles", () => {
    write({
      "user/package.json": '{ "type": "module" }',
      "user/main.mts": `
        import { basename } from "node:path";
        import table from "./table.json";
        import { five } from "five";
        import { b } from "./b.js";
        import { c } from "./c.ts";
        import { folder } from "./folder";
        import { plain } from "./plain.js";
        import type { Shape } from "./shape";
        export const a = (): string => "a";
        const shape: Shape = { five };
        export const all = [basename("x/y"), table.size, shape.five, b(), c, folder, plain(2), basename(__filename)];`,
      "user/table.json": '{ "size": 3 }',
      "user/node_modules/five/index.js": "exports.five = 5;",
      "user/node_modules/five/index.d.ts": "export declare const five: number;",
      "user/b.ts": 'import { a } from "./main.mjs"; export const b = (): string => typeof a;',
      "user/c.ts": 'export * from "../shared/c";',
      "shared/c.ts": "export const c: string = ['c'].join();",
      "user/folder/index.ts": "export const folder = 'folder';",
      "user/plain.js": "export const plain = (x) => x + 1;",
      "user/shape.d.ts": "export interface Shape { five: number }",
    });
    const { exports, sources } = load("user/main.mts");
    expect(exports["all"]).toEqual(["y", 3, 5, "function", "c", "folder", 3, "main.mts"]);
    expect(sources.map((s) => s.slice(root.length + 1)).sort()).toEqual(
      ["shared/c.ts", ...["b.ts", "c.ts", "folder/index.ts", "main.mts", "plain.js", "shape.d.ts", "table.json"].map((f) => `user/${f}`)]);
  });

  test("in JavaScript is instrumented as well", () => {
    write({ "user/design.js": 'const { Signal } = require("lapa");\nconst s = new Signal(1);\nexports.s = s;\n' });
    expect(load("user/design.js").exports["s"]).toMatchObject({ at: { file: "design.js", line: 2, column: 7 } });
  });

  test("compiles to the same bytes in any folder", () => {
    write(two);
    write(Object.fromEntries(Object.entries(two).map(([name, text]) => [`elsewhere/deep/${name}`, text])));
    const folders = ["user", "elsewhere/deep/user"];
    const [here, there] = folders.map((f) => compiler.compileDesign(join(root, f, "design.ts"), index));
    expect(there).toEqual(here);
    expect(JSON.stringify(here)).not.toContain(root);
  });
});

describe("the cache", () => {
  const loads = (): void => void load("user/design.ts");

  test("is used when nothing changed, and the modules run anew", () => {
    write(two);
    expect(compilations(loads)).toBe(1);
    let first: unknown;
    let second: unknown;
    expect(compilations(() => (first = load("user/design.ts").exports["made"]))).toBe(0);
    expect(compilations(() => (second = load("user/design.ts").exports["made"]))).toBe(0);
    expect(second).not.toBe(first);
  });

  test("does not serve an edited entry, an edited dependency, or another build of the package", () => {
    write(two);
    loads();
    write({ "user/design.ts": two["user/design.ts"].replace("twice(4)", "twice(5)") });
    expect(compilations(() => expect(widthMade()).toBe(10))).toBe(1);
    write({ "user/lib/twice.ts": "export const twice = (n: number): number => n + n + n;\n" });
    expect(compilations(() => expect(widthMade()).toBe(15))).toBe(1);
    utimesSync(`${index}.d.ts`, 1, 1);
    expect(compilations(loads)).toBe(1);
    expect(compilations(loads)).toBe(0);
  });

  test("keeps one file a design, and rebuilds a damaged one", () => {
    write(two);
    loads();
    write({ "user/design.ts": two["user/design.ts"] + "// edited\n" });
    loads();
    const folder = join(root, "cache/lapa/designs");
    const [name, ...others] = readdirSync(folder);
    expect(others).toEqual([]);
    const whole = readFileSync(join(folder, name!), "utf8");
    for (const damaged of [whole.slice(0, -9), "", "{}", whole.replace("twice", "thrice")]) {
      writeFileSync(join(folder, name!), damaged);
      expect(compilations(loads)).toBe(1);
      expect(readFileSync(join(folder, name!), "utf8")).toBe(whole);
    }
  });

  test("is done without where it cannot be written", () => {
    write({ ...two, cache: "a file where the folder should be" });
    expect(compilations(loads)).toBe(1);
    expect(compilations(loads)).toBe(1);
  });
});

describe("mistakes", () => {
  test("every type error is a diagnostic with its place", () => {
    write({
      "user/design.ts": `import { Signal } from "lapa";
import { x } from "./other";
export const s = new Signal("8");
export const y: string = x;
`,
      "user/other.ts": "export const x: number = 1;\n  const z: number = 'z';\n",
    });
    expect(diagnostics("user/design.ts").map((d) => [d.code, d.loc, d.message.split(":")[0]])).toEqual([
      ["LAPA-E020", { file: "design.ts", line: 3, column: 29 }, "TS2345"],
      ["LAPA-E020", { file: "design.ts", line: 4, column: 14 }, "TS2322"],
      ["LAPA-E020", { file: "other.ts", line: 2, column: 9 }, "TS2322"],
    ]);
  });

  test("syntax errors and missing imports too; nothing is cached", () => {
    write({ "user/design.ts": 'import { q } from "./gone";\nconst = 1;\n' });
    expect(diagnostics("user/design.ts").map((d) => d.loc?.line)).toEqual(expect.arrayContaining([1, 2]));
    write({ "user/design.ts": "export const fixed = 1;\n" });
    expect(load("user/design.ts").exports["fixed"]).toBe(1);
  });

  test("an error at load is located in the designer's TypeScript, innermost file first", () => {
    write({
      "user/design.ts": `import { check } from "./check";

type Long = { a: number };
const n: Long = { a: 1 };

export const c = check(n.a);
`,
      "user/check.ts": `import { fail } from "lapa";
interface A { b: number }
export function check(n: number): A {
  if (n === 1) {
    fail("too small");
  }
  return { b: n };
}
`,
    });
    const [d, ...others] = diagnostics("user/design.ts");
    expect(others).toEqual([]);
    expect(d).toMatchObject({ code: "LAPA-E021", message: "the file threw while it was loaded: Error: too small" });
    // V8 places a call of an import at its bracket.
    expect(d!.loc).toEqual({ file: "check.ts", line: 5, column: 9 });
    // From the cache, too.
    expect(diagnostics("user/design.ts")[0]).toEqual(d);
  });

  test("what is thrown need not be an error", () => {
    write({ "user/design.ts": "export {};\nthrow 'just text';\n" });
    const message = "the file threw while it was loaded: just text";
    expect(diagnostics("user/design.ts")).toMatchObject([{ code: "LAPA-E021", message, loc: { file: "design.ts", line: 1, column: 1 } }]);
    write({ "user/design.ts": "export {};\nthrow Object.create(null);\n" });
    expect(diagnostics("user/design.ts")).toMatchObject([{ code: "LAPA-E021", message: expect.stringMatching(/: \[object Object\]$/) }]);
  });

  test("the library's own diagnostics pass unchanged", () => {
    const errors = JSON.stringify(join(__dirname, "../../generator/errors"));
    write({ "user/design.ts": `const { UserError } = require(${errors});\nthrow new UserError("mine", "hint");\n` });
    expect(() => load("user/design.ts")).toThrow(new UserError("mine", "hint"));
  });

  test("a function that throws after loading is located by userFrame", () => {
    write({ "user/design.ts": `export const build = (): never => {
  const kinds: string[] = [];
  return kinds.at(0)!.trim() as never;
};
` });
    const build = load("user/design.ts").exports["build"] as () => void;
    let caught: unknown;
    try {
      build();
    } catch (error) {
      caught = error;
    }
    expect(userFrame(caught)).toEqual({ file: "design.ts", line: 3, column: 22 });
    expect(userFrame(new Error("elsewhere"))).toBeNull();
    expect(userFrame(undefined)).toBeNull();
  });

  test("paths that are no design are refused with a hint", () => {
    write({ "user/notes.txt": "", "user/view.tsx": "", "user/folder/x.ts": "" });
    for (const name of ["user/gone.ts", "user/notes.txt", "user/view.tsx", "user/folder"]) {
      const attempt = (): unknown => load(name);
      expect(attempt).toThrow(UserError);
      expect(attempt).toThrow(join(root, name));
      expect(attempt).toThrow(expect.objectContaining({ hint: expect.stringMatching(/\.$/) as unknown }));
    }
  });

  test("a link to a design is the design", () => {
    write(two);
    symlinkSync(join(root, "user/design.ts"), join(root, "link.ts"));
    expect(load("link.ts").file).toBe(join(root, "user/design.ts"));
  });
});
