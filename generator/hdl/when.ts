import { Body, type Statement } from "./body";
import type { BoolSignal } from "./signal";

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
  const added = body.addIf(condition);
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
