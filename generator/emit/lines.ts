/** Lines of Verilog and the places in the designer's code that they come from. */

import type { Location } from "../ir/types";

export interface Line {
  readonly text: string;
  readonly loc: Location | null;
}

/** Comments start here, or one space behind a longer line. */
const commentColumn = 64;

export const line = (text: string, loc: Location | null = null): Line => ({ text, loc });

/** Several lines; the place belongs to the first. */
export const lines = (texts: readonly string[], loc: Location | null): Line[] => texts.map((t, i) => line(t, i === 0 ? loc : null));

export const indented = (block: readonly Line[]): Line[] => block.map(({ text, loc }) => line(text === "" ? "" : `  ${text}`, loc));

/** The text of a block: a place that has just been named is not repeated. */
export function rendered(block: readonly Line[]): string {
  let previous = "";
  return block.map(({ text, loc }) => {
    const place = loc === null ? previous : `@[${loc.file}:${loc.line}]`;
    if (place === previous) return `${text}\n`;
    previous = place;
    return `${text.padEnd(commentColumn - 1)} // ${place}\n`;
  }).join("");
}

/** Rows of cells in columns; a column that is empty everywhere takes no room. */
export function aligned(rows: readonly (readonly string[])[], right: ReadonlySet<number> = new Set()): string[] {
  const widths = (rows[0] ?? []).map((_, i) => rows.reduce((most, row) => Math.max(most, row[i]!.length), 0));
  return rows.map((row) => row.map((cell, i) => (right.has(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
    .filter((_, i) => widths[i]! > 0).join(" ").trimEnd());
}
