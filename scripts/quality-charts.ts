/** Charts of the speculation unit's quality, for docs/prediction.md. */

import type { SpeculationConfig } from "../generator/lapa/unit-config";
import { paced } from "../generator/cli/paced";
import { sweptRadii } from "../generator/cli/prediction-setting";
import { keptAxis, lostAxis, sweepSvg } from "../sim/charts/sweep-chart";
import { lineChart, type Series } from "../sim/charts/line-chart";
import { studied, studiedRadius } from "../sim/study";
import { type Curve, SweepMeter } from "../sim/sweep";
import type { Trace } from "../sim/traces/trace";
import type { Studied } from "./quality-tables";

type Show = (line: string) => void;

/** The charts' names and SVGs, of the heads of 64 features, taken together; that of the guard of those bundled ones to which it matters most. */
export async function studyCharts(config: SpeculationConfig, studies: readonly Studied[], show: Show): Promise<Map<string, string>> {
  const traces = studies.flatMap(({ group }) => group.traces).filter((t) => t.dim === 64);
  const heads = `${traces.length} heads`;
  return new Map([
    ["prediction-sweep.svg", sweepSvg(await sweep(config, traces, show), "radius", `Leading ones against exact scores, ${heads}`)],
    ["prediction-window.svg", await windowChart(config, traces, heads, show)],
    ["prediction-guard.svg", guardChart(studies.find(({ group }) => group.name === "use")!, config)],
  ]);
}

async function sweep(config: SpeculationConfig, traces: readonly Trace[], show: Show): Promise<Curve[]> {
  const meter = new SweepMeter(config, { mode: "radius", values: sweptRadii, guards: config.slices.map(() => 6) });
  for (const trace of traces) await paced(meter.add(trace), (row) => show(`sweep of ${trace.name}: ${row} of ${trace.nQ} queries`));
  return meter.curves();
}

/** What a unit of one round loses with windows of several sizes. */
async function windowChart(config: SpeculationConfig, traces: readonly Trace[], heads: string, show: Show): Promise<string> {
  const series: Series[] = [];
  for (const window of [1, 2, 3, 4, null]) {
    const curves = await sweep({ ...config, window, slices: [config.operandBits] }, traces, show);
    const { points } = curves.find(({ name }) => name === "ALOC, one round")!;
    const name = window === null ? "no window" : `window ${window}`;
    series.push({ name, points: points.map(({ value, kept, massLost }) => ({ x: kept, y: massLost, label: `radius ${value}` })) });
  }
  return lineChart({ title: `How many exponents a query needs, ${heads}`, x: keptAxis(series), y: lostAxis, series });
}

/** What the guard costs in bits of K and saves in attention, for each way to slice. */
function guardChart({ group, rows }: Studied, { window, terms }: SpeculationConfig): string {
  const series = studied.slices.map((slices): Series => {
    const shown = rows.filter(({ choice }) => choice.slices === slices && choice.terms === terms && choice.window === window);
    const points = shown.map(({ choice: { guard }, figures }) => ({ x: figures.keyBits, y: figures.massLost, label: `guard ${guard}` }));
    return { name: `slices ${slices.join(",")}`, points };
  });
  const fifths = (to: number): number[] => [0, 1, 2, 3, 4, 5].map((i) => (to * i) / 5);
  return lineChart({
    title: `Guard ${studied.guards.join(", ")} from left to right, ${group.traces.length} heads of ${group.name}, radius ${studiedRadius}`,
    x: { label: "bits of K that are read, of all", from: 0, to: 1, ticks: fifths(1) },
    y: { label: "attention lost", from: 0, to: 0.25, ticks: fifths(0.25) },
    series,
  });
}
