/** The package as npm would install it, in a folder that holds nothing else. */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const root = join(__dirname, "..", "..", "..");
const folder = mkdtempSync(join(tmpdir(), "lapa-package-"));
const installed = join(folder, "node_modules", "lapa");

beforeAll(() => {
  // The tests run on what has been built, and so does this.
  execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], { cwd: root });
  const [archive] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["xzf", join(folder, archive!), "--strip-components=1", "-C", installed]);
  const { dependencies } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8")) as { dependencies: Record<string, string> };
  for (const name of [...Object.keys(dependencies), "typescript"]) {
    const link = join(folder, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, "node_modules", name), link);
  }
  writeFileSync(join(folder, "blinker.ts"), `import { Bool, Module, UInt, when } from "lapa";
import { LeadingOne } from "lapa/units";

export class Blinker extends Module<{ width: number }> {
  static readonly defaults = { width: 5 };
  readonly enable = this.input(Bool());
  readonly top = this.output(UInt(3));

  build(): void {
    const count = this.reg(UInt(this.params.width), { reset: 0n });
    when(this.enable, () => count.set(count.addWrap(1n)));
    const leading = this.instance(LeadingOne, { width: this.params.width });
    leading.bits.set(count.asBits());
    this.top.set(leading.index);
  }
}
`);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function lapa(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const main = join(installed, "dist", "generator", "cli", "main.js");
  return spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: "utf8", env: { ...process.env, XDG_CACHE_HOME: join(folder, "cache") } });
}

test("holds no tests and no sources of its own", () => {
  expect(readdirSync(installed).sort()).toEqual(["CHANGELOG.md", "LICENSE", "NOTICE", "README.md", "dist", "docs", "package.json", "sim", "templates"]);
  expect(readdirSync(join(installed, "dist")).sort()).toEqual(["generator", "sim"]);
});

test("generates and verifies the default unit", () => {
  expect(lapa("generate", "--out", "rtl")).toMatchObject({ status: 0, stderr: "" });
  expect(readdirSync(join(folder, "rtl"))).toContain("lapa_aloc_dot.v");
  const { status, stdout } = lapa("verify", "--engine", "builtin", "--trace", "ocr_in0_L00_H0", "--limit", "200", "--json");
  expect({ status, ok: (JSON.parse(stdout) as { ok: boolean }).ok }).toEqual({ status: 0, ok: true });
});

test("elaborates a designer's file, with names and places", () => {
  const { status, stdout, stderr } = lapa("elaborate", "blinker.ts");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/module blinker \(/);
  expect(stdout).toMatch(/if \(enable\) begin +\/\/ @\[blinker\.ts:11\]\n +count <= count \+ 5'd1;/);
});

test("explains, and writes vectors with their test bench", () => {
  expect(lapa("explain", "LAPA-E012").stdout).toContain("# LAPA-E012");
  expect(lapa("vectors", "--config", "aloc-8", "--trace", "ocr_in0_L00_H0", "--limit", "50", "--out", "vectors")).toMatchObject({ status: 0 });
  expect(readdirSync(join(folder, "vectors"))).toEqual(expect.arrayContaining(["tb.v", "vectors.json"]));
});

test("has types that a strict compiler accepts", () => {
  const args = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2023", "blinker.ts"];
  const { status, stdout } = spawnSync(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), ...args], { cwd: folder, encoding: "utf8" });
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
});
