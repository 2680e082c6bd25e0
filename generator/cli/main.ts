#!/usr/bin/env node
/** The program `lapa`. */

import { expectShortLife } from "./short-lived";
import { exitCodes } from "./command";
import { run } from "./run";

// Only these compute for long in this process, which is worth optimising.
if (!["verify", "predict"].includes(process.argv[2])) expectShortLife();

// Registered clean-ups run when the process exits.
process.on("SIGINT", () => process.exit(exitCodes.interrupted));
// Whoever read the output has gone, as in `lapa presets | head -1`: that is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

const io = {
  out: (text: string): void => { process.stdout.write(text); },
  err: (text: string): void => { process.stderr.write(text); },
  watched: process.stderr.isTTY,
};

void run(process.argv.slice(2), io).then((code) => {
  process.exitCode = code;
});
