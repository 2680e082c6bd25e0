/** Conditions: what is assigned inside takes effect where they hold. */

import { Body, type Case, type Statement } from "./body";
import { report } from "./problem";
import { type BoolSignal, literal, needs, Signal } from "./signal";
import { sameType } from "./types";
import { currentLocation } from "./trace";

/** What may follow a `when`. */
export interface When {
  /** Holds where no condition above does and this one does. */
  elsewhen(condition: BoolSignal, then: () => void): When;
  /** Holds where no condition above does. */
  otherwise(then: () => void): void;
}

/** The assignments made in `then` take effect where the condition is 1. */
export function when(condition: BoolSignal, then: () => void): When {
  const body = Body.current();
  body.checkOwned(needs("bool", condition, "a condition"));
  const added = body.add({ kind: "if", cond: condition, then: [], else: [], loc: currentLocation() });
  body.within(added.then, then);
  return rest(body, added.else);
}

function rest(body: Body, branch: Statement[]): When {
  return {
    elsewhen(condition, then) {
      let next!: When;
      body.within(branch, () => (next = when(condition, then)));
      return next;
    },
    otherwise: (then) => body.within(branch, then),
  };
}

/** The cases of a switch. */
export interface Switch<T extends Signal> {
  /**
   * Holds where the signal has this value, or one of these.
   * @throws DiagnosticError LAPA-E018 when an earlier case has the value, E002 or E003 when the type does not.
   */
  is(values: CaseValue<T> | readonly CaseValue<T>[], then: () => void): Switch<T>;
  /** Holds where the signal has none of the values above. */
  otherwise(then: () => void): void;
}

type CaseValue<T extends Signal> = T | bigint;

/** Chooses by the value of a signal; the cases' values are literals or an enumeration's members. */
export function switchOn<T extends Signal>(on: T): Switch<T> {
  const body = Body.current();
  body.checkOwned(on);
  const cases: Case[] = [];
  const added = body.add({ kind: "switch", on, cases, default: [], loc: currentLocation() });
  const seen = new Set<bigint>();
  const result: Switch<T> = {
    is(values, then) {
      const constants = (Array.isArray(values) ? values : [values]).flatMap((v: CaseValue<T>) => caseLiteral(on, v, seen));
      const added: Case = { values: constants, body: [], loc: currentLocation() };
      if (constants.length > 0) cases.push(added);
      body.within(added.body, then);
      return result;
    },
    otherwise: (then) => body.within(added.default, then),
  };
  return result;
}

/** The literal of a case; nothing when it was reported as wrong. */
function caseLiteral(on: Signal, value: Signal | bigint, seen: Set<bigint>): Signal[] {
  const constant: Signal = typeof value === "bigint" ? literal(on.type, value) : value;
  if (constant.origin.kind !== "literal" || !sameType(constant.type, on.type)) {
    report("LAPA-E002", `a case of ${on.describe()} is ${constant.describe()}`, "A case's value is a literal, or a member of the same enumeration.");
    return [];
  }
  const { value: number } = constant.origin;
  if (seen.has(number)) report("LAPA-E018", `the value ${number} of ${on.describe()} has a case already`, "Remove one of the two cases.");
  else if (seen.add(number)) return [constant];
  return [];
}
