import { SourceMap, type SourceMapPayload } from "node:module";
import { currentLocation } from "../../generator/hdl/trace";
import { transpile } from "../../generator/source/transpile";
import { compile, options, run } from "./run-instrumented";

const lines = (...text: string[]): string => text.join("\n");

describe("places", () => {
  test("bindings are at their name, statements at their start", () => {
    const { signals, places } = run(lines(
      "export default () => {",
      "  const first = hw();",
      "  here();",
      "    let { second } = {",
      "    second: hw() };",
      "  return here();",
      "};"));
    expect(signals.map((s) => s.place)).toEqual(["design.ts:2:9", "design.ts:4:9"]);
    expect(places).toEqual(["design.ts:3:3", "design.ts:6:10"]);
  });

  test("come back after a call, a callback and a getter", () => {
    const { places } = run(lines(
      "const f = () => { here(); return hw(); };",
      "const o = { get g() { here(); return hw(); } };",
      "export default () => {",
      "  f().use();",
      "  o.g.use();",
      "  [1].map(() => { here(); return hw(); })[0]!.use();",
      "};"));
    expect(places.map((p) => p.slice("design.ts:".length))).toEqual(["1:19", "4:3", "2:23", "5:3", "6:19", "6:3"]);
  });

  test("each link of a chain after a callback has its own", () => {
    const { places } = run(lines(
      "export default () => {",
      "  when(1, () => {",
      "    here();",
      "  })",
      "    .otherwise(() => { here(); });",
      "};"));
    expect(places.map((p) => p.slice("design.ts:".length))).toEqual(["3:5", "5:6", "5:24"]);
  });

  test("setters count as statements", () => {
    const { places } = run(lines(
      "const o = { set next(v: number) { here(); } };",
      "class Port { set next(v: number) { when(v, () => {}).otherwise(() => {}); } }",
      "export default () => { const p = new Port();",
      "  p.next = 1; };"));
    expect(places).toEqual(["design.ts:2:54"]);
  });

  test("nothing remains of a file's top level", () => {
    run("export const made = hw(); export const { a } = { a: hw() };");
    expect(currentLocation()).toBeNull();
  });
});

describe("semantics", () => {
  const result = (source: string): unknown => run(source).result;

  test("this, arguments and default parameters", () => {
    expect(result(`
      class A {
        n = 2;
        args(a: number, b = a + 1) { const x = hw(); return [this.n, arguments.length, b]; }
        arrow = (k: number) => { const x = hw(); return [1].map((v, i) => Math.max(this.n, k, v, i)); };
      }
      export default () => { const a = new A(); return [a.args(5), a.arrow(1)]; };`)).toEqual([[2, 1, 6], [2]]);
  });

  test("hoisting, temporal dead zone and closures of loop variables", () => {
    expect(result(`
      export default function () {
        const early = late();
        function late() { const x = hw(); return "hoisted"; }
        const fs: (() => number)[] = [];
        for (let i = 0; i < 3; i++) { const x = hw(); fs.push(() => i); }
        let dead = "";
        try { const y = [z].map((v) => v); const z = hw(); } catch (e) { dead = (e as Error).name; }
        return [early, fs.map((f) => f()), dead];
      }`)).toEqual(["hoisted", [0, 1, 2], "ReferenceError"]);
  });

  test("super first, with parameter properties and field initialisers", () => {
    expect(result(`
      class Base { log: string[] = []; constructor(readonly name: string) { this.log.push("base"); } }
      class Sub extends Base {
        field = this.log.push("field");
        constructor(readonly width: number) { super(String(width)); this.log.push("body " + this.width); }
      }
      export default () => new Sub(4).log;`)).toEqual(["base", "field", "body 4"]);
  });

  test("return values, switch clauses, comma and optional chains", () => {
    expect(result(`
      const pick = (n: number) => {
        switch (n) { case 0: const { a } = { a: [n].at(0) }; return a; default: { return [n].map((x) => x * 2)[0]; } }
      };
      const none = undefined as undefined | { map(f: () => number): { join(): string } };
      const found = () => { for (const x of [1, 2]) if ([x].includes(2)) return x; return 0; };
      export default () => [pick(0), pick(4), none?.map(() => 1).join(), found()];`))
      .toEqual([0, 8, undefined, 2]);
  });

  test("directives stay first and the file's own names are not captured", () => {
    const source = "'use strict';\nconst $lapa = 1, $m = 2;\n"
      + "export default function () { 'use strict'; const x = hw(); return $lapa + $m; }";
    expect(compile(source)).toMatch(/^['"]use strict['"];/);
    expect(compile(source)).toMatch(/\(\) \{\s*'use strict';/);
    expect(result(source)).toBe(3);
  });

  test("exports, enums, types and ambient code are as they were", () => {
    expect(result(`
      declare const outside: { f(): void };
      export enum E { A = 1, B }
      export type T = typeof outside;
      export const { a, b: [b] } = ((): { a: number; b: number[] } => ({ a: 1, b: [2] }))();
      namespace N { export const c = [3].at(0); }
      function over(x: number): number; function over(x: string): string; function over(x: unknown) { return [x][0]; }
      export default () => [E.B, a, b, N.c, over(4)];`)).toEqual([2, 1, 2, 3, 4]);
  });

  test("anonymous functions and classes keep the names that JavaScript gives them", () => {
    expect(result("const f = () => hw(); const C = class {}; export default () => [f.name, C.name];")).toEqual(["f", "C"]);
  });

  test("a file with nothing to trace does not load the trace", () => {
    expect(compile("export const one = 1; export type T = number;")).not.toContain("lapa");
    expect(compile("export const one = Math.max(1);")).toContain('require("lapa/trace").traceFile("design.ts")');
  });
});

test("source maps lead from the emitted code to the designer's", () => {
  const source = lines("// one", "export function main() {", "  const made = first(", "    second());", "  third();", "}",
    "declare function first(x: unknown): void; declare function second(): void; declare function third(): void;");
  const { js, map } = transpile(source, "design.ts", options, { file: "design.ts", trace: "t" });
  const lookup = new SourceMap(JSON.parse(map) as SourceMapPayload);
  const original = (word: string): string => {
    const row = js.split("\n").findIndex((line) => line.includes(word));
    const entry = lookup.findEntry(row, js.split("\n")[row]!.indexOf(word));
    return "originalLine" in entry ? `${entry.originalLine + 1}:${entry.originalColumn + 1}` : "none";
  };
  expect(["first(", "second(", "third("].map(original)).toEqual(["3:16", "4:5", "5:3"]);
});
