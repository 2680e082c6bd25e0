/** Errors in words: for people on standard error, for machines as JSON. */

import { DiagnosticError, formatDiagnostic } from "../diagnostics/diagnostic";
import { UserError } from "../errors";
import { exitCodes } from "./command";

interface Report {
  readonly code: number;
  readonly text: string;
  readonly json: object;
}

/** @param debug whether an internal error shows its stack. */
export function reportOf(error: unknown, debug: boolean): Report {
  if (error instanceof DiagnosticError) {
    const text = error.diagnostics.map(formatDiagnostic).join("\n");
    return { code: exitCodes.mistake, text, json: { ok: false, diagnostics: error.diagnostics } };
  }
  if (error instanceof UserError) {
    const hint = error.hint === "" ? "" : `\n  hint: ${error.hint}`;
    return { code: exitCodes.mistake, text: `error: ${error.message}${hint}`, json: { ok: false, error: { message: error.message, hint: error.hint } } };
  }
  const message = error instanceof Error ? error.message : String(error);
  const stack = debug && error instanceof Error ? `\n${error.stack ?? ""}` : "";
  const text = `internal error: ${message}: please report it${debug ? "" : "; --debug shows where"}${stack}`;
  return { code: exitCodes.internal, text, json: { ok: false, internal: { message } } };
}
