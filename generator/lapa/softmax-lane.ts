/** Softmax of one row of a tile: its scores come, its probabilities are formed, its probabilities are read. */

import { assignAt, Bits, Bool, concat, literal, log2Ceil, type Memory, mux, select, SInt, type Type, UInt, unsignedWidth, Vec, when } from "lapa";
import { LibraryModule } from "../lib/library-module";
import { largestProbability, Probability, probabilityBits, probabilityLatency, scaleBits, shiftBits } from "./probability";

export type SoftmaxLaneParameters = {
  readonly scoreBits: number;
  /** n: the most words that a row of a tile has. */
  readonly maxKeys: number;
  readonly blackBox: boolean;
};

/** Bits of a word's place in its row. */
export function wordIndexBits({ maxKeys }: Pick<SoftmaxLaneParameters, "maxKeys">): number {
  return Math.max(1, log2Ceil(maxKeys));
}

/** Bits of the sum of a row's probabilities. */
export function denominatorBits({ maxKeys }: Pick<SoftmaxLaneParameters, "maxKeys">): number {
  return unsignedWidth(largestProbability * BigInt(maxKeys));
}

/** Cycles from a score's read to its probability. */
const readLatency = 1 + probabilityLatency;

/** Cycles from `start` to `done` for a row of so many words. */
export function softmaxLatency(words: number): number {
  return Math.max(1, words) + readLatency + 1;
}

/** Cycles from `start` to the next one, and to the first score that may come into the same bank again. */
export function softmaxInterval(words: number): number {
  return Math.max(1, words);
}

/**
 * Three things go on at once, each on a row of another tile and each at a word a cycle: scores are stored and their maximum is
 * found; the scores of a complete row become probabilities, which are stored and summed; the probabilities of a row before it
 * are read, in any order and as often as needed. Both memories have two banks, and whoever drives the unit says which is meant.
 *
 *   - `start` may come in the cycle after a row's `last` score, and `softmaxInterval` cycles after the `start` before it. From
 *     `softmaxInterval` cycles after a `start` on, the row after the next may come into its bank.
 *   - With `done`, `softmaxLatency` after `start`, the bank's sum is there and its probabilities may be read, until the next
 *     row's over that bank overwrite them: the first one `softmaxLatency(1)` cycles after its `start`.
 */
export class SoftmaxLane extends LibraryModule<SoftmaxLaneParameters> {
  private readonly scoreType = SInt(this.params.scoreBits);
  private readonly sumType = UInt(denominatorBits(this.params));
  private readonly index = UInt(wordIndexBits(this.params));
  /** Forgets rows that have not come to an end; what is in the banks stays. */
  readonly clear = this.input(Bool());
  /** c and s, run-time registers: they hold still from `start` to `done`. */
  readonly scale = this.input(UInt(scaleBits));
  readonly shift = this.input(UInt(shiftBits));

  /** A word of a row comes, the row's words in order; it has a score where it is `live`. `last` ends the row. */
  readonly valid = this.input(Bool());
  readonly last = this.input(Bool());
  readonly live = this.input(Bool());
  readonly score = this.input(this.scoreType);
  /** The same for all words of a row. */
  readonly scoreBank = this.input(Bool());

  /** The row of `words` words in `startBank` becomes probabilities, in the same bank. */
  readonly start = this.input(Bool());
  readonly startBank = this.input(Bool());
  /** 0 .. n; a row without words has the sum 0. */
  readonly words = this.input(UInt(log2Ceil(this.params.maxKeys + 1)));
  readonly done = this.output(Bool());
  readonly doneBank = this.output(Bool());
  /** Of each bank: the sum of its probabilities. */
  readonly denominators = this.output(Vec(2, this.sumType));

  readonly read = this.input(Bool());
  readonly readBank = this.input(Bool());
  readonly readIndex = this.input(this.index);
  /** One cycle after `read`; it holds until the next one. 0 for words that are not live. */
  readonly probability = this.output(UInt(probabilityBits));

  override get doc(): string {
    return `Softmax of a row of up to ${this.params.maxKeys} scores: maximum, probabilities of 8 bits, their sum.`;
  }

