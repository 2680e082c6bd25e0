/** A mistake of the user's that is not about a design: a missing file, a bad option. The CLI exits with 2. */
export class UserError extends Error {
  /** @param message what and where. @param hint how to mend it. */
  constructor(message: string, readonly hint = "") {
    super(message);
    this.name = "UserError";
  }
}

/** What was thrown, in words: code may throw anything, even what cannot become a string. */
export function thrownText(thrown: unknown): string {
  const { message } = (thrown ?? {}) as { readonly message?: unknown };
  if (typeof message === "string") return message;
  try {
    return String(thrown);
  } catch {
    return Object.prototype.toString.call(thrown);
  }
}
