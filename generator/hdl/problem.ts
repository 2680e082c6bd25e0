import { type Code, type Diagnostic, DiagnosticError, Reporter } from "../diagnostics/diagnostic";
import { userFrame } from "../diagnostics/positions";
import { thrownText, UserError } from "../errors";
import type { Location } from "../ir/types";
import { currentLocation, placeOfThrow } from "./trace";

let reporter: Reporter | null = null;

/**
 * Runs one elaboration, in which mistakes that leave something to go on with are collected.
 * @throws DiagnosticError with all that was found, when an error is among it; LAPA-E019 stands for whatever else the
 *   designer's code threw.
 */
export function collecting<T>(into: Reporter, f: () => T): T {
  const before = reporter;
  const limit = Error.stackTraceLimit;
  reporter = into;
  // The designer's frame may lie below many of ours: aggregates and callbacks nest.
  Error.stackTraceLimit = 100;
  try {
    const result = f();
    into.check();
    return result;
  } catch (error) {
    if (error instanceof DiagnosticError) error.diagnostics.forEach((d) => into.add(d));
    else into.add({ code: "LAPA-E019", ...wordsOf(error), loc: userFrame(error) ?? placeOfThrow(error) ?? currentLocation(), related: [] });
    throw new DiagnosticError(into.diagnostics);
  } finally {
    reporter = before;
    Error.stackTraceLimit = limit;
  }
}

/** What to say of something that was thrown; a UserError, a library's refusal of its parameters, says it itself. */
function wordsOf(error: unknown): Pick<Diagnostic, "message" | "hint"> {
  if (error instanceof UserError) return { message: error.message, hint: error.hint };
  return { message: `the design's code threw: ${thrownText(error)}`, hint: "Mend the code at this line; nothing was elaborated." };
}

/**
 * Where the designer's code is: what instrumentation said last or, in code that is not instrumented, the first frame
 * of the stack that belongs to a design file.
 */
export function here(): Location | null {
  return currentLocation() ?? userFrame(new Error("position"));
}

type Related = Diagnostic["related"];

/** Ends the construction at hand. @throws DiagnosticError always, located at the designer's current line. */
export function fail(code: Code, message: string, hint: string, related: Related = []): never {
  throw new DiagnosticError([{ code, message, loc: here(), hint, related }]);
}

/** Notes a mistake and goes on, so that the designer sees the next ones too. @throws DiagnosticError outside an elaboration. */
export function report(code: Code, message: string, hint: string, related: Related = [], loc = here()): void {
  if (reporter === null) throw new DiagnosticError([{ code, message, loc, hint, related }]);
  reporter.report(code, message, loc, hint, related);
}