  build(): void {
    const { maxKeys, blackBox, scoreBits } = this.params;
    // The upper bank starts at a power of two, so that the bank is the address's top bit.
    const depth = 2 ** this.index.width + maxKeys;
    const scores = this.memory(Bits(scoreBits + 1), { depth, blackBox });
    const probabilities = this.memory(UInt(probabilityBits), { depth, blackBox });
    const maxima = this.keep(scores);

    const { reading, bank, index, some, first, last } = this.pass();
    const word = scores.read(concat(bank, index).asUInt(), reading);
    const fetched = this.later(some, 1);
    // Of its own, so that the last word's is there while the bank's next row begins.
    const max = this.reg(this.scoreType, { reset: "none", enable: reading });
    max.set(select(maxima, bank.asUInt()));
    const unit = this.instance(Probability, { scoreBits });
    unit.scale.set(this.scale);
    unit.shift.set(this.shift);
    unit.live.set(fetched.and(word.bit(scoreBits)));
    unit.score.set(word.bits(scoreBits - 1, 0).asSInt());
    unit.max.set(max);

    const formed = this.later(reading, readLatency, 0n);
    const formedBank = this.later(bank, readLatency);
    const formedFirst = this.later(first, readLatency);
    const formedLast = this.later(last, readLatency);
    this.store(probabilities, { formed, bank: formedBank, first: formedFirst, last: formedLast }, unit.probability);
    this.probability.set(probabilities.read(concat(this.readBank, this.readIndex).asUInt(), this.read));
  }

  /** Stores scores as they come. Returns the largest live one of each bank. */
  private keep(scores: Memory<Type<"bits">>): readonly SInt[] {
    const index = this.reg(this.index, { reset: 0n });
    /** Whether a live score of the row has come. */
    const some = this.reg(Bool(), { reset: 0n });
    const largest = this.reg(Vec(2, this.scoreType), { reset: "none" });
    const bank = this.scoreBank.asUInt();
    const isLargest = this.live.and(some.not().or(this.score.gt(select(largest, bank))));
    when(this.valid, () => {
      scores.write(concat(this.scoreBank, index).asUInt(), concat(this.live, this.score));
      index.set(index.addWrap(1n));
      some.set(some.or(this.live));
      when(isLargest, () => assignAt(largest, bank, this.score));
    });
    when(this.clear.or(this.valid.and(this.last)), () => {
      index.set(0n);
      some.set(0n);
    });
    return largest;
  }

  /** Which word is read in this cycle. A row without words has one that is none. */
  private pass() {
    const reading = this.reg(Bool(), { reset: 0n });
    const bank = this.reg(Bool(), { reset: "none" });
    const index = this.reg(this.index, { reset: "none" });
    const left = this.reg(this.words.type, { reset: "none" });
    const some = left.ne(0n);
    const last = some.not().or(left.eq(1n));
    when(reading, () => {
      index.set(index.addWrap(1n));
      left.set(left.subWrap(1n));
      when(last, () => reading.set(0n));
    });
    when(this.start, () => {
      reading.set(1n);
      bank.set(this.startBank);
      index.set(0n);
      left.set(this.words);
    });
    when(this.clear, () => reading.set(0n));
    return { reading, bank, index, some, first: index.eq(0n), last };
  }

  /** Stores a row's probabilities in the order in which they come, and sums them. */
  private store(probabilities: Memory<Type<"uint">>, at: { readonly formed: Bool; readonly bank: Bool; readonly first: Bool; readonly last: Bool }, probability: UInt): void {
    const next = this.reg(this.index, { reset: "none" });
    const index = mux(at.first, literal(this.index, 0n), next);
    const sums = this.reg(Vec(2, this.sumType), { reset: "none" });
    const bank = at.bank.asUInt();
    const sum = mux(at.first, literal(this.sumType, 0n), select(sums, bank)).addWrap(probability.zext(this.sumType.width));
    when(at.formed, () => {
      probabilities.write(concat(at.bank, index).asUInt(), probability);
      next.set(index.addWrap(1n));
      assignAt(sums, bank, sum);
    });
    const done = this.later(at.formed.and(at.last), 1, 0n);
    const doneBank = this.later(at.bank, 1);
    this.done.set(done);
    this.doneBank.set(doneBank);
    sums.forEach((of, b) => this.denominators[b]!.set(of));
  }

  /** What a signal was some cycles ago; with a reset value, `clear` brings it back to that. */
  private later(signal: Bool, cycles: number, reset: 0n | "none" = "none"): Bool {
    let stage = signal;
    for (let i = 0; i < cycles; i++) {
      const next = this.reg(Bool(), { reset });
      next.set(reset === "none" ? stage : stage.and(this.clear.not()));
      stage = next;
    }
    return stage;
  }
}
