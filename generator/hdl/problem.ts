import { type Code, type Diagnostic, DiagnosticError, Reporter } from "../diagnostics/diagnostic";
import type { Location } from "../ir/types";
import { userFrame } from "../source/positions";
import { currentLocation } from "./trace";

let reporter: Reporter | null = null;

/**
 * Runs one elaboration, in which mistakes that leave something to go on with are collected.
 * @throws DiagnosticError with all that was found, when an error is among it; LAPA-E019 stands for whatever else the
 *   designer's code threw.
 */
export function collecting<T>(into: Reporter, f: () => T): T {
  const before = reporter;
  reporter = into;
  try {
    const result = f();
    into.check();
    return result;
  } catch (error) {
    if (error instanceof DiagnosticError) error.diagnostics.forEach((d) => into.add(d));
    else into.add({ code: "LAPA-E019", message: `the design's code threw: ${error instanceof Error ? error.message : String(error)}`, loc: userFrame(error) ?? currentLocation(), hint: "Mend the code at this line; nothing was elaborated.", related: [] });
    throw new DiagnosticError(into.diagnostics);
  } finally {
    reporter = before;
  }
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
export function report(code: Code, message: string, hint: string, related: Related = []): void {
  if (reporter === null) fail(code, message, hint, related);
  reporter.report(code, message, here(), hint, related);
}
