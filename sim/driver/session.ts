/** A host at work: it runs heads, one after the other or in flight together. */

import type { RegisterMapParameters } from "../../generator/lapa/register-map";
import { registerMap } from "../../generator/lapa/register-map";
import { HostScript, tensors, type TopSpec } from "../vectors/host-script";
import { type ExpectedHead, outputPacket, tensorPacket } from "../vectors/packets";
import { type Counts, flightConversation, headConversation, identification, refusal } from "./conversation";
import type { RegisterMap } from "./registers";

export class HostSession {
  readonly map: RegisterMap;
  readonly script: HostScript;
  /** Heads that have ended, since reset. */
  ended = 0;

  constructor(readonly spec: TopSpec, readonly params: RegisterMapParameters) {
    this.map = registerMap(params);
    this.script = new HostScript(spec);
  }

  /** Reads everything that never changes. */
  identify(): void {
    this.script.say(...identification(this.map));
  }

  /** A head by itself. Without a query it is refused. */
  run(expected: ExpectedHead, counts: Counts): void {
    if (expected.rows.length === 0) return this.script.say(...refusal(this.map, expected.head));
    this.packets(expected);
    this.ended++;
    this.script.say(...headConversation(this.map, expected.head, counts, this.ended));
  }

  /** Heads in flight together. */
  fly(flight: readonly ExpectedHead[]): void {
    flight.forEach((head) => this.packets(head));
    this.ended += flight.length;
    this.script.say(...flightConversation(this.map, flight.map(({ head }) => head), this.ended));
  }

  /** What a head takes from its streams and gives to them. */
  packets(expected: ExpectedHead): void {
    const { head } = expected;
    for (const name of tensors) if (name === "queries" || head.loads) this.script.send(name, tensorPacket(head, name, this.spec));
    const { beats, places } = outputPacket(expected, this.spec);
    this.script.take(beats, places);
  }
}
