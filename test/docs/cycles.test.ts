/** The table and the picture of docs/cycles.md are what the cycle model says. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { withTable } from "../../scripts/page-table";
import { counted, elementTime, utilisationChart, utilisationTable } from "../../scripts/utilisation";

const docs = join(__dirname, "..", "..", "..", "docs");
const page = readFileSync(join(docs, "cycles.md"), "utf8");
const all = counted();

test("its table", () => {
  expect(withTable(page, "utilisation", utilisationTable(all))).toBe(page);
});

test("its picture", () => {
  expect(utilisationChart(all)).toBe(readFileSync(join(docs, "utilisation.svg"), "utf8"));
});

test("a bar is all of the time, its first part the utilisation, and the speed-up what the page makes of those", () => {
  expect(all.length).toBe(15);
  for (const { cycles: { kept, filtered, dense } } of all) {
    const attended = [filtered, dense].map((choice) => {
      const bar = elementTime("a head", choice);
      expect(bar.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
      expect(bar[0].share).toBeCloseTo(choice.stream.utilisation, 9);
      return bar[0].share;
    });
    expect(dense.stream.cycles / filtered.stream.cycles).toBeCloseTo(attended[0] / attended[1] / kept, 9);
  }
});
