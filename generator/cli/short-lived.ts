import { setFlagsFromString } from "node:v8";

/**
 * For commands that last a fraction of a second: V8 optimises a function only after it has run much longer than usual.
 * Optimising what is over in a moment costs more processor time than it saves (a third of the whole when an array of
 * 16 x 16 is emitted); a large design still gets its hot loops optimised.
 */
export function expectShortLife(): void {
  setFlagsFromString("--interrupt-budget=4000000");
}
