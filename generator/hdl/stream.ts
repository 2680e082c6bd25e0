/** Ready/valid streams: a word moves in every cycle in which both `valid` and `ready` are 1. */

import { type Fields, type Hardware, drive, type Value } from "./aggregates";
import type { BoolSignal } from "./signal";
import { nextCreated } from "./trace";

/**
 * A stream as one module sees it. Its producer drives `valid` and `payload`, its consumer drives `ready`. Once valid, a
 * producer keeps the word until it is taken; `valid` must not wait for `ready`.
 */
export class Stream<T extends Fields = Fields> {
  /** Position in the order of creation, over the whole process. */
  readonly created = nextCreated();
  /** The name that its ports begin with. */
  name: string | null = null;

  constructor(
    readonly valid: BoolSignal,
    readonly ready: BoolSignal,
    readonly payload: Hardware<T>,
    /** Whether the module receives the words or sends them; null for one inside it. */
    readonly direction: "input" | "output" | null,
  ) {}

  /** 1 in the cycles in which a word moves. */
  fire(): BoolSignal {
    return this.valid.and(this.ready);
  }
}

/** Lets the words of `from` go to `to`. @throws DiagnosticError LAPA-E001, E002 or E017 when the payloads differ. */
export function connect<T extends Fields>(from: Stream<T>, to: Stream<NoInfer<T>>): void {
  to.valid.set(from.valid);
  from.ready.set(to.ready);
  drive(to.payload as Value, from.payload as Value);
}
