/** Soft resets at every stage of a head (docs/registers.md): what has begun to leave is finished with zeros, nothing else comes. */

import { codeOf } from "../../../generator/lapa/error-codes";
import { programming, start } from "../../driver/conversation";
import { poll, read, write } from "../../driver/registers";
import type { HostSession } from "../../driver/session";
import type { Beat, Tensor } from "../../vectors/host-script";
import { type ExpectedHead, outputPacket, tensorPacket } from "../../vectors/packets";
import type { Coverage } from "../coverage";
import type { Extent } from "./extent";
import { plain } from "./incidents";
import { kinds, type ResetPlace, resetPlaces } from "./points";
import type { SmallHeads } from "./small-heads";

/** A reset everywhere, and a head after each. */
export function softResets(session: HostSession, heads: SmallHeads, extent: Extent, coverage: Coverage): void {
  for (const place of extent === "some" ? ["among the keys", "with a second head loaded"] as const : resetPlaces) {
    const head = heads.short(`soft reset ${place}`);
    resetAt(session, heads, place, head);
    coverage.hit(kinds.resets, place);
    afterwards(session, head);
    plain(session, heads.expected(`after a soft reset ${place}`));
  }
}

function resetAt(session: HostSession, heads: SmallHeads, place: ResetPlace, head: ExpectedHead): void {
  switch (place) {
    case "at rest": {
      reset(session);
      // It ends at once, too.
      return session.script.say(read(session.map, "STATUS", { busy: 0, pending: 0, done: 0 }));
    }
    case "among the keys": return amongInputs(session, head, { keys: 0.5 });
    case "before the queries": return amongInputs(session, head, { keys: 1, values: 1 });
    case "before the first output": return amongOutputs(session, head, () => 0);
    case "among the outputs": return amongOutputs(session, head, (beats) => beats >> 1);
    case "before the last output": return amongOutputs(session, head, (beats) => beats - 1);
    case "with a second head loaded": return amongOutputs(session, head, () => 1, heads.expected("a second head, which is lost"));
  }
}

/** Twice: the second one finds nothing more to do. One that comes with a start goes before it. */
function reset({ map, script }: HostSession): void {
  script.say(write(map, "CONTROL", { soft_reset: 1, start: 1, irq_enable: 1 }), write(map, "CONTROL", { soft_reset: 1, irq_enable: 1 }));
}

/** A reset when so much of each packet is taken: no output can have been made. */
function amongInputs(session: HostSession, { head }: ExpectedHead, shares: Partial<Record<Tensor, number>>): void {
  const { map, script, spec } = session;
  script.fence();
  script.say(...programming(map, head), start(map, head));
  for (const [name, share] of Object.entries(shares) as [Tensor, number][]) {
    const beats = tensorPacket(head, name, spec);
    script.send(name, beats.slice(0, Math.ceil(beats.length * share)), { isOrdered: true });
  }
  script.say(read(map, "STATUS", { busy: 1, done: 0, error: 0 }));
  reset(session);
}

/** A reset while a beat of outputs waits: it stays as it is, and those after it are zeros. @param second a head that is started meanwhile. */
function amongOutputs(session: HostSession, expected: ExpectedHead, choose: (beats: number) => number, second?: ExpectedHead): void {
  const { map, script, spec } = session;
  const { beats, places } = outputPacket(expected, spec);
  const at = Math.min(beats.length - 1, choose(beats.length));
  script.fence();
  for (const name of ["keys", "values"] as const) script.send(name, tensorPacket(expected.head, name, spec));
  script.take(beats.slice(0, at), places.slice(0, at));
  script.say(...programming(map, expected.head), start(map, expected.head));
  // What has not been taken at the reset would be the next head's.
  script.send("queries", tensorPacket(expected.head, "queries", spec), { isOrdered: true });
  script.hold(beats.slice(at).map((beat, i) => (i === 0 ? beat : zeros(beat))), places.slice(at), () => {
    if (second !== undefined) {
      script.say(...programming(map, second.head), poll(map, "STATUS", { pending: 0 }), start(map, second.head));
      for (const name of ["keys", "values"] as const) script.send(name, tensorPacket(second.head, name, spec), { isOrdered: true });
    }
    script.say(read(map, "STATUS", { busy: 1, done: 0, error: 0 }));
    reset(session);
    const refused = codeOf("start_busy");
    script.say(
      read(map, "STATUS", { busy: 1, pending: 1, done: 0, error: 0 }), start(map, expected.head),
      read(map, "STATUS", { pending: 1, error: 1, error_code: refused, start_code: refused }), write(map, "STATUS", { error: 1 }),
    );
  });
}

const zeros = (beat: Beat): Beat => ({ ...beat, data: beat.data.map(() => 0) });

/** The accelerator comes to rest; the head does not count, and its keys are forgotten. */
function afterwards(session: HostSession, { head }: ExpectedHead): void {
  const { map, script, ended } = session;
  script.say(
    poll(map, "STATUS", { pending: 0 }), read(map, "STATUS", { busy: 0, pending: 0, done: 0, error: 0, error_code: 0 }), read(map, "HEADS_DONE", { heads_done: ended }),
    ...programming(map, { ...head, loads: false }), start(map, head), read(map, "STATUS", { error: 1, error_code: codeOf("not_loaded") }), write(map, "STATUS", { error: 1 }),
  );
  script.fence();
}
