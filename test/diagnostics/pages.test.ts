import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DiagnosticError, Reporter, runPasses } from "lapa";
import { elaborateFile } from "../../generator/elaborate-file";

const root = join(__dirname, "..", "..", "..");
const folder = join(root, "docs", "diagnostics");
const pages = readdirSync(folder).filter((f) => f.endsWith(".md")).map((f) => f.slice(0, -".md".length)).sort();

let home: string;
const before = process.env["XDG_CACHE_HOME"];
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "lapa-pages-"));
  process.env["XDG_CACHE_HOME"] = home;
});
afterAll(() => {
  if (before === undefined) delete process.env["XDG_CACHE_HOME"];
  else process.env["XDG_CACHE_HOME"] = before;
  rmSync(home, { recursive: true, force: true });
});

/** The codes that a design file gets. */
function codes(text: string): string[] {
  const file = join(mkdtempSync(join(home, "design-")), "design.ts");
  writeFileSync(file, text);
  const reporter = new Reporter();
  try {
    runPasses(elaborateFile(file, { reporter }), reporter);
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    for (const d of error.diagnostics) reporter.add(d);
  }
  for (const d of reporter.diagnostics) expect(d.loc).not.toBeNull();
  return reporter.diagnostics.map((d) => d.code);
}

/** Codes that the generator's source speaks of. */
function codesInSource(path = join(root, "generator")): string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((e) => {
    if (e.isDirectory()) return codesInSource(join(path, e.name));
    return [...readFileSync(join(path, e.name), "utf8").matchAll(/"(LAPA-[EW]\d+)"/g)].map((m) => m[1]!);
  });
}

test("every code has a page, and every page a code", () => {
  expect(pages).toEqual([...new Set(codesInSource())].sort());
});

describe.each(pages)("%s", (code) => {
  const text = readFileSync(join(folder, `${code}.md`), "utf8");
  const examples = [...text.matchAll(/^(Fails|Passes):\n\n```ts\n(.*?)^```$/gms)].map((m) => [m[1], m[2]!] as const);

  test("its page has a title, an example that fails and one that passes", () => {
    expect(text).toMatch(new RegExp(`^# ${code}: .+\n\n`));
    expect(examples.map(([kind]) => kind)).toEqual(["Fails", "Passes"]);
  });

  test("the first example gets this code and no other, the second none", () => {
    expect(codes(examples[0]![1])).toEqual([code]);
    expect(codes(examples[1]![1])).toEqual([]);
  });
});
