/** `lapa elaborate` and `lapa lint` on designers' own files. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { contents, eachFolder, lapa, mistake } from "./lapa";

const folder = eachFolder();
const at = (name: string): string => join(folder.path, name);

const inverter = (port: string): string => `
import { Module, UInt } from "lapa";

export class Inverter extends Module<{ width: number }> {
  static readonly defaults = { width: 8 };
  readonly ${port} = this.input(UInt(this.params.width));
  readonly y = this.output(UInt(this.params.width));

  build(): void {
    this.y.set(this.${port}.not());
  }
}
`;

test("prints Verilog, with the class's defaults, parameters and a name", async () => {
  const file = folder.file("inverter.ts", inverter("a"));
  const plain = await lapa("elaborate", file);
  expect(plain).toMatchObject({ code: 0, err: "" });
  expect(plain.out).toMatch(/module inverter \([^]*\[7:0\] a[^]*assign y = ~a;[^]*@\[inverter\.ts:10\][^]*endmodule/);
  const other = await lapa("elaborate", file, "--params", '{ "width": 5 }', "--name", "flip", "--dialect", "systemverilog");
  expect(other.out).toMatch(/module flip \([^]*\[4:0\] a/);
  const { circuit } = JSON.parse((await lapa("elaborate", file, "--ir", "--json")).out) as { circuit: unknown };
  expect(JSON.parse((await lapa("elaborate", file, "--ir")).out)).toEqual(circuit);
  expect(circuit).toMatchObject({ schema: "lapa-ir/1", top: "inverter" });
});

test("writes a folder: the same bytes wherever the design is", async () => {
  mkdirSync(at("elsewhere"));
  for (const [file, out] of [["inverter.ts", "one"], ["elsewhere/inverter.ts", "two"]]) {
    expect(await lapa("elaborate", folder.file(file, inverter("a")), "--out", at(out))).toMatchObject({ code: 0, err: "" });
  }
  expect(Object.keys(contents(at("one")))).toEqual(["inverter.f", "inverter.v", "manifest.json", "names.json"]);
  expect(contents(at("two"))).toEqual(contents(at("one")));
});

describe("mistakes are located, and leave the output folder as it was", () => {
  beforeEach(async () => {
    await lapa("elaborate", folder.file("good.ts", inverter("a")), "--out", at("out"));
  });

  test.each<[string, string, RegExp]>([
    ["it throws", `throw new Error("no licence");`, /^bad\.ts:1:\d+: error LAPA-E021: .*no licence/],
    ["it throws while it is elaborated", inverter("a").replace("this.y.set", 'if (this.params.width > 0) throw new Error("late");\n    this.y.set'), /^bad\.ts:10:\d+: error LAPA-E019: .*late/],
    ["it throws what is no error", inverter("a").replace("this.y.set(this.a.not());", 'this.y.set(this.a.not());\n    throw Object.create(null);'), /^bad\.ts:\d+:\d+: error LAPA-E019: .*\[object Object\]/],
    ["it does not compile", `import { Module } from "lapa";\nexport class A extends Module<{}> { build(): void { this.nothing(); } }`, /^bad\.ts:2:\d+: error LAPA-E020: .*nothing/],
    ["it is no TypeScript", "export class {", /^bad\.ts:1:\d+: error LAPA-E020: /],
    ["it exports no module", "export const answer = 42;", /bad\.ts:1:1: error LAPA-E022: the file exports no module/],
    ["it exports two modules", `${inverter("a")}\nexport class Other extends Inverter {}`, /bad\.ts:1:1: error LAPA-E023: the file exports 2 modules: Inverter, Other/],
    // Which is a method of Module too: TypeScript is first to say so.
    ["a port is named reg", inverter("reg"), /^bad\.ts:6:\d+: error LAPA-E020: [^]*'reg'[^]*hint: The base class has a member of that name, and uses it: rename/],
    ["a port is named always", inverter("always"), /^bad\.ts:6:\d+: error LAPA-E011: .*always/],
    ["a port is named by what a tool reserves", inverter("process"), /^bad\.ts:6:\d+: error LAPA-E011: a port is named 'process', a reserved word/],
    ["a port is named by a word of C++", inverter("short"), /^bad\.ts:6:\d+: error LAPA-E011: a port is named 'short', a word of C\+\+, about which Verilator warns/],
    ["a port's name has a letter that Verilog lacks", inverter("größe"), /^bad\.ts:6:\d+: error LAPA-E011: a port is named 'größe', no Verilog name/],
    ["a class is named Always", inverter("a").replace("class Inverter", "class Always"), /error LAPA-E011: a module is named 'always', a reserved word/],
    ["a width of 0", inverter("a").replace("width: 8", "width: 0"), /^bad\.ts:6:\d+: error LAPA-E/],
    ["an output that nothing drives", inverter("a").replace("this.y.set(this.a.not());", ""), /^bad\.ts:7:\d+: error LAPA-E\d+: .*y/],
  ])("%s", async (_what, text, message) => {
    const before = contents(at("out"));
    const file = folder.file("bad.ts", text);
    expect(await mistake("elaborate", file, "--out", at("out"))).toMatch(message);
    expect(contents(at("out"))).toEqual(before);
    const { code, out } = await lapa("elaborate", file, "--json");
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ ok: false, diagnostics: expect.arrayContaining([expect.objectContaining({ code: expect.stringMatching(/^LAPA-E/), loc: expect.objectContaining({ line: expect.any(Number) }) })]) });
  });

  test("around the file", async () => {
    expect(await mistake("elaborate", at("none.ts"))).toMatch(/none\.ts: no such file/);
    expect(await mistake("elaborate", folder.path)).toMatch(/is a folder/);
    expect(await mistake("elaborate", folder.file("a.txt", ""))).toMatch(/not a TypeScript/);
    expect(await mistake("elaborate", at("good.ts"), "--params", "{ width: 4 }")).toMatch(/--params is not JSON/);
    expect(await mistake("elaborate", at("good.ts"), "--params", "[4]")).toMatch(/--params is \[4\], not an object/);
    expect(await mistake("elaborate", at("good.ts"), "--top", "Nope")).toMatch(/LAPA-E022: the file exports no module 'Nope'/);
    expect(await mistake("elaborate", at("good.ts"), "--name", "always")).toMatch(/LAPA-E011: a module is named 'always', a reserved word/);
    expect(await mistake("elaborate", at("good.ts"), "--name", "x".repeat(201))).toMatch(/LAPA-E011: a module is named 'x+', longer than 200 characters/);
    expect(await mistake("elaborate", at("good.ts"), "--name", "8x")).toMatch(/LAPA-E011: a module is named '8x', no Verilog name/);
    expect(await mistake("elaborate", at("good.ts"), "--ir", "--out", at("x"))).toMatch(/only one of them/);
    expect(await mistake("elaborate", at("good.ts"), "--out", folder.path)).toMatch(/lapa did not write it/);
  });
});

test("a memory that is left to a macro: printed and linted once, as its ports", async () => {
  const file = join(__dirname, "../../../examples/4-fifo.ts");
  const { code, out } = await lapa("elaborate", file, "--params", '{ "macro": true }');
  expect(code).toBe(0);
  expect(out.match(/^module lapa_memory_16x33_macro/gm)).toHaveLength(1);
  expect(out).not.toMatch(/mem\[/);
  expect(await mistake("elaborate", file, "--params", '{ "macro": true }', "--name", "lapa_memory_16x33_macro")).toMatch(/LAPA-E015: a memory's module has the top's name/);
  expect(await lapa("lint", file, "--params", '{ "macro": true }')).toMatchObject({ code: 0, out: expect.stringMatching(/^verilator: clean\niverilog: clean\nyosys: clean\n/) });
});

test("lint: a clean file, and one with a warning", async () => {
  const { code, out } = await lapa("lint", folder.file("good.ts", inverter("a")));
  expect(out).toMatch(/^verilator: clean\niverilog: clean\nyosys: clean\ninverter: no errors, 0 warnings; clean in 3 other tools\n$/);
  expect(code).toBe(0);
  writeFileSync(at("kept.ts"), `
import { Module, UInt } from "lapa";

export class Kept extends Module<{}> {
  readonly a = this.input(UInt(8));
  readonly y = this.output(UInt(8));

  build(): void {
    const last = this.reg(UInt(8));
    last.set(this.a);
    this.y.set(last);
  }
}
`);
  expect((await lapa("lint", at("kept.ts"))).out).toMatch(/^kept\.ts:9:\d+: warning LAPA-W001: [^]*kept: no errors, 1 warning;/);
  expect((await lapa("elaborate", at("kept.ts"))).err).toMatch(/^kept\.ts:9:\d+: warning LAPA-W001/);
});
