/** A module's body while it is being described: signals in order, statements in order, the branch that is open. */

import type { Location } from "../ir/types";
import type { Design } from "./design";
import type { Instance } from "./instance";
import { fail, report } from "./problem";
import type { BoolSignal, Signal } from "./signal";
import type { Stream } from "./stream";
import { currentLocation } from "./trace";

export type Statement =
  | { readonly kind: "assign"; readonly target: Signal; readonly lo: number; readonly value: Signal; readonly loc: Location | null }
  | { readonly kind: "if"; readonly cond: BoolSignal; readonly then: Statement[]; readonly else: Statement[]; readonly loc: Location | null }
  | { readonly kind: "switch"; readonly on: Signal; readonly cases: Case[]; readonly default: Statement[]; readonly loc: Location | null };

export interface Case {
  readonly values: readonly Signal[];
  readonly body: Statement[];
  readonly loc: Location | null;
}

/** Bits that an assignment drives, and where it is. */
interface Driven {
  readonly lo: number;
  readonly hi: number;
  readonly loc: Location | null;
}

export class Body {
  private static open: Body | null = null;
  readonly declared: Signal[] = [];
  readonly instances: Instance[] = [];
  readonly streams: Stream[] = [];
  readonly statements: Statement[] = [];
  private readonly prologue: Statement[] = [];
  private branch = this.statements;
  /** Bits of each signal that have been assigned, and not again since. */
  private readonly driven = new Map<Signal, Driven[]>();

  constructor(readonly moduleName: string, readonly design: Design) {}

  /** The body that the running code describes. @throws DiagnosticError LAPA-E016 outside every module. */
  static current(): Body {
    return Body.open ?? fail("LAPA-E016", "hardware is described outside a module", "Move this into a module's fields or its build().");
  }

  /** All statements, in the order in which they take effect. */
  get program(): readonly Statement[] {
    return [...this.prologue, ...this.statements];
  }

  /** Runs `f` with this body as the current one. */
  describe<T>(f: () => T): T {
    const before = Body.open;
    Body.open = this;
    try {
      return f();
    } finally {
      Body.open = before;
    }
  }

  /** Assigns bits lo .. lo + value.width - 1 of the target. */
  assign(target: Signal, lo: number, value: Signal): void {
    this.checkOwned(target);
    this.checkOwned(value);
    const statement = { kind: "assign" as const, target, lo, value, loc: currentLocation() };
    const enable = target.origin.kind === "declared" ? target.origin.enable : undefined;
    this.noteDriven(target, { lo, hi: lo + value.width - 1, loc: statement.loc }, enable === undefined && this.branch === this.statements);
    if (enable) this.add({ kind: "if", cond: enable, then: [statement], else: [], loc: statement.loc });
    else this.add(statement);
  }

  /** Reports earlier assignments that one outside every condition leaves without effect: two drivers of a signal. */
  private noteDriven(target: Signal, now: Driven, always: boolean): void {
    const before = this.driven.get(target);
    if (before === undefined) return void this.driven.set(target, [now]);
    const isLost = (d: Driven): boolean => d.lo >= now.lo && d.hi <= now.hi;
    const lost = always ? before.find(isLost) : undefined;
    if (lost !== undefined) {
      this.driven.set(target, [...before.filter((d) => !isLost(d)), now]);
      report("LAPA-W005", `${target.describe()} is assigned again, whatever the conditions: what was assigned before has no effect`,
        "Assign once; put a default first and what differs after it.", [{ message: "assigned before", loc: lost.loc }]);
    } else before.push(now);
  }

  /** Assigns before all other statements, which override it. */
  assignFirst(target: Signal, value: Signal): void {
    this.prologue.push({ kind: "assign", target, lo: 0, value, loc: currentLocation() });
  }

  /** Adds a control statement, whose branches `within` can fill. */
  add<S extends Statement>(statement: S): S {
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
