/** The speculation unit: which keys each query of a head needs, predicted in rounds. */

import { Bits, Bool, concat, connect, literal, type Ports, select, SInt, UInt } from "lapa";
import { Fifo } from "../lib/fifo";
import { LibraryModule } from "../lib/library-module";
import { type ListStream, mergeTree } from "../lib/merge-tree";
import { SortedMerge } from "../lib/sorted-merge";
import { listsWaiting, rowsScored } from "./ddf";
import { HeadControl, headFields } from "./head-control";
import { KeyLoader } from "./key-loader";
import { packRowContext, rowContextBits } from "./row-context";
import { sumBits } from "./row-statistics";
import { rowBits, speculationFormat, type SpeculationParameters } from "./speculation-format";
import { type RoundParts, roundParts, SpeculationRound } from "./speculation-round";
import { largestMask, SurvivorOutput } from "./survivor-output";
import { formatOf, VectorEncoder } from "./vector-encoder";

/**
 * Heads, keys and queries in, survivors out, in ascending order of rows and keys. A head is one word of registers, then its
 * keys, then its queries; rows overlap, heads do not.
 */
export class Speculation extends LibraryModule<SpeculationParameters> {
  private readonly unit = speculationFormat(this.params);
  private readonly parts: readonly RoundParts[] = this.unit.rounds.map((_, round) => roundParts({ ...this.params, round }));
  private readonly vector = Bits(this.params.headDim * this.params.operandBits);
  private readonly count = UInt(this.unit.countBits);

  readonly head = this.inputStream(headFields(this.unit, this.params));
  readonly keys = this.inputStream({ features: this.vector });
  readonly queries = this.inputStream({ features: this.vector });
  /** A head is at work; registers and keys may not be touched, and need not be: the next head's word waits. */
  readonly busy = this.output(Bool());
  readonly survivors = this.outputStream({ row: UInt(rowBits), key: UInt(this.unit.keyBits), count: this.count, last: Bool() });
  readonly masks = this.params.maxKeys > largestMask ? null : this.outputStream({ row: UInt(rowBits), count: this.count, mask: Bits(this.params.maxKeys) });
  /** Of each round, what its filter knows of a row. */
  readonly statistics = this.parts.map(({ format, ddf }) => {
    const score = SInt(format.scoreBits);
    return this.outputStream({ row: UInt(rowBits), count: this.count, max: score, min: score, sum: SInt(sumBits(ddf)) });
  });

  override get doc(): string {
    const { headDim, maxKeys, slices } = this.params;
    return `Predicts which of up to ${maxKeys} keys of ${headDim} features each query needs, in rounds of ${slices.join(", ")} bits.`;
  }

  build(): void {
    const control = this.instance(HeadControl, this.params);
    connect(this.head, control.head);
    this.busy.set(control.busy);
    const rounds = this.parts.map((_, round) => this.instance(SpeculationRound, { ...this.params, round }));
    this.load(control, rounds);
    this.rows(control, rounds);
    rounds.forEach((round, r) => {
      round.newHead.set(control.newHead);
      round.blend.set(control.blend);
      round.rho.set(control.rho[r]!);
      round.guard?.set(control.guard![r]!);
      round.weight.set(control.weight[r]!);
      connect(round.statistics, this.statistics[r]!);
      if (r > 0) this.join(rounds[r - 1]!, round, r);
    });
    this.leave(control, rounds.at(-1)!);
  }

  private load(control: Ports<HeadControl>, rounds: readonly Ports<SpeculationRound>[]): void {
    const loader = this.instance(KeyLoader, this.params);
    loader.keys.valid.set(this.keys.valid.and(control.takesKeys));
    this.keys.ready.set(loader.keys.ready.and(control.takesKeys));
    loader.keys.payload.features.set(this.keys.payload.features);
    loader.newHead.set(control.newHead);
    control.keyTaken.set(this.keys.fire());
    control.keyWritten.set(loader.written);
    rounds.forEach((round, r) => {
      round.write.set(loader.write);
      round.writeLane.set(loader.lane);
      round.writeGroup.set(loader.group);
      round.writeFold?.set(loader.fold!);
      round.writeWord.set(loader.words[r]!);
    });
  }

