#!/usr/bin/env node
/** The program `lapa`. */

import { DiagnosticError } from "../diagnostics/diagnostic";
import { userFrame } from "../diagnostics/positions";
import { thrownText } from "../errors";
import { expectShortLife } from "./short-lived";
import { exitCodes } from "./command";
import { reportOf } from "./report";
import { run } from "./run";

// Only these compute for long in this process, which is worth optimising.
if (!["verify", "predict"].includes(process.argv[2])) expectShortLife();

// Registered clean-ups run when the process exits.
process.on("SIGINT", () => process.exit(exitCodes.interrupted));
// Whoever read the output has gone, as in `lapa presets | head -1`: that is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") return;
  process.stderr.write(`error: cannot write standard output: ${error.message}\n`);
  process.exit(exitCodes.mistake);
});

// What nobody caught: a rejected promise of a designer's, or a fault of lapa. Exit code 1 would mean a failed check.
process.on("uncaughtException", (error) => {
  const { code, text } = reportOf(ofDesign(error) ?? error, process.argv.includes("--debug"));
  process.stderr.write(`${text}\n`);
  process.exit(code);
});

/** The same as a diagnostic, where it comes from a designer's code that ran later; null where it does not. */
function ofDesign(error: unknown): DiagnosticError | null {
  const loc = userFrame(error);
  const hint = "A design is done when build() returns: leave no promise and no timer behind.";
  return loc && new DiagnosticError([{ code: "LAPA-E019", message: `the design's code threw: ${thrownText(error)}`, loc, hint, related: [] }]);
}

let finished = false;
process.on("exit", (code) => {
  if (finished || code !== exitCodes.ok) return;
  process.stderr.write("error: something ended the program before lapa was done\n  hint: a design must not call process.exit\n");
  process.exitCode = exitCodes.mistake;
});

const io = {
  out: (text: string): void => { process.stdout.write(text); },
  err: (text: string): void => { process.stderr.write(text); },
  watched: process.stderr.isTTY,
};

void run(process.argv.slice(2), io).then((code) => {
  finished = true;
  process.exitCode = code;
});
