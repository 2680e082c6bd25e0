import { lineChart, type Chart } from "../../sim/charts/line-chart";
import { expectStandsAlone } from "./stands-alone";

const chart: Chart = {
  title: "a < b & c",
  x: { label: "x", from: 0, to: 10, ticks: [0, 5, 10] },
  y: { label: "y", from: 0.01, to: 1, log: true, ticks: [0.01, 0.1, 1] },
  series: [
    { name: "first", points: [{ x: 0, y: 1, label: "p0" }, { x: 5, y: 0.1, label: "p1" }, { x: 10, y: 0.01, label: "p2" }, { x: 11, y: 0.1, label: "outside" }, { x: 5, y: 0, label: "zero" }] },
    { name: 'se"cond', points: [] },
  ],
};

test("points lie where the axes say, on a logarithmic one too; those outside are left out", () => {
  const svg = lineChart(chart);
  expect(svg).toContain('d="M72.0,48.0L386.0,216.0L700.0,384.0"');
  expect(svg).toContain("<title>first: p1</title>");
  expect(svg).not.toMatch(/outside|: zero|NaN|Infinity/);
});

test("is well formed and stands alone, with a colour a series for light and for dark", () => {
  const svg = lineChart(chart);
  expectStandsAlone(svg);
  expect(svg).toContain("se&quot;cond");
});

test("the legend is right of the plot, and the page is as wide as its longest name", () => {
  const named = (name: string): string => lineChart({ ...chart, series: [{ name, points: [] }] });
  const [, from] = /<text x="(\d+)"[^>]*>first</.exec(lineChart(chart))!;
  expect(Number(from)).toBeGreaterThan(700);
  const widths = ["a", "a".repeat(60)].map((name) => Number(/viewBox="0 0 (\d+) /.exec(named(name))![1]));
  expect(widths[1] - widths[0]).toBe(59 * 8);
  expect(widths[0]).toBeGreaterThan(Number(from));
});

test("as many series as there are looks", () => {
  const series = (count: number): Chart => ({ ...chart, series: Array.from({ length: count }, () => chart.series[0]) });
  expect(lineChart(series(5))).toContain("s4");
  for (const count of [0, 6]) expect(() => lineChart(series(count))).toThrow(`a chart has 1 to 5 series, not ${count}`);
});
