/** A chart of lines with markers as one SVG. */

import { escaped, letter, type Shade, svgPage } from "./svg";

export interface Axis {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  /** Logarithmic: `from` and `to` are positive. */
  readonly log?: boolean;
  readonly ticks: readonly number[];
}

export interface Series {
  readonly name: string;
  /** Those outside the axes are left out. `label` is shown where a pointer rests on the point. */
  readonly points: readonly { readonly x: number; readonly y: number; readonly label: string }[];
}

export interface Chart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

const height = 440;
const plot = { left: 72, right: 700, top: 48, bottom: 384 };
/** The legend is beside the plot, where no line can run through it. */
const key = { line: plot.right + 20, text: plot.right + 56 };

/** Colours on light and on dark, apart in lightness too; a marker each, for readers who do not see them. */
const looks = [
  { light: "#1f5fa8", dark: "#79b4f0", marker: "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0" },
  { light: "#b5460f", dark: "#f0965a", marker: "M-4,-4h8v8h-8z" },
  { light: "#2c7a2f", dark: "#86cf7d", marker: "M0,-5l5,9h-10z" },
  { light: "#7a3d99", dark: "#c79be3", marker: "M0,-5l5,5l-5,5l-5,-5z" },
  { light: "#666666", dark: "#b0b0b0", marker: "M-5,-1.5h10v3h-10z" },
];

/** The SVG of a chart of one to five series. @throws RangeError for more, or none. */
export function lineChart(chart: Chart): string {
  const { title, x, y, series } = chart;
  if (series.length < 1 || series.length > looks.length) throw new RangeError(`a chart has 1 to ${looks.length} series, not ${series.length}`);
  const width = key.text + letter * Math.max(...series.map(({ name }) => name.length)) + 8;
  const [atX, atY] = [scale(x, plot.left, plot.right), scale(y, plot.bottom, plot.top)];
  const body = [
    `<text class="title" x="${plot.left}" y="28">${escaped(title)}</text>`,
    ...x.ticks.map((t) => `<path class="grid" d="M${atX(t)},${plot.top}V${plot.bottom}"/><text x="${atX(t)}" y="${plot.bottom + 18}" text-anchor="middle">${tick(t)}</text>`),
    ...y.ticks.map((t) => `<path class="grid" d="M${plot.left},${atY(t)}H${plot.right}"/><text x="${plot.left - 8}" y="${atY(t)}" dy="0.35em" text-anchor="end">${tick(t)}</text>`),
    `<text x="${(plot.left + plot.right) / 2}" y="${plot.bottom + 42}" text-anchor="middle">${escaped(x.label)}</text>`,
    `<text transform="translate(20,${(plot.top + plot.bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(y.label)}</text>`,
    ...series.flatMap((s, i) => drawn(s, i, x, y, atX, atY)),
    ...series.map(({ name }, i) => legend(name, i)),
  ];
  const common = ".line{fill:none;stroke-width:2}.grid{stroke-width:1}.mark{stroke-width:0.8}";
  const colours = (shade: Shade, paper: string): string =>
    `.mark{stroke:${paper}}${series.map((_, i) => `.line.s${i}{stroke:${looks[i][shade]}}.mark.s${i}{fill:${looks[i][shade]}}`).join("")}`;
  return svgPage(title, width, height, common, colours, body);
}

/** Where on the page a value is, in pixels with one decimal. */
function scale({ from, to, log }: Axis, start: number, end: number): (value: number) => string {
  const measure = (value: number): number => (log === true ? Math.log10(value) : value);
  return (value) => (start + ((measure(value) - measure(from)) / (measure(to) - measure(from))) * (end - start)).toFixed(1);
}

function drawn({ name, points }: Series, look: number, x: Axis, y: Axis, atX: (v: number) => string, atY: (v: number) => string): string[] {
  const within = (value: number, { from, to }: Axis): boolean => value >= from && value <= to;
  const shown = points.filter((p) => within(p.x, x) && within(p.y, y));
  if (shown.length === 0) return [];
  const line = shown.map((p, i) => `${i === 0 ? "M" : "L"}${atX(p.x)},${atY(p.y)}`).join("");
  const markers = shown.map((p) => `<path class="mark s${look}" d="${looks[look].marker}" transform="translate(${atX(p.x)},${atY(p.y)})"><title>${escaped(`${name}: ${p.label}`)}</title></path>`);
  return [`<path class="line s${look}" d="${line}"/>`, ...markers];
}

function legend(name: string, look: number): string {
  const y = plot.top + 10 + 22 * look;
  return `<path class="line s${look}" d="M${key.line},${y}h28"/><path class="mark s${look}" d="${looks[look].marker}" transform="translate(${key.line + 14},${y})"/><text x="${key.text}" y="${y}" dy="0.35em">${escaped(name)}</text>`;
}

const tick = (value: number): string => String(Number(value.toPrecision(6)));
