import { type Bar, barChart, type BarChart } from "../../sim/charts/bar-chart";
import { expectStandsAlone } from "./stands-alone";

const bar = (...shares: number[]): Bar => shares.map((share, i) => ({ share, label: `part ${i}: ${share}` }));
const chart: BarChart = {
  title: "a < b & c", label: "share", parts: ["p", "q", "r"], kinds: ["thick", "thin"], noted: "note", reference: { at: 0.75, name: "line" },
  groups: [
    { name: "first", note: "n0", pairs: [{ name: "x", note: "1.5", thick: bar(0.5, 0.25, 0.25), thin: bar(0.125, 0, 0.5) }, { name: "y", note: "2.5", thick: bar(1, 0, 0), thin: bar(0, 0, 0) }] },
    { name: "second", note: "n1", pairs: [{ name: "x", note: "3.5", thick: bar(0.1, 0.2, 0.7), thin: bar(0.3, 0.3, 0.4) }] },
  ],
};
const changed = (thick: Bar, parts = chart.parts): BarChart => ({ ...chart, parts, groups: [{ ...chart.groups[0], pairs: [{ ...chart.groups[0].pairs[0], thick }] }] });

/** From where to where each part reaches, in pixels, with the label that a pointer shows. */
function drawnParts(svg: string): (readonly [number, number, string])[] {
  return [...svg.matchAll(/d="M([\d.]+),\d+H([\d.]+)V[^>]*><title>([^<]*)</g)].map(([, from, to, label]) => [Number(from), Number(to), label] as const);
}

test("parts follow each other, as long as they are of the 628 pixels; those of nothing are left out", () => {
  const parts = drawnParts(barChart({ ...chart, groups: chart.groups.slice(0, 1) }));
  expect(parts).toEqual([
    [72, 150.5, "part 0: 0.125"], [150.5, 464.5, "part 2: 0.5"],
    [72, 386, "part 0: 0.5"], [386, 543, "part 1: 0.25"], [543, 700, "part 2: 0.25"], [72, 700, "part 0: 1"],
  ]);
});

test("the reference is above thin bars and below thick ones", () => {
  const svg = barChart(changed(bar(0.5, 0.5, 0)));
  const order = ["part 2: 0.5", 'class="reference" d="M543.0,', "part 1: 0.5"].map((s) => svg.indexOf(s));
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order[0]).toBeGreaterThan(0);
});

test("what is written at the same height is apart, in a font whose letters are 8 pixels wide", () => {
  const texts = [...barChart(chart).matchAll(/<text (?:class="\w+" )?x="([\d.]+)" y="([\d.]+)"([^>]*)>([^<]*)</g)].map(([, x, y, how, content]) => {
    const width = 8 * content.length;
    const from = Number(x) - (how.includes("end") ? width : how.includes("middle") ? width / 2 : 0);
    return { y: Number(y), from, to: from + width, content };
  });
  for (const content of ["p", "q", "r", "thick", "thin", "line", "note", "first", "n0", "x", "1.5", "2.5", "second", "3.5", "0 %", "100 %", "share"]) expect(texts.map((t) => t.content)).toContain(content);
  const clashes = texts.flatMap((a, i) => texts.slice(i + 1).filter((b) => Math.abs(a.y - b.y) < 13 && a.from < b.to && b.from < a.to).map((b) => [a.content, b.content]));
  expect(clashes).toEqual([]);
});

test("is well formed and stands alone", () => {
  expectStandsAlone(barChart(chart));
});

test("bars that cannot be are refused", () => {
  expect(() => barChart(changed(bar(0.5, 0.6, 0)))).toThrow("part 1: 0.6: a share of 0.6, up to 1.1");
  for (const share of [-0.1, NaN]) expect(() => barChart(changed(bar(share)))).toThrow(RangeError);
  for (const count of [0, 6]) expect(() => barChart(changed([], Array.from({ length: count }, String)))).toThrow(`a bar has 1 to 5 parts, not ${count}`);
});
