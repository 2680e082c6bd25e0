/** The survivors of one lane, list by list, between a round and what comes after it. */

import { Bits, Bool, literal, log2Ceil, mux, UInt, when } from "lapa";
import { Fifo } from "../lib/fifo";
import { LibraryModule } from "../lib/library-module";
import { listOf } from "../lib/merge-tree";

export type LaneQueueParameters = {
  /** Bits of a word. */
  readonly width: number;
  /** Words that fit; whoever pushes sees to it that there is room. */
  readonly depth: number;
  /** Lists that fit; likewise. */
  readonly lists: number;
  readonly blackBox: boolean;
};

/** Cycles from a list's end to its first word at the output. */
export const laneQueueLatency = 2;

/**
 * Takes words without asking, and gives them out a list at a time: none of a list before its end is known, then one a
 * cycle. An empty list is one word with `has` 0.
 */
export class LaneQueue extends LibraryModule<LaneQueueParameters> {
  private readonly countBits = log2Ceil(this.params.depth + 1);
  readonly push = this.input(Bool());
  readonly word = this.input(Bits(this.params.width));
  /** The list ends, with this cycle's word if there is one. */
  readonly ends = this.input(Bool());
  readonly out = this.outputStream(listOf(this.params.width));

  override get doc(): string {
    return `Up to ${this.params.depth} words in up to ${this.params.lists} lists; a list comes out when it is complete.`;
  }

  build(): void {
    const { width, depth, lists, blackBox } = this.params;
    const words = this.instance(Fifo, { width, depth, blackBox });
    const lengths = this.instance(Fifo, { width: this.countBits, depth: lists, blackBox: false });
    words.push.set(this.push);
    words.data.set(this.word);
    /** How many words the list at the input has. */
    const come = this.reg(UInt(this.countBits), { reset: 0n });
    const total = mux(this.push, come.addWrap(1n), come);
    come.set(mux(this.ends, literal(come.type, 0n), total));
    lengths.push.set(this.ends);
    lengths.data.set(total.asBits());

    /** How many words of the list at the output have gone. */
    const gone = this.reg(UInt(this.countBits), { reset: 0n });
    const length = lengths.out.payload.data.asUInt();
    const isEmpty = length.eq(0n);
    const isLast = isEmpty.or(gone.addWrap(1n).eq(length));
    const moves = this.out.fire();
    // A list's words are never behind its length: both queues take as long.
    this.out.valid.set(lengths.out.valid);
    this.out.payload.word.set(words.out.payload.data);
    this.out.payload.has.set(isEmpty.not());
    this.out.payload.last.set(isLast);
    words.out.ready.set(moves.and(isEmpty.not()));
    lengths.out.ready.set(moves.and(isLast));
    when(moves, () => gone.set(mux(isLast, literal(gone.type, 0n), gone.addWrap(1n))));
  }
}
