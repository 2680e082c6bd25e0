import * as fs from "node:fs";
import * as path from "node:path";

/** The golden model's worth is that it is exact, and that it shares nothing with what it checks: see layers.test.ts for that. */
const folder = path.resolve(__dirname, "../../../sim/golden");
const sources = fs.readdirSync(folder).filter((file) => file.endsWith(".ts")).map((file) => ({ file, text: fs.readFileSync(path.join(folder, file), "utf8") }));

test("there is a golden model to look at", () => {
  expect(sources.map((s) => s.file)).toContain("aloc.ts");
});

test.each(sources)("$file has no fractions", ({ text }) => {
  const code = text.replace(/\/\*[^]*?\*\/|\/\/.*$/gm, "").replace(/"[^"\n]*"|`[^`]*`/g, '""');
  expect(code).not.toMatch(/\/|\*\*|\d\.\d|parseFloat|toFixed|Float(32|64)Array/);
  const allowed = ["Math.abs", "Math.clz32", "Math.max", "Math.min"];
  expect((code.match(/Math\.\w+/g) ?? []).filter((use) => !allowed.includes(use))).toEqual([]);
});
