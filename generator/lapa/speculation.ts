/** The speculation unit: which keys each query of a head needs, predicted in rounds. */

import { Bits, Bool, concat, connect, drive, literal, log2Ceil, type Ports, select, SInt, UInt } from "lapa";
import { Fifo } from "../lib/fifo";
import { LibraryModule } from "../lib/library-module";
import { listOf, type ListStream, mergeTree } from "../lib/merge-tree";
import { SortedMerge } from "../lib/sorted-merge";
import { listsWaiting, rowsScored } from "./ddf";
import { GroupOutput } from "./group-output";
import { HeadControl, headFields } from "./head-control";
import { bankedGroup } from "./key-bank";
import { KeyLoader } from "./key-loader";
import { packRowContext, rowContextBits } from "./row-context";
import { sumBits } from "./row-statistics";
import { rowBits, speculationFormat, type SpeculationParameters } from "./speculation-format";
import { type RoundParts, roundParts, SpeculationRound } from "./speculation-round";
import { largestMask, SurvivorOutput } from "./survivor-output";
import { formatOf, VectorEncoder } from "./vector-encoder";

/**
 * Heads, keys and queries in, survivors out, in ascending order of rows and keys. A head is one word of registers, then its
 * keys, then its queries. Rows overlap; with two banks of keys the next head is loaded while this one runs.
 */
export class Speculation extends LibraryModule<SpeculationParameters> {
  private readonly unit = speculationFormat(this.params);
  private readonly parts: readonly RoundParts[] = this.unit.rounds.map((_, round) => roundParts({ ...this.params, round }));
  private readonly vector = Bits(this.params.headDim * this.params.operandBits);
  private readonly count = UInt(this.unit.countBits);
  private readonly hasKeys = this.params.survivorForm === "keys";

  readonly head = this.inputStream(headFields(this.unit, this.params));
  readonly keys = this.inputStream({ features: this.vector });
  readonly queries = this.inputStream({ features: this.vector });
  /** A head is loaded, or runs. Within an accelerator nobody asks: its outputs are the last to leave. */
  readonly busy = this.params.reports ? this.output(Bool()) : null;
  /** One of these: see `SurvivorOutput`, which has masks where a row is small, and `GroupOutput`. */
  readonly survivors = this.hasKeys ? this.outputStream({ row: UInt(rowBits), key: UInt(this.unit.keyBits), count: this.count, last: Bool() }) : null;
  readonly masks = this.hasKeys && this.params.maxKeys <= largestMask ? this.outputStream({ row: UInt(rowBits), count: this.count, mask: Bits(this.params.maxKeys) }) : null;
  readonly groups = this.hasKeys ? null
    : this.outputStream({ ...(this.params.reports ? { row: UInt(rowBits) } : {}), group: UInt(this.unit.groupBits), mask: Bits(this.unit.rounds[0]!.lanes), count: this.count, last: Bool() });
  /** Of each round, what its filter knows of a row. */
  readonly statistics = this.params.reports ? this.parts.map(({ format, ddf }) => {
    const score = SInt(format.scoreBits);
    return this.outputStream({ row: UInt(rowBits), count: this.count, max: score, min: score, sum: SInt(sumBits(ddf)) });
  }) : null;
  /** Of each round, how many keys of a row have come into it. */
  readonly entered = this.params.reports ? [] : this.parts.map(() => this.output({ valid: Bool(), count: this.count }));

  override get doc(): string {
    const { headDim, maxKeys, slices } = this.params;
    return `Predicts which of up to ${maxKeys} keys of ${headDim} features each query needs, in rounds of ${slices.join(", ")} bits.`;
  }

  build(): void {
    const control = this.instance(HeadControl, this.params);
    connect(this.head, control.head);
    this.busy?.set(control.busy!);
    const rounds = this.parts.map((_, round) => this.instance(SpeculationRound, { ...this.params, round }));
    this.load(control, rounds);
    this.rows(control, rounds);
    rounds.forEach((round, r) => {
      round.newHead?.set(control.newRows);
      round.bank?.set(control.runBank!);
      round.blend.set(control.blend);
      round.rho.set(control.rho[r]!);
      round.guard?.set(control.guard![r]!);
      round.weight.set(control.weight[r]!);
      if (this.statistics !== null) connect(round.statistics!, this.statistics[r]!);
      else drive(this.entered[r]!, round.entered!);
      if (r > 0) this.join(rounds[r - 1]!, round, r);
    });
    this.leave(control, rounds.at(-1)!);
  }

