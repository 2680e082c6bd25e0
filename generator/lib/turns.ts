/**
 * Turns: what a host does, on a bus and on streams, in an order. Every access that is answered, and every beat that is marked,
 * counts; a word that says `after: n` waits until n of them have been.
 */

import type { Bool, UInt } from "lapa";

/** Bits of the number of a turn. */
export const turnBits = 16;

/** Whether a word's turn has come. It stays so: turns only count up. */
export function isDue(turn: UInt, after: UInt): Bool {
  return turn.ge(after);
}
