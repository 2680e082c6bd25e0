/** The committed page and charts of predictions on the bundled heads are what their command makes, byte for byte. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

jest.setTimeout(10 * 60_000);

test("docs/prediction-table.md and the charts", () => {
  const root = resolve(__dirname, "../../..");
  const folder = mkdtempSync(join(tmpdir(), "lapa-quality-"));
  try {
    execFileSync(process.execPath, [join(root, "dist", "scripts", "quality.js"), "--out", folder]);
    const made = readdirSync(folder).sort();
    expect(made).toEqual(["prediction-guard.svg", "prediction-sweep.svg", "prediction-table.md", "prediction-window.svg"]);
    for (const name of made) expect(readFileSync(join(folder, name), "utf8")).toBe(readFileSync(join(root, "docs", name), "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
