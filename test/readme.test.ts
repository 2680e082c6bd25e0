/** What the README shows is what happens. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commands } from "../generator/cli/run";
import { lapa } from "./cli/lapa";

const root = join(__dirname, "..", "..");
const readme = readFileSync(join(root, "README.md"), "utf8");

/** The first block of code in a language. */
const block = (language: string): string => new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "m").exec(readme)![1]!;

test("its example becomes the Verilog that it shows", async () => {
  const folder = mkdtempSync(join(tmpdir(), "lapa-test-"));
  const file = join(folder, "peak.ts");
  writeFileSync(file, block("ts"));
  const { code, out, err } = await lapa("elaborate", file);
  rmSync(folder, { recursive: true });
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out.slice(out.indexOf("module "), out.indexOf("endmodule"))).toBe(block("verilog").replace("endmodule\n", ""));
});

test("its commands exist", () => {
  const called = [...readme.matchAll(/main\.js (\w+)/g)].map((m) => m[1]!);
  expect(called.length).toBeGreaterThan(3);
  for (const name of called) expect(Object.keys(commands)).toContain(name);
});

test("it lists every page of the documentation", () => {
  const pages = readdirSync(join(root, "docs")).filter((name) => !name.endsWith(".svg"));
  expect(pages.length).toBeGreaterThan(4);
  for (const page of pages) expect(readme).toMatch(new RegExp(`\\]\\(docs/${page.replace(".", "\\.")}/?\\)`));
});
