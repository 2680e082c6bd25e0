/** Enumerations: named states whose names reach the Verilog. */

import { log2Ceil } from "../ir/bits";
import { fail } from "./problem";
import { EnumSignal, literal } from "./signal";
import { EnumType } from "./types";

/** The type, with a constant for each member as a property. */
export type Enumeration<N extends string> = EnumType<N> & { readonly [K in N]: EnumSignal<N> };

const legal = /^[A-Za-z][A-Za-z0-9_]*$/;

/**
 * An enumeration: `const State = Enum("State", "idle", "busy")` gives the type `State` and the constants `State.idle`
 * and `State.busy`, numbered from 0 and called `STATE_IDLE` and `STATE_BUSY` in Verilog.
 * @throws DiagnosticError LAPA-E011 when a name is illegal, taken or missing.
 */
export function Enum<N extends string>(name: string, ...members: readonly [N, ...N[]]): Enumeration<N> {
  const type = new EnumType<N>(name, members, Math.max(1, log2Ceil(Math.max(1, members.length))));
  const seen = new Set<string>();
  for (const [value, member] of [name, ...members].entries()) {
    const label = member.toUpperCase();
    if (!legal.test(member) || member in type || (value > 0 && seen.has(label)) || members.length === 0) {
      fail("LAPA-E011", `enumeration '${name}' cannot have a member or name '${member}'`, "Use distinct names of letters, digits and underscores, other than name, members, width, sort, signed, label and resized.");
    }
    if (value === 0) continue;
    seen.add(label);
    Object.defineProperty(type, member, { value: literal(type, BigInt(value - 1)), enumerable: true });
  }
  return type as Enumeration<N>;
}