  /** Queries become row contexts, which go from round to round. */
  private rows(control: Ports<HeadControl>, rounds: readonly Ports<SpeculationRound>[]): void {
    const first = rounds[0]!.rows;
    const isTaken = this.queries.valid.and(control.takesRows);
    control.rowTaken.set(this.queries.fire());
    if (this.params.logSide === "query") {
      const encoder = this.instance(VectorEncoder, { ...formatOf(this.params), headDim: this.params.headDim });
      encoder.in.valid.set(isTaken);
      this.queries.ready.set(encoder.in.ready.and(control.takesRows));
      encoder.in.payload.features.set(this.queries.payload.features);
      const { codes, positive, negative } = encoder.out.payload;
      first.valid.set(encoder.out.valid);
      encoder.out.ready.set(first.ready);
      first.payload.context.set(packRowContext({ operand: codes, positive, negative, base: encoder.base }));
    } else {
      first.valid.set(isTaken);
      this.queries.ready.set(first.ready.and(control.takesRows));
      first.payload.context.set(packRowContext({ operand: this.queries.payload.features, positive: null, negative: null, base: null }));
    }
    rounds[0]!.alive!.set(control.alive);
    control.rowIssued.set(first.fire());
    for (let r = 1; r < rounds.length; r++) this.handOn(rounds[r - 1]!, rounds[r]!);
  }

  /** A row's context waits from its start in one round to its end in the next. */
  private handOn(before: Ports<SpeculationRound>, after: Ports<SpeculationRound>): void {
    const contexts = this.instance(Fifo, { width: rowContextBits(this.params), depth: rowsScored + listsWaiting, blackBox: false });
    contexts.in.valid.set(before.starts);
    contexts.in.payload.data.set(before.rows.payload.context);
    after.rows.valid.set(contexts.out.valid);
    contexts.out.ready.set(after.rows.ready);
    after.rows.payload.context.set(contexts.out.payload.data);
  }

  /** The lists of one round, for the lanes of the next. */
  private join(before: Ports<SpeculationRound>, after: Ports<SpeculationRound>, r: number): void {
    const { scoreBits } = this.unit.rounds[r - 1]!;
    const { sources } = this.unit.rounds[r]!;
    const { sourceBits, tagBits } = this.parts[r]!;
    after.lists!.forEach((list, k) => {
      const merged = this.merged(before, r - 1, (lane) => sources[k]!.indexOf(lane), sources[k]!, sourceBits, scoreBits, tagBits);
      connect(merged, list);
    });
    before.listTaken.set(after.rows.fire());
  }

  private leave(control: Ports<HeadControl>, last: Ports<SpeculationRound>): void {
    const { groupBits, laneBits, rounds } = this.unit;
    const all = rounds[0]!.sources.flat();
    const firstLaneBits = all.length === 1 ? 0 : laneBits;
    const merged = this.merged(last, rounds.length - 1, (lane) => lane, all, firstLaneBits, 0, groupBits + firstLaneBits);
    const output = this.instance(SurvivorOutput, { maxKeys: this.params.maxKeys, firstLanes: all.length, groupBits, laneBits: firstLaneBits });
    connect(merged, output.list);
    output.counted.set(last.counted!);
    output.survivorCount.set(last.survivorCount!);
    output.newHead.set(control.newHead);
    last.listTaken.set(output.rowDone);
    control.rowDone.set(output.rowDone);
    connect(output.survivors, this.survivors);
    if (this.masks !== null) connect(output.masks!, this.masks);
  }

  /**
   * The lists of those lanes of round r whose keys come from `wanted` lanes of round 0, as one list. A word's source is told
   * anew: by `place` of the lane of round 0 that it came from.
   */
  private merged(round: Ports<SpeculationRound>, r: number, place: (lane: number) => number, wanted: readonly number[], placeBits: number, scoreBits: number, orderBits: number): ListStream {
    const { sources } = this.unit.rounds[r]!;
    const { groupBits } = this.unit;
    const { sourceBits } = this.parts[r]!;
    const lists = sources.flatMap((of, k): ListStream[] => {
      if (!of.some((lane) => wanted.includes(lane))) return [];
      const list = round.survivors[k]!;
      const { word } = list.payload;
      const group = word.bits(word.width - 1, word.width - groupBits);
      const source = sourceBits === 0 ? literal(UInt(1), 0n) : word.bits(scoreBits + sourceBits - 1, scoreBits).asUInt();
      const places = placeBits === 0 ? [] : [select(of.map((lane) => literal(Bits(placeBits), BigInt(place(lane)))), source)];
      const score = scoreBits === 0 ? [] : [word.bits(scoreBits - 1, 0)];
      const told = this.stream({ word: Bits(groupBits + placeBits + scoreBits), has: Bool(), last: Bool() });
      told.valid.set(list.valid);
      list.ready.set(told.ready);
      told.payload.word.set(concat(group, ...places, ...score));
      told.payload.has.set(list.payload.has);
      told.payload.last.set(list.payload.last);
      return [told];
    });
    return mergeTree(lists, orderBits, (params) => this.instance(SortedMerge, params));
  }
}

