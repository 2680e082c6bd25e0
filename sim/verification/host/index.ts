/** A host that does all that it may, and much that it should not. */

import type { HostSession } from "../../driver/session";
import type { Coverage } from "../coverage";
import type { Extent } from "./extent";
import { faultsAtOnce, faultyPackets, interrupts, pauses, plain } from "./incidents";
import { atTheLimits, lowestCode, outOfRange, secondError, thirdStart, twoFaults } from "./refusals";
import { holes, readBack, resetValues } from "./registers";
import { softResets } from "./resets";
import type { SmallHeads } from "./small-heads";

export interface Misconduct {
  readonly extent: Extent;
  /** Whether streams may stall: then pauses are not counted. */
  readonly stalls: boolean;
}

const isIdle = ({ extent, stalls }: Misconduct): boolean => extent === "reset" || (!stalls && extent !== "all");

/** What comes first: nothing has happened, and no keys are loaded. */
export function beforehand(session: HostSession, heads: SmallHeads, conduct: Misconduct): void {
  const { extent } = conduct;
  resetValues(session);
  if (isIdle(conduct)) return;
  holes(session);
  readBack(session, heads.random, extent);
  const { head } = heads.expected("a head that is refused");
  if (extent !== "some") outOfRange(session, head, extent === "all");
  if (extent === "all") atTheLimits(session, head);
  lowestCode(session, head);
  if (extent === "all") twoFaults(session, head);
  secondError(session, head);
}

/** What comes when nothing is in flight. */
export function misbehave(session: HostSession, heads: SmallHeads, conduct: Misconduct, coverage: Coverage): void {
  if (!conduct.stalls && conduct.extent !== "reset") pauses(session, heads, coverage);
  if (isIdle(conduct)) return;
  thirdStart(session, [heads.expected("a head that waits for its keys"), heads.another("a head behind it")]);
  interrupts(session, heads);
  faultyPackets(session, heads, conduct.extent, coverage);
  if (conduct.extent === "all") faultsAtOnce(session, heads);
  softResets(session, heads, conduct.extent, coverage);
  plain(session, heads.expected("the last head"));
}
