import { type Code, DiagnosticError } from "../diagnostics/diagnostic";
import type { Location } from "../ir/types";
import { userFrame } from "../source/positions";
import { currentLocation } from "./trace";

/**
 * Where the designer's code is: what instrumentation said last or, in code that is not instrumented, the first frame
 * of the stack that belongs to a design file.
 */
export function here(): Location | null {
  return currentLocation() ?? userFrame(new Error("position"));
}

/** Ends the construction at hand. @throws DiagnosticError always, located at the designer's current line. */
export function fail(code: Code, message: string, hint: string, related: { message: string; loc: Location | null }[] = []): never {
  throw new DiagnosticError([{ code, message, loc: here(), hint, related }]);
}
