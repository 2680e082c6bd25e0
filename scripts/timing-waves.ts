/** WaveJSON, which WaveDrom draws, of a recorded head. */

import type { Cycle, Event } from "./timing-record";

interface Wave {
  readonly name: string;
  readonly wave: string;
  readonly data?: readonly string[];
  readonly node?: string;
}

export interface WaveJson {
  readonly signal: readonly (Wave | readonly [string, ...Wave[]] | Record<string, never>)[];
  readonly edge: readonly string[];
  readonly head: { readonly text: string; readonly tock: string };
  readonly config: { readonly skin: string };
}

/** WaveDrom's colours of data, for rows in turn; the first one is for what is of no row. */
const [noRow, ...rowColours] = ["2", "3", "5", "7", "9"];

/**
 * A lane's name in the record, its name on paper, and the letter by which arrows find where the followed row's events begin in it, or
 * end. Capitals are not drawn.
 */
interface Lane {
  readonly of: string;
  readonly name: string;
  readonly marks?: Readonly<Partial<Record<"begin" | "end", string>>>;
}

const inputs: readonly Lane[] = [{ of: "head", name: "head" }, { of: "keys", name: "keys" }, { of: "queries", name: "queries" }];
const rounds: readonly (readonly Lane[])[] = [
  [
    { of: "read_0", name: "reads", marks: { end: "A" } }, { of: "scores_0", name: "scores" },
    { of: "threshold_0", name: "threshold", marks: { begin: "B" } },
    { of: "compare_0", name: "keeps", marks: { end: "C" } }, { of: "statistics_0", name: "statistics_0" },
  ],
  [
    { of: "read_1", name: "reads", marks: { begin: "D", end: "E" } }, { of: "scores_1", name: "scores" },
    { of: "threshold_1", name: "threshold", marks: { begin: "F" } }, { of: "compare_1", name: "keeps", marks: { end: "G" } },
    { of: "statistics_1", name: "statistics_1" },
  ],
];
const outputs: readonly Lane[] = [{ of: "survivors", name: "survivors", marks: { begin: "H" } }, { of: "masks", name: "masks" }];
const edges = ["A~>B", "C~>D", "E~>F", "G~>H"];

/**
 * @param followed the row that arrows follow.
 * @param left cycles that are left out, as first and last one: a gap stands for them.
 */
export function waves(cycles: readonly Cycle[], followed: number, left: readonly [number, number], text: string): WaveJson {
  const shown = cycles.map((cycle, t) => ({ cycle, t })).filter(({ t }) => t <= left[0] || t > left[1]);
  const isGap = (t: number): boolean => t === left[0];
  const draw = ({ of, name, marks }: Lane): Wave => {
    const cells = shown.map(({ cycle, t }) => (isGap(t) ? "gap" : cycle.events[of] ?? null));
    return { name, ...drawn(cells), ...(marks === undefined ? {} : { node: node(cells, followed, marks) }) };
  };
  const busy = shown.map(({ cycle, t }, i) => (isGap(t) ? "|" : cycle.busy === shown[i - 1]?.cycle.busy ? "." : cycle.busy ? "1" : "0")).join("");
  return {
    signal: [
      ["in", ...inputs.map(draw)], { name: "busy", wave: busy }, {},
      ...rounds.flatMap((lanes, r) => [[`round ${r + 1}`, ...lanes.map(draw)] as const, {} as Record<string, never>]),
      ["out", ...outputs.map(draw)],
    ],
    edge: edges,
    // WaveDrom takes one more than there are cycles, and writes a zero for what is missing.
    head: { text, tock: [...shown.map(({ t }) => (isGap(t) ? "…" : t % 2 === 0 ? String(t) : "·")), "·"].join(" ") },
    config: { skin: "narrow" },
  };
}

/** A cycle of a lane. */
type Cell = Event | "gap" | null;

function drawn(cells: readonly Cell[]): Pick<Wave, "wave" | "data"> {
  const data: string[] = [];
  const wave = cells.map((cell, i) => {
    if (cell === "gap") return "|";
    if (cell === null) return i > 0 && cells[i - 1] === null ? "." : "z";
    data.push(cell.label);
    return cell.row === null ? noRow : rowColours[cell.row % rowColours.length];
  }).join("");
  return data.some((label) => label !== "") ? { wave, data } : { wave };
}

/** A dot for each cycle, and a letter where the row's events begin or end. */
function node(cells: readonly Cell[], row: number, { begin, end }: NonNullable<Lane["marks"]>): string {
  const isOfRow = (cell: Cell): boolean => cell !== null && cell !== "gap" && cell.row === row;
  const [first, last] = [cells.findIndex(isOfRow), cells.findLastIndex(isOfRow) + 1];
  return cells.map((_, t) => (t === first ? begin : t === last ? end : undefined) ?? ".").join("");
}
