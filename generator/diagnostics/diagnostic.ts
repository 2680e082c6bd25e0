import type { Location } from "../ir/types";

/** `LAPA-E001` (stops the work) or `LAPA-W001` (does not). Every code has a page: docs/diagnostics/<code>.md. */
export type Code = `LAPA-${"E" | "W"}${string}`;

/** One finding, located in the designer's TypeScript. */
export interface Diagnostic {
  readonly code: Code;
  /** What is wrong, in one sentence with the names and numbers of this case. */
  readonly message: string;
  readonly loc: Location | null;
  /** How to mend it. */
  readonly hint: string;
  readonly related: readonly { readonly message: string; readonly loc: Location | null }[];
}

/** Everything found in one phase. Thrown when at least one finding is an error. */
export class DiagnosticError extends Error {
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map(formatDiagnostic).join("\n"));
    this.name = "DiagnosticError";
  }
}

export const isError = (d: Diagnostic): boolean => d.code.startsWith("LAPA-E");

export function formatLocation(loc: Location): string {
  return `${loc.file}:${loc.line}:${loc.column}`;
}

/** The text a person sees: place, code, message, related places, hint. */
export function formatDiagnostic(d: Diagnostic): string {
  const lines = [`${d.loc ? formatLocation(d.loc) + ": " : ""}${isError(d) ? "error" : "warning"} ${d.code}: ${d.message}`];
  for (const r of d.related) lines.push(`  ${r.loc ? formatLocation(r.loc) + ": " : ""}${r.message}`);
  if (d.hint !== "") lines.push(`  hint: ${d.hint}`);
  return lines.join("\n");
}

/** Collects the findings of a phase, so that a designer sees all of them at once. */
export class Reporter {
  private readonly found: Diagnostic[] = [];
  private readonly seen = new Set<string>();

  /** Records a finding; an identical one is recorded once. */
  report(code: Code, message: string, loc: Location | null, hint = "", related: Diagnostic["related"] = []): void {
    this.add({ code, message, loc, hint, related });
  }

  /** Takes over a finding made elsewhere. */
  add(d: Diagnostic): void {
    const key = formatDiagnostic(d);
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.found.push(d);
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.found;
  }

  get warnings(): readonly Diagnostic[] {
    return this.found.filter((d) => !isError(d));
  }

  /** Ends a phase. @throws DiagnosticError with everything found so far when there is an error among it. */
  check(): void {
    if (this.found.some(isError)) throw new DiagnosticError(this.found);
  }
}
