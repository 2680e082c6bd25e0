/** When words pass a gearbox (generator/lib/gearbox.ts), at either end of the attention unit behind its bus. */

import { executionFormat, type ExecutionParameters, wordFeatures } from "../../generator/lapa/execution-format";
import type { Sink, Source } from "./streams";

/** Vectors of a packet out of beats of a bus that has them from the start. */
export class BeatSource implements Source {
  /** Beats that have entered, and when each vector left the gearbox for the register behind it. */
  private beats = 0;
  private readonly left: number[] = [];
  private lastBeat: number;
  offered: number;

  /** @param beatBytes, vectorBytes of a beat and of a vector. @param begins the first cycle in which a beat may enter. */
  constructor(private readonly beatBytes: number, private readonly vectorBytes: number, private readonly begins: number) {
    this.lastBeat = begins - 1;
    this.offered = this.leave(begins);
  }

  moved(cycle: number): void {
    this.offered = this.leave(cycle);
  }

  /** The next vector leaves the gearbox. @param free the first cycle in which the register takes it. @returns the cycle in which it is there. */
  private leave(free: number): number {
    const leaves = Math.max(free, this.enter(this.left.length + 1));
    this.left.push(leaves);
    return leaves + 1;
  }

  /** Beats enter until there are so many vectors. @returns the first cycle in which the last of these is there. */
  private enter(vectors: number): number {
    for (; this.beats * this.beatBytes < vectors * this.vectorBytes; this.beats++) {
      // It enters when of those before less than a vector waits, or as that becomes so.
      const gone = Math.floor((this.beats * this.beatBytes) / this.vectorBytes);
      this.lastBeat = Math.max(this.lastBeat + 1, gone === 0 ? this.begins : this.left[gone - 1]);
    }
    return this.lastBeat + 1;
  }
}

/** Beats of a bus that takes them at once, out of words of outputs. */
export class BeatSink implements Sink {
  /** Bytes that have entered, and when each beat has left. */
  private bytes = 0;
  private readonly beats: number[] = [];
  /** When the last word left its memory, and when it entered. */
  private fetched = -1;
  private entered = -1;
  private words = 0;

  constructor(private readonly execution: ExecutionParameters, private readonly beatBytes: number) {}

  tile(whole: number, words: number): number {
    for (let w = 0; w < words; w++) {
      this.fetched = Math.max(this.fetched + 1, this.entered, w === 0 ? whole + 1 : 0);
      this.enter();
    }
    return this.fetched;
  }

  /** When the packet's last beat has left, after its last word. */
  get ends(): number {
    if (this.beats.length * this.beatBytes < this.bytes) this.beat();
    return this.beats.at(-1)!;
  }

  private enter(): void {
    const { headDim } = this.execution;
    const { words } = executionFormat(this.execution);
    this.words++;
    const gone = Math.floor(this.bytes / this.beatBytes);
    this.entered = Math.max(this.fetched + 1, this.entered + 1, gone === 0 ? 0 : this.beats[gone - 1]);
    this.bytes += this.words % words === 0 ? headDim - (words - 1) * wordFeatures : wordFeatures;
    while ((this.beats.length + 1) * this.beatBytes <= this.bytes) this.beat();
  }

  /** A beat leaves as soon as all of it is there. */
  private beat(): void {
    this.beats.push(Math.max((this.beats.at(-1) ?? -1) + 1, this.entered + 1));
  }
}
