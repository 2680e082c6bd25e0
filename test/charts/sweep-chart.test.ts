import { keptAxis, sweepSvg } from "../../sim/charts/sweep-chart";

const series = (...xs: number[]) => [{ name: "s", points: xs.map((x) => ({ x, y: 0.1, label: "" })) }];

test("the axis of kept keys reaches as far as the points do, in round numbers", () => {
  const ends = [[0.004, 0.01], [0.01, 0.01], [0.011, 0.02], [0.3, 0.5], [0.51, 1], [1, 1]];
  for (const [most, to] of ends) expect(keptAxis(series(0, most))).toMatchObject({ from: 0, to });
  expect(keptAxis([...series(0.03), ...series(0.2)]).ticks.map((t) => t.toFixed(2))).toEqual(["0.00", "0.04", "0.08", "0.12", "0.16", "0.20"]);
});

test("a sparse head's points are spread over the chart", () => {
  const svg = sweepSvg([{ name: "c", points: [{ value: 4, kept: 0.01, massLost: 1 }, { value: 8, kept: 0.02, massLost: 0.0001 }] }], "radius", "t");
  expect(svg).toContain('d="M386.0,48.0L700.0,384.0"');
});
