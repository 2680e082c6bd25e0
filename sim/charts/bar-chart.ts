/** A chart of pairs of stacked horizontal bars as one SVG: a thick bar, a thin one below it, and a figure beside both. */

import { escaped, letter, svgPage } from "./svg";

export interface BarChart {
  readonly title: string;
  /** What the bars are shares of. */
  readonly label: string;
  /** Names of a bar's parts, from left to right. */
  readonly parts: readonly string[];
  /** What the thick and the thin bars are. */
  readonly kinds: readonly [string, string];
  /** What the notes are. */
  readonly noted: string;
  /** A dashed line at a share, across the thin bars alone. */
  readonly reference: { readonly at: number; readonly name: string };
  readonly groups: readonly BarGroup[];
}

export interface BarGroup {
  readonly name: string;
  readonly note: string;
  readonly pairs: readonly { readonly name: string; readonly note: string; readonly thick: Bar; readonly thin: Bar }[];
}

/** Its parts: shares of the chart's width, together at most 1. `label` is shown where a pointer rests on the part. */
export type Bar = readonly { readonly share: number; readonly label: string }[];

const plot = { left: 72, right: 700, top: 100 };
const [width, notes] = [860, 840];
const group = { name: 26, pair: 25, gap: 10 };
const legendAt = { parts: 54, kinds: 78 };
const [thick, thin] = [{ from: 0, to: 12 }, { from: 13, to: 18 }];

/** Colours on light and on dark. They differ in lightness too, neighbours most, for readers who do not tell colours apart. */
const looks = [
  { light: "#1f5fa8", dark: "#79b4f0" }, { light: "#f0a63c", dark: "#a8620f" }, { light: "#8c2f5e", dark: "#eab0d0" },
  { light: "#2f9c95", dark: "#2f9c95" }, { light: "#c8c8c8", dark: "#50565e" },
];

/** The SVG of a chart whose bars have one to five parts. @throws RangeError for more, or none; for shares that are not within 0 .. 1. */
export function barChart(chart: BarChart): string {
  const { title, parts, noted, groups } = chart;
  if (parts.length < 1 || parts.length > looks.length) throw new RangeError(`a bar has 1 to ${looks.length} parts, not ${parts.length}`);
  let y = plot.top;
  const drawn = groups.flatMap((g) => {
    const from = y;
    y += group.name + group.pair * g.pairs.length + group.gap;
    return drawnGroup(g, from, chart.reference.at);
  });
  const style = ".grid{stroke-width:1}.part{stroke-width:0.8}.head{font-weight:600}.halo{stroke-width:5}.reference{stroke-width:2;stroke-dasharray:3 2}";
  return svgPage(title, width, y + 40, style, (shade, paper, ink) => [
    `.part,.halo{stroke:${paper}}.reference{stroke:${ink}}.kind{fill:${ink}}`, ...parts.map((_, i) => `.p${i}{fill:${looks[i][shade]}}`),
  ].join(""), [
    `<text class="title" x="${plot.left}" y="28">${escaped(title)}</text>`, ...legend(chart),
    text(notes, legendAt.kinds, noted, 'text-anchor="end"'), ...drawn,
    ...ticks.map((t) => text(atX(t), y + 8, `${100 * t} %`, 'text-anchor="middle"')),
    text((plot.left + plot.right) / 2, y + 30, chart.label, 'text-anchor="middle"'),
  ]);
}

const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];
const atX = (share: number): string => (plot.left + share * (plot.right - plot.left)).toFixed(1);
const text = (x: number | string, y: number, content: string, how = ""): string => `<text x="${x}" y="${y}" dy="0.35em" ${how}>${escaped(content)}</text>`;

/** The reference is drawn before the thick bars, which cover it. Its dashes fit into `group.pair`, so that each thin bar has one. */
function drawnGroup({ name, note, pairs }: BarGroup, y: number, reference: number): string[] {
  const [first, heading] = [y + group.name, y + group.name / 2 + 2];
  const at = (i: number): number => first + group.pair * i;
  const below = at(pairs.length - 1) + thin.to + 3;
  const line = `d="M${atX(reference)},${first + thin.from}V${below}"`;
  return [
    text(plot.left, heading, name, 'class="head"'), text(notes, heading, note, 'text-anchor="end"'),
    ...ticks.map((t) => `<path class="grid" d="M${atX(t)},${first - 3}V${below}"/>`),
    ...pairs.flatMap((pair, i) => drawnBar(pair.thin, at(i) + thin.from, at(i) + thin.to)),
    `<path class="halo" ${line}/><path class="reference" ${line}/>`,
    ...pairs.flatMap((pair, i) => [
      ...drawnBar(pair.thick, at(i) + thick.from, at(i) + thick.to),
      text(plot.left - 8, at(i) + thin.to / 2, pair.name, 'text-anchor="end"'), text(notes, at(i) + thin.to / 2, pair.note, 'text-anchor="end"'),
    ]),
  ];
}

/** Parts of nothing are left out. */
function drawnBar(bar: Bar, from: number, to: number): string[] {
  let end = 0;
  return bar.flatMap(({ share, label }, i) => {
    const start = end;
    end += share;
    if (!(share >= 0 && end < 1 + 1e-9)) throw new RangeError(`${label}: a share of ${share}, up to ${end}`);
    if (share === 0) return [];
    return [`<path class="part p${i}" d="M${atX(start)},${from}H${atX(end)}V${to}H${atX(start)}z"><title>${escaped(label)}</title></path>`];
  });
}

/** A line for the parts, and one for the two kinds of bars and the reference. */
function legend({ parts, kinds, reference }: BarChart): string[] {
  const sample = { width: 24, gap: 8, after: 20 };
  const line = (y: number, items: readonly (readonly [string, (x: number) => string])[]): string[] => {
    let next = plot.left;
    return items.map(([name, draw]) => {
      const x = next;
      next += sample.width + sample.gap + letter * name.length + sample.after;
      return `${draw(x)}${text(x + sample.width + sample.gap, y, name)}`;
    });
  };
  const box = (look: string, y: number, { from, to }: typeof thick) => (x: number): string => `<path class="${look}" d="M${x},${y - (to - from) / 2}h${sample.width}v${to - from}h-${sample.width}z"/>`;
  return [
    ...line(legendAt.parts, parts.map((name, i) => [name, box(`part p${i}`, legendAt.parts, thick)])),
    ...line(legendAt.kinds, [
      [kinds[0], box("kind", legendAt.kinds, thick)], [kinds[1], box("kind", legendAt.kinds, thin)],
      [reference.name, (x) => `<path class="reference" d="M${x},${legendAt.kinds}h${sample.width}"/>`],
    ]),
  ];
}
