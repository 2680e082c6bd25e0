/** One command line, from its words to an exit code. */

import { UserError } from "../errors";
import { didYouMean } from "../nearest";
import { type Command, type Context, exitCodes, type Io } from "./command";
import { packageVersion } from "./package";
import { commandHelp, mainHelp, parseArguments } from "./parse";
import { reportOf } from "./report";

/** Every command: what it is for, and where it is. Loaded when it is called: some take long. */
export const commands: Readonly<Record<string, { readonly summary: string; readonly load: () => Command }>> = {
  generate: { summary: "Write a unit's Verilog.", load: () => (require("./generate") as typeof import("./generate")).generateCommand },
  verify: { summary: "Check a unit against the golden model on attention traces, in every simulator.", load: () => (require("./verify") as typeof import("./verify")).verifyCommand },
  vectors: { summary: "Write stimulus, expected results and a test bench for any simulator.", load: () => (require("./vectors") as typeof import("./vectors")).vectorsCommand },
  predict: { summary: "Show what the speculation unit keeps of attention on traces, and what that costs.", load: () => (require("./predict") as typeof import("./predict")).predictCommand },
  run: { summary: "Run heads of attention from Q, K, V to O, and show how far the output is from exact attention.", load: () => (require("./run-head") as typeof import("./run-head")).runCommand },
  cycles: { summary: "Count the cycles that a head takes.", load: () => (require("./cycles") as typeof import("./cycles")).cyclesCommand },
  elaborate: { summary: "Turn a module written in TypeScript into Verilog.", load: () => (require("./elaborate") as typeof import("./elaborate")).elaborateCommand },
  lint: { summary: "Check a design, by lapa and by other tools.", load: () => (require("./lint") as typeof import("./lint")).lintCommand },
  presets: { summary: "List the configurations that have a name.", load: () => (require("./presets") as typeof import("./presets")).presetsCommand },
  explain: { summary: "Explain a diagnostic.", load: () => (require("./explain") as typeof import("./explain")).explainCommand },
  doctor: { summary: "List the tools that are installed, and what the missing ones would add.", load: () => (require("./doctor") as typeof import("./doctor")).doctorCommand },
};

/**
 * Runs `lapa` with these arguments.
 * @returns the exit code (see `exitCodes`); never throws.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const json = argv.includes("--json");
  try {
    return await dispatch(argv, io, json);
  } catch (error) {
    const { code, text, json: report } = reportOf(error, argv.includes("--debug"));
    if (json) io.out(JSON.stringify(report, null, 2) + "\n");
    else io.err(`${text}\n`);
    return code;
  }
}

async function dispatch(argv: readonly string[], io: Io, json: boolean): Promise<number> {
  const at = argv.findIndex((word) => !word.startsWith("-"));
  const before = at < 0 ? argv : argv.slice(0, at);
  if (before.includes("--version")) return print(io, `${packageVersion()}\n`);
  const name = at < 0 ? undefined : argv[at];
  if (name === undefined) return topLevel(argv, io);
  if (!Object.hasOwn(commands, name)) throw new UserError(`unknown command "${name}"${didYouMean(name, Object.keys(commands))}`, `commands: ${Object.keys(commands).join(", ")}`);
  const { summary, load } = commands[name];
  const command = load();
  const args = parseArguments(name, command, [...before, ...argv.slice(at + 1)]);
  if (args["help"] === true) return print(io, `${await commandHelp(name, command, summary)}\n`);
  const { ok, result } = await command.run(args, contextOf(io, json));
  if (json) io.out(JSON.stringify({ ok, ...result }, null, 2) + "\n");
  return ok ? exitCodes.ok : exitCodes.failed;
}

/** `lapa` with options only. */
async function topLevel(argv: readonly string[], io: Io): Promise<number> {
  const known = ["--help", "-h", "--json", "--debug"];
  const unknown = argv.find((word) => !known.includes(word));
  if (unknown !== undefined) throw new UserError(`unknown option ${unknown}${didYouMean(unknown, [...known, "--version"])}`, "lapa --help lists the commands");
  const help = `${await mainHelp(Object.entries(commands).map(([n, { summary }]) => [n, summary]))}\n`;
  if (argv.includes("--help") || argv.includes("-h")) return print(io, help);
  if (argv.length > 0) throw new UserError("there is no command", `commands: ${Object.keys(commands).join(", ")}`);
  io.err(help);
  return exitCodes.mistake;
}

function print(io: Io, text: string): number {
  io.out(text);
  return exitCodes.ok;
}

function contextOf(io: Io, json: boolean): Context {
  return {
    say: (line) => { if (!json) io.out(`${line}\n`); },
    warn: (line) => { if (!json) io.err(`${line}\n`); },
    // Back to the start of the line, and what is right of the cursor goes.
    progress: (line) => { if (io.watched) io.err(`\r\u001b[K${line}`); },
  };
}
