/** A sweep's curves as a chart, and as a page with the figures. */

import type { Curve, CurvePoint, Sweep } from "../sweep";
import { type Axis, lineChart, type Series } from "./line-chart";
import { escaped } from "./svg";

/** The attention weight of dropped keys, from a ten-thousandth on. */
export const lostAxis: Axis = { label: "attention lost", from: 1e-4, to: 1, log: true, ticks: [1e-4, 1e-3, 1e-2, 1e-1, 1] };

/** An axis of shares of keys that reaches as far as the points do, in round numbers. */
export function keptAxis(series: readonly Series[]): Axis {
  const most = Math.max(...series.flatMap(({ points }) => points.map((p) => p.x)));
  const to = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5].find((end) => most <= end) ?? 1;
  return { label: "share of keys kept", from: 0, to, ticks: Array.from({ length: 6 }, (_, i) => (to * i) / 5) };
}

/** @param title what was swept. */
export function sweepSvg(curves: readonly Curve[], mode: Sweep["mode"], title: string): string {
  const series = curves.map(({ name, points }) => ({ name, points: points.map((p) => ({ x: p.kept, y: p.massLost, label: labelOf(p, mode) })) }));
  return lineChart({ title, x: keptAxis(series), y: lostAxis, series });
}

/** A page that stands alone: the chart, and a table of all its points. */
export function sweepPage(curves: readonly Curve[], mode: Sweep["mode"], title: string): string {
  const head = curves.map(({ name }) => `<th colspan="2">${escaped(name)}</th>`).join("");
  const under = curves.map(() => "<th>kept</th><th>lost</th>").join("");
  const rows = curves[0].points.map(({ value }, i) => `<tr><th>${value}</th>${curves.map((c) => `<td>${figure(c.points[i].kept)}</td><td>${figure(c.points[i].massLost)}</td>`).join("")}</tr>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>
body { font: 15px system-ui, sans-serif; max-width: 760px; margin: 2em auto; padding: 0 1em; color: #222; background: #fff }
svg { max-width: 100%; height: auto }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: 0.2em 0.8em; text-align: right; border-bottom: 1px solid #8886 }
@media (prefers-color-scheme: dark) { body { color: #e6e6e6; background: #15181c } }
</style>
${sweepSvg(curves, mode, title)}<table>
<tr><th rowspan="2">${mode}</th>${head}</tr>
<tr>${under}</tr>
${rows.join("\n")}
</table>
</html>
`;
}

function labelOf({ value, kept, massLost }: CurvePoint, mode: Sweep["mode"]): string {
  return `${mode} ${value}, ${figure(kept)} kept, ${figure(massLost)} lost`;
}

/** A share, with four decimals. */
export const figure = (share: number): string => share.toFixed(4);
