/** The streams protocol once more, cycle by cycle and as short as possible, with `stage` as its design. */

import { advanceStall, type Stalls, stallSeed } from "../../sim/vectors/stalls";
import type { Word } from "./duts";

export interface ModelRun {
  readonly verdict: "pass" | "hang" | "extra";
  readonly cycles: number;
  /** The words that came out and when. */
  readonly received: readonly { readonly cycle: number; readonly word: Word }[];
}

/** `stage`: what its ports show, and what an edge does to it. */
class Stage {
  out: Word | null = null;
  private held: Word | null = null;

  get ready(): boolean {
    return this.held === null;
  }

  edge(offered: Word | null, outReady: boolean): void {
    const taken = offered !== null && this.ready && offered.fault !== 2 ? offered : null;
    const word = this.held ?? (taken?.fault === 1 ? { ...taken, a: taken.a ^ 0x100 } : taken);
    if (this.out === null || outReady) {
      this.out = word;
      this.held = word?.fault === 3 ? { ...word, fault: 0 } : null;
    } else {
      this.held = word;
    }
  }
}

export function modelRun(words: readonly Word[], expected: number, stalls: Stalls, hangCycles: number): ModelRun {
  const stage = new Stage();
  const received: { cycle: number; word: Word }[] = [];
  let states = [stallSeed(stalls.seed, 0), stallSeed(stalls.seed, 1)];
  let paces = [0, 0];
  let edges = 0;
  let sent = 0;
  let offering = false;
  let ready = false;
  let last = -1;
  let lastExpected = -1;
  let drained = 0;
  const done = (): boolean => sent === words.length && received.length >= expected;
  const chance = (usual: number, pace: number): number => {
    if (usual === 0 || pace === 1) return 0;
    if (pace === 2) return 224;
    if (pace === 3) return edges % 256 < 128 ? 256 : 0;
    return usual;
  };
  const drive = (): void => {
    states = states.map(advanceStall);
    if (edges % 256 === 0) paces = states.map((s) => (s >> 8) & 3);
    offering ||= sent < words.length && (states[0] & 0xff) >= chance(stalls.input, paces[0]);
    ready = (states[1] & 0xff) >= chance(stalls.output, paces[1]);
    edges++;
  };
  drive(); // the last edge of reset
  for (let cycle = 0; drained < 64 && (done() || cycle - lastExpected <= hangCycles); cycle++) {
    if (done()) drained++;
    const [accepted, delivered] = [offering && stage.ready, ready ? stage.out : null];
    stage.edge(offering ? words[sent] : null, ready);
    if (accepted) [sent, offering] = [sent + 1, false];
    if (delivered) received.push({ cycle, word: delivered });
    if (accepted || delivered) last = cycle;
    if (accepted || (delivered && received.length <= expected)) lastExpected = cycle;
    drive();
  }
  const verdict = received.length > expected ? "extra" : done() ? "pass" : "hang";
  return { verdict, cycles: last + 1, received };
}
