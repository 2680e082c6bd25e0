/** A mistake of the user's that is not about a design: a missing file, a bad option. The CLI exits with 2. */
export class UserError extends Error {
  /** @param message what and where. @param hint how to mend it. */
  constructor(message: string, readonly hint = "") {
    super(message);
    this.name = "UserError";
  }
}
