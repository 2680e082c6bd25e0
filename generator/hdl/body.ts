/** A module's body while it is being described: signals in order, statements in order, the branch that is open. */

import type { Location } from "../ir/types";
import type { Design } from "./design";
import type { Instance } from "./instance";
import { fail } from "./problem";
import type { BoolSignal, Signal } from "./signal";
import { currentLocation } from "./trace";

export type Statement =
  | { readonly kind: "assign"; readonly target: Signal; readonly value: Signal; readonly loc: Location | null }
  | { readonly kind: "if"; readonly cond: BoolSignal; readonly then: Statement[]; readonly else: Statement[]; readonly loc: Location | null };

export class Body {
  private static readonly open: Body[] = [];
  readonly declared: Signal[] = [];
  readonly instances: Instance[] = [];
  readonly statements: Statement[] = [];
  private branch = this.statements;

  constructor(readonly moduleName: string, readonly design: Design) {}

  /** The body that the running code describes. @throws DiagnosticError LAPA-E016 outside every module. */
  static current(): Body {
    return Body.open.at(-1) ?? fail("LAPA-E016", "hardware is described outside a module", "Move this into a module's fields or its build().");
  }

  /** Runs `f` with this body as the current one. */
  describe<T>(f: () => T): T {
    Body.open.push(this);
    try {
      return f();
    } finally {
      Body.open.pop();
    }
  }

  assign(target: Signal, value: Signal): void {
    this.checkOwned(target);
    this.checkOwned(value);
    this.branch.push({ kind: "assign", target, value, loc: currentLocation() });
  }

  /** Adds an `if` whose branches `within` can fill. */
  addIf(cond: BoolSignal): Extract<Statement, { kind: "if" }> {
    this.checkOwned(cond);
    const statement = { kind: "if" as const, cond, then: [], else: [], loc: currentLocation() };
    this.branch.push(statement);
    return statement;
  }

  /** Runs `f` with its statements going to `branch`. */
  within(branch: Statement[], f: () => void): void {
    const before = this.branch;
    this.branch = branch;
    try {
      f();
    } finally {
      this.branch = before;
    }
  }

  /** @throws DiagnosticError LAPA-E014 when the signal belongs to another module. */
  checkOwned(signal: Signal): void {
    if (signal.owner !== null && signal.owner !== this) {
      fail("LAPA-E014", `${signal.describe()} belongs to module '${signal.owner.moduleName}', not to '${this.moduleName}'`, "Pass it through ports.", [
        { message: "made here", loc: signal.loc },
      ]);
    }
  }
}
