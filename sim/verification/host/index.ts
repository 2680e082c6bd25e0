/** A host that does all that it may, and much that it should not. */

import type { HostSession } from "../../driver/session";
import type { Coverage } from "../coverage";
import { faultyPackets, interrupts, pauses, plain } from "./incidents";
import { lowestCode, outOfRange, secondError, thirdStart } from "./refusals";
import { holes, readBack, resetValues } from "./registers";
import { softResets } from "./resets";
import type { SmallHeads } from "./small-heads";

export interface Misconduct {
  /** Whether everything is tried, with stalls and without, and every bit that is too much for a register; or a choice for slow engines. */
  readonly isThorough: boolean;
  /** Whether streams may stall: then pauses are not counted. */
  readonly stalls: boolean;
}

/** What comes first: nothing has happened, and no keys are loaded. */
export function beforehand(session: HostSession, heads: SmallHeads, { isThorough, stalls }: Misconduct): void {
  resetValues(session);
  if (!stalls && !isThorough) return;
  holes(session);
  readBack(session, heads);
  const { head } = heads.expected("a head that is refused");
  outOfRange(session, head, isThorough);
  lowestCode(session, head);
  secondError(session, head);
}

/** What comes when nothing is in flight. */
export function misbehave(session: HostSession, heads: SmallHeads, { isThorough, stalls }: Misconduct, coverage: Coverage): void {
  if (!stalls) pauses(session, heads, coverage);
  if (!stalls && !isThorough) return;
  thirdStart(session, [heads.expected("a head that waits for its keys"), heads.expected("a head behind it")]);
  interrupts(session, heads);
  faultyPackets(session, heads, coverage);
  softResets(session, heads, coverage);
  plain(session, heads.expected("the last head"));
}