  private load(control: Ports<HeadControl>, rounds: readonly Ports<SpeculationRound>[]): void {
    const loader = this.instance(KeyLoader, this.params);
    loader.keys.valid.set(this.keys.valid.and(control.takesKeys));
    this.keys.ready.set(loader.keys.ready.and(control.takesKeys));
    loader.keys.payload.features.set(this.keys.payload.features);
    loader.newHead.set(control.newKeys);
    control.keyTaken.set(this.keys.fire());
    control.keyWritten.set(loader.written);
    rounds.forEach((round, r) => {
      round.write.set(loader.write);
      round.writeLane.set(loader.lane);
      round.writeGroup.set(bankedGroup(control.loadBank, loader.group));
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
    contexts.push.set(before.starts!);
    contexts.data.set(before.rows.payload.context);
    after.rows.valid.set(contexts.out.valid);
    contexts.out.ready.set(after.rows.ready);
    after.rows.payload.context.set(contexts.out.payload.data);
  }

  /** The lists of one round, for the lanes of the next. */
  private join(before: Ports<SpeculationRound>, after: Ports<SpeculationRound>, r: number): void {
    const { sourceBits, tagBits } = this.parts[r]!;
    after.lists!.forEach((list, k) => {
      const mine = this.unit.rounds[r]!.sources[k]!;
      const lists = this.lists(before, r - 1, mine, (group, lanes, source, score) => {
        const place = sourceBits === 0 ? [] : [chosen(lanes.map((lane) => BigInt(mine.indexOf(lane))), sourceBits, source)];
        return concat(group, ...place, score!);
      });
      connect(this.merged(lists, false, tagBits), list);
    });
    before.listTaken.set(after.rows.fire());
  }

  private leave(control: Ports<HeadControl>, last: Ports<SpeculationRound>): void {
    const output = this.hasKeys ? this.asKeys(last) : this.asGroups(last);
    output.counted.set(last.counted!);
    output.survivorCount.set(last.survivorCount!);
    output.newHead?.set(control.newRows);
    last.listTaken.set(output.rowDone);
    control.rowDone.set(output.rowDone);
  }

  private asKeys(last: Ports<SpeculationRound>): Ports<SurvivorOutput> {
    const { groupBits, rounds } = this.unit;
    const firstLanes = rounds[0]!.lanes;
    const laneBits = log2Ceil(firstLanes);
    const lists = this.lists(last, rounds.length - 1, null, (group, lanes, source) =>
      (laneBits === 0 ? group : concat(group, chosen(lanes.map(BigInt), laneBits, source))));
    const output = this.instance(SurvivorOutput, { maxKeys: this.params.maxKeys, firstLanes, groupBits, laneBits });
    connect(this.merged(lists, false, groupBits + laneBits), output.list);
    connect(output.survivors, this.survivors!);
    if (this.masks !== null) connect(output.masks!, this.masks);
    return output;
  }

  private asGroups(last: Ports<SpeculationRound>): Ports<GroupOutput> {
    const { groupBits, rounds } = this.unit;
    const lists = this.lists(last, rounds.length - 1, null, (group, lanes, source) =>
      concat(group, chosen(lanes.map((_, i) => 1n << BigInt(i)), lanes.length, source)));
    const output = this.instance(GroupOutput, { maxKeys: this.params.maxKeys, groupBits, lanes: rounds.map((r) => r.lanes), reports: this.params.reports });
    connect(this.merged(lists, true, groupBits), output.list);
    connect(output.groups, this.groups!);
    return output;
  }

  /**
   * The lists that the lanes of round r leave, told anew.
   * @param of only of lanes whose keys come from these lanes of round 0; null for all. @param tell makes a word of a group,
   *   the lanes of round 0 that it may come from, which of them it is of (null where there is one), and a score (null after
   *   the last round).
   */
  private lists(round: Ports<SpeculationRound>, r: number, of: readonly number[] | null, tell: (group: Bits, lanes: readonly number[], source: UInt | null, score: Bits | null) => Bits): ListStream[] {
    const { sources, isLast, scoreBits } = this.unit.rounds[r]!;
    const { groupBits } = this.unit;
    const { sourceBits } = this.parts[r]!;
    const low = isLast ? 0 : scoreBits;
    return sources.flatMap((lanes, k): ListStream[] => {
      if (of !== null && !of.includes(lanes[0]!)) return [];
      const list = round.survivors[k]!;
      const { word, has, last } = list.payload;
      const group = word.bits(word.width - 1, word.width - groupBits);
      const source = sourceBits === 0 ? null : word.bits(low + sourceBits - 1, low).asUInt();
      const telling = tell(group, lanes, source, isLast ? null : word.bits(scoreBits - 1, 0));
      const told = this.stream(listOf(telling.width));
      told.valid.set(list.valid);
      list.ready.set(told.ready);
      told.payload.word.set(telling);
      told.payload.has.set(has);
      told.payload.last.set(last);
      return [told];
    });
  }

  private merged(lists: readonly ListStream[], joins: boolean, orderBits: number): ListStream {
    return mergeTree(lists, joins, orderBits, (params) => this.instance(SortedMerge, params));
  }
}

/** The constant of a source. */
function chosen(constants: readonly bigint[], width: number, source: UInt | null): Bits {
  const literals = constants.map((c) => literal(Bits(width), c));
  return source === null ? literals[0]! : select(literals, source);
}
