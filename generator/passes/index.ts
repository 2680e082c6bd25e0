/** The passes, in order: first the checks, while the circuit is still what the designer wrote. */

import { type Diagnostic, DiagnosticError, Reporter } from "../diagnostics/diagnostic";
import type { Circuit } from "../ir/types";
import { connect } from "../ir/connect";
import { verify } from "../ir/verify";
import { removeDead } from "./dead";
import { mergeEqual } from "./dedup";
import { checkDrivers } from "./drivers";
import { fold } from "./fold";
import { checkLoops } from "./loops";
import type { Pass } from "./pass";
import { printable } from "./printable";
import { checkUnread } from "./unread";
import { checkUnused, gatherUnused } from "./unused";

const checks: readonly Pass[] = [
  { name: "drivers", run: checkDrivers },
  { name: "loops", run: checkLoops },
  { name: "unused inputs", run: checkUnused },
  { name: "unread", run: checkUnread },
];

const transformations: readonly Pass[] = [
  { name: "fold", run: fold },
  { name: "connect", run: connect },
  { name: "dead", run: removeDead },
  { name: "dedup", run: mergeEqual },
  { name: "printable", run: printable },
  { name: "unused bits", run: gatherUnused },
];

/**
 * Checks a circuit and makes it ready to be printed or simulated.
 * @param reporter receives what is found; by default a new one.
 * @returns the circuit, and the warnings.
 * @throws DiagnosticError with all that the checks found; Error when a pass broke the IR (a fault of lapa itself).
 */
export function runPasses(circuit: Circuit, reporter = new Reporter()): { readonly circuit: Circuit; readonly warnings: readonly Diagnostic[] } {
  verify(circuit);
  for (const { run } of checks) run(circuit, reporter);
  reporter.check();
  return { circuit: transformed(circuit, reporter), warnings: reporter.warnings };
}

/** Looks once at what all transformations leave; which one is to blame is asked when there is something to blame it for. */
function transformed(circuit: Circuit, reporter: Reporter): Circuit {
  try {
    const result = transformations.reduce((before, { run }) => run(before, reporter), circuit);
    verify(result, "the passes", circuit);
    return result;
  } catch (error) {
    if (!(error instanceof DiagnosticError)) blame(circuit);
    throw error;
  }
}

/** @throws Error naming the first pass that breaks the IR, where one does. */
function blame(circuit: Circuit): void {
  transformations.reduce((before, { name, run }) => {
    const result = run(before, new Reporter());
    verify(result, `pass '${name}'`, before);
    return result;
  }, circuit);
}
