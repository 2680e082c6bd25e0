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

/** The text of a block, indented: a place that has just been named is not repeated. */
export function rendered(block: readonly Line[]): string {
  let previous: Location | null = null;
  const texts = block.map(({ text, loc }) => {
    const code = text === "" ? "" : `  ${text}`;
    if (loc === null || loc === previous || (loc.line === previous?.line && loc.file === previous.file)) return code;
    previous = loc;
    return `${code.padEnd(commentColumn - 1)} // @[${loc.file}:${loc.line}]`;
  });
  return texts.length === 0 ? "" : `${texts.join("\n")}\n`;
}

/** Rows of cells in columns; a column that is empty everywhere takes no room. */
export function aligned(rows: readonly (readonly string[])[], right: ReadonlySet<number> = new Set()): string[] {
  const columns = (rows[0] ?? []).map((_, i) => ({ i, width: rows.reduce((most, row) => Math.max(most, row[i]!.length), 0), isRight: right.has(i) }));
  const shown = columns.filter(({ width }) => width > 0);
  return rows.map((row) => {
    let text = "";
    shown.forEach(({ i, width, isRight }, n) => {
      const cell = isRight ? row[i]!.padStart(width) : row[i]!.padEnd(width);
      text += n === 0 ? cell : ` ${cell}`;
    });
    return text.trimEnd();
  });
}
