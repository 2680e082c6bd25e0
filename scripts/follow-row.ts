/** `node dist/scripts/follow-row.js`: what the preset tiny works out for one query of the head in docs/speculation.md. `--row N` for another. */

import { parseArgs } from "node:util";
import { UserError } from "../generator/errors";
import { reportOf } from "../generator/cli/report";
import { speculationParameters } from "../generator/lapa/units";
import { rowAccount, type RowAccount } from "../sim/row-account";
import { workedExample, type WorkedExample } from "../sim/worked-example";

const usage = "node dist/scripts/follow-row.js [--row N]";

/** The query that docs/speculation.md follows. */
export const followedRow = 1;

/** @throws UserError for what is no row. */
function rowOf(args: string[], rows: number): number {
  try {
    const { row } = parseArgs({ args, options: { row: { type: "string", default: String(followedRow) } } }).values;
    if (!/^\d+$/.test(row) || Number(row) >= rows) throw new Error(`--row is ${row}; choose an integer from 0 to ${rows - 1}`);
    return Number(row);
  } catch (error) {
    throw new UserError((error as Error).message, usage);
  }
}

const numbers = (values: readonly number[], width: number): string => values.map((v) => String(v).padStart(width)).join("");

/** The account of a row of the example as text. */
export function accountText({ config, head }: WorkedExample, row: number): string {
  const account = rowAccount(speculationParameters(config), head, row);
  const { query, coefficients, base, reach, survivors } = account;
  const lines = [
    `query ${row}          ${numbers(query, 5)}`,
    `stands for       ${numbers(coefficients, 5)}   times 2^b, b = ${base}; G = ${reach}`,
    ...account.rounds.flatMap((_, r) => roundLines(head, account, r)),
    "", `survivors: ${survivors.join(", ")}`,
  ];
  return `${lines.join("\n")}\n`;
}

function roundLines({ parameters, dim }: WorkedExample["head"], { base, reach, rounds }: RowAccount, r: number): string[] {
  const { keys, filter } = rounds[r];
  const lines = keys.map(({ key, group, lane, slices, score, stays }) =>
    `${numbers([key], 4)}${numbers([group], 6)}${numbers([lane], 5)}  ${numbers(slices, 5)}${numbers([score], 7)}${stays ? "  stays" : ""}`);
  const title = ["", `round ${r + 1}`, ` key group lane   ${"slices of its features".padEnd(5 * dim + 3)}S^${r + 1}`];
  if (filter === null) return [...title, "no key is alive"];
  const { statistics: { count, max, min, sum }, threshold } = filter;
  if (parameters.mode !== "radius") throw new Error("the example is of mode radius");
  const { rho, guard } = parameters.rounds[r];
  const isLast = r === rounds.length - 1;
  const scaled = `(64 * ${rho} >> ${base})`;
  const allowed = isLast ? `${scaled} / 64` : `(${scaled} + ${guard} * ${reach}) / 64`;
  return [...title, ...lines, `count ${count}, max ${max}, min ${min}, sum ${sum}; threshold ${max} - floor(${allowed}) = ${threshold}`];
}

function main(): void {
  const example = workedExample();
  const row = rowOf(process.argv.slice(2), example.head.queries.length / example.head.dim);
  process.stdout.write(accountText(example, row));
}

if (require.main === module) {
  try {
    main();
  } catch (error) {
    const { code, text } = reportOf(error, false);
    process.stderr.write(`${text}\n`);
    process.exitCode = code;
  }
}
