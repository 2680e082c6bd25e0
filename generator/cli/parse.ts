/** Command lines by yargs, held against a command's declarations. */

import type { Argv, Options } from "yargs";
import { UserError } from "../errors";
import { didYouMean } from "../nearest";
import type { Command } from "./command";

/** Options of every command. */
export const globalOptions = {
  json: { type: "boolean", describe: "Print one JSON object instead of text" },
  debug: { type: "boolean", describe: "Show the stack of an internal error" },
  help: { type: "boolean", alias: "h", describe: "Show this help" },
} as const satisfies Record<string, Options>;

export type Parsed = Readonly<Record<string, unknown>>;

/** Fixed, so that help is the same bytes everywhere. */
const helpWidth = 110;

function bare(argv: readonly string[], hint: string): Argv {
  const yargs = require("yargs/yargs") as (args: readonly string[]) => Argv;
  return yargs(argv).scriptName("lapa").locale("en").wrap(helpWidth).help(false).version(false).exitProcess(false)
    .parserConfiguration({ "camel-case-expansion": false, "dot-notation": false, "greedy-arrays": false, "parse-positional-numbers": false, "boolean-negation": false })
    .fail((message: string | null, error: Error | undefined) => {
      throw new UserError((message ?? error?.message ?? "").trim().replace(/\s+/g, " "), hint);
    });
}

const seeHelp = (name: string): string => `lapa ${name} --help shows examples`;

function of(name: string, command: Command, summary: string, argv: readonly string[]): Argv {
  const { positional, options, examples } = command;
  const operand = positional === null ? "" : positional.required ? ` <${positional.name}>` : ` [${positional.name}]`;
  const described = positional === null ? "" : `\n\n${positional.name}: ${positional.describe}`;
  return bare(argv, seeHelp(name))
    .usage(`lapa ${name}${operand} [options]\n\n${summary}${described}`)
    .options(Object.fromEntries(Object.entries(options).map(([key, o]) => [key, { requiresArg: o.type !== "boolean", ...o }])))
    .options({ ...globalOptions })
    .example(examples.map(([line, meaning]): [string, string] => [`lapa ${line}`, meaning]));
}

/** What `lapa COMMAND --help` prints. */
export async function commandHelp(name: string, command: Command, summary: string): Promise<string> {
  return of(name, command, summary, []).getHelp();
}

/** What `lapa --help` prints. */
export async function mainHelp(commands: readonly (readonly [name: string, summary: string])[]): Promise<string> {
  const start = bare([], "").usage("lapa <command> [options]\n\nHardware generator for the LAPA sparse-attention accelerator.");
  for (const [name, summary] of commands) start.command(name, summary);
  return start.options({ ...globalOptions, version: { type: "boolean", describe: "Show the version" } })
    .example([
      ["lapa generate", "Verilog of the default unit, in rtl-out/lapa_aloc_dot"],
      ["lapa verify", "Check it on the bundled traces, with every simulator there is"],
      ["lapa generate --help", "More about a command, with examples"],
    ])
    .epilogue("Exit codes: 0 success, 1 a check failed, 2 a mistake in what was asked, 70 an error in lapa, 130 interrupted.")
    .getHelp();
}

/**
 * Reads the arguments of a command; its positional argument becomes `operand`.
 * @throws UserError for an unknown option (with the nearest one), one given twice, a value of the wrong kind, or
 *   positional arguments too many or too few.
 */
export function parseArguments(name: string, command: Command, argv: readonly string[]): Parsed {
  const { _: operands, $0: _script, ...args } = of(name, command, "", argv).parseSync() as { _: readonly (string | number)[]; $0: string } & Record<string, unknown>;
  const hint = seeHelp(name);
  const options: Readonly<Record<string, Options>> = { ...command.options, ...globalOptions };
  for (const [key, value] of Object.entries(args)) checkOption(key, value, options, hint);
  if (args["help"] === true) return args;
  const limit = command.positional === null ? 0 : 1;
  if (operands.length > limit) throw new UserError(`lapa ${name}: unexpected argument "${operands[limit]}"`, hint);
  if (operands.length === 0 && command.positional?.required === true) throw new UserError(`lapa ${name}: ${command.positional.name} is missing`, hint);
  return { ...args, operand: operands.length === 0 ? undefined : String(operands[0]) };
}

function checkOption(key: string, value: unknown, options: Readonly<Record<string, Options>>, hint: string): void {
  const option = options[key] ?? Object.values(options).find((o) => o.alias === key);
  const shown = key.length === 1 ? `-${key}` : `--${key}`;
  if (option === undefined) throw new UserError(`unknown option ${shown}${didYouMean(key, Object.keys(options))}`, hint);
  if (value === undefined) return;
  if (Array.isArray(value) && option.array !== true) throw new UserError(`${shown} is given more than once`, hint);
  if (option.type === "number" && !Number.isFinite(value)) throw new UserError(`${shown} takes a number`, hint);
  if (value === "") throw new UserError(`${shown} is empty`, hint);
}
