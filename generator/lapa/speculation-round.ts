/** One round of the speculation unit: its keys, MRSA, DDF, and the survivors' queues. */

import { Bits, Bool, connect, drive, literal, log2Ceil, mux, pack, type Ports, SInt, UInt } from "lapa";
import { LibraryModule } from "../lib/library-module";
import { listOf } from "../lib/merge-tree";
import { popcount } from "../lib/sums";
import { Ddf, type DdfParameters, limitsWords, listsWaiting, survivorBits } from "./ddf";
import { GroupIssue } from "./group-issue";
import { bankedGroup, bankedGroups, keyAddress, KeyBank } from "./key-bank";
import { LaneQueue } from "./lane-queue";
import { ListIssue } from "./list-issue";
import { keyWordBits, Mrsa, mrsaLatency, type MrsaParameters } from "./mrsa";
import { rowContextBits, unpackRowContext } from "./row-context";
import { type RoundFormat, rowBits, sourceBitsOf, speculationFormat, type SpeculationFormat, type SpeculationParameters } from "./speculation-format";
import { sumBits } from "./row-statistics";

export type SpeculationRoundParameters = SpeculationParameters & {
  /** r, from 0. */
  readonly round: number;
};

/** What follows from a round's parameters: the parameters of its parts. */
export interface RoundParts {
  readonly unit: SpeculationFormat;
  readonly format: RoundFormat;
  readonly mrsa: MrsaParameters;
  readonly ddf: DdfParameters;
  /** Of a key's index among those of its lane: `{group, source}`. */
  readonly tagBits: number;
  readonly sourceBits: number;
  /** Of what the round reads of a key in a cycle. */
  readonly wordBits: number;
}

/** Adders of a tree that a cycle has time for. */
const levelsPerStage = 3;

/** @throws UserError for a parameter that is out of range. */
export function roundParts(params: SpeculationRoundParameters): RoundParts {
  const { operandBits, rounding, terms, window, logSide, headDim, maxKeys, featuresPerCycle, round, blackBoxMemories } = params;
  const unit = speculationFormat(params);
  const format = unit.rounds[round]!;
  const { lanes, sliceBits, prefixBits, scoreBits, sources, mostSources, isLast, rhoBits } = format;
  const treeRegisters = Math.max(0, Math.ceil(log2Ceil(featuresPerCycle) / levelsPerStage) - 1);
  const mrsa: MrsaParameters = {
    operandBits, rounding, terms, window, logSide, headDim, featuresPerCycle, lanes, sliceBits, prefixBits, scoreBits,
    previousBits: round === 0 ? 0 : unit.rounds[round - 1]!.scoreBits, treeRegisters,
  };
  const sourceBits = sourceBitsOf(sources);
  const guardSumBits = logSide === "query" && !isLast ? unit.guardSumBits : 0;
  const ddf: DdfParameters = {
    lanes, scoreBits, maxKeys, rowWords: mostSources * unit.groups, scoreLatency: mrsaLatency(mrsa), tagBits: round === 0 ? 0 : unit.groupBits + sourceBits,
    groupBits: unit.groupBits, keepsScores: !isLast, rhoBits, baseBits: logSide === "query" ? unit.baseBits : 0, guardSumBits, reports: params.reports, blackBox: blackBoxMemories,
  };
  return { unit, format, mrsa, ddf, tagBits: unit.groupBits + sourceBits, sourceBits, wordBits: keyWordBits(mrsa) };
}

/** Rows and keys in, scores, statistics and survivors out: the keys that a lane leaves are a list for each row, ascending. */
export class SpeculationRound extends LibraryModule<SpeculationRoundParameters> {
  private readonly parts = roundParts(this.params);
  private readonly isFirst = this.params.round === 0;
  private readonly foldType = this.parts.unit.folds > 1 ? UInt(log2Ceil(this.parts.unit.folds)) : null;
  private readonly previousBits = this.parts.mrsa.previousBits;
  private readonly waits = limitsWords(this.parts.ddf) ? "both" : "rows";
  private readonly score = SInt(this.parts.format.scoreBits);
  private readonly count = UInt(this.parts.unit.countBits);

  /** Keys being loaded: see `KeyBank`. */
  readonly write = this.input(Bool());
  readonly writeLane = this.input(Bits(this.parts.unit.rounds[0]!.lanes));
  readonly writeGroup = this.input(UInt(bankedGroups(this.parts.unit, this.params.keyBanks).groupBits));
  readonly writeFold = this.foldType === null ? null : this.input(this.foldType);
  readonly writeWord = this.input(Bits(this.parts.wordBits));

  /** The bank of the keys that are read; not there where there is one only. */
  readonly bank = this.params.keyBanks === 2 ? this.input(Bool()) : null;

  /** Registers: see `Ddf`. */
  readonly newHead = this.params.reports ? this.input(Bool()) : null;
  readonly blend = this.input(Bool());
  readonly rho = this.input(UInt(this.parts.format.rhoBits));
  readonly guard = this.parts.ddf.guardSumBits > 0 ? this.input(UInt(6)) : null;
  readonly weight = this.input(SInt(5));

  readonly rows = this.inputStream({ context: Bits(rowContextBits(this.params)) });
  /** How many of the row's first keys are alive; comes with `rows`, in the first round only. */
  readonly alive = this.isFirst ? this.input(this.count) : null;
  /** A list for each lane, of words `{tag, score}`; not there in the first round. */
  readonly lists = this.isFirst ? null : Array.from({ length: this.parts.format.lanes }, () => this.inputStream(listOf(this.parts.tagBits + this.previousBits)));
  /** A list of `survivors` has been taken whole. */
  readonly listTaken = this.input(Bool());

  /** The row at `rows` begins: its context may be handed on. Not there in the last round. */
  readonly starts = this.parts.format.isLast ? null : this.output(Bool());
  readonly survivors = Array.from({ length: this.parts.format.lanes }, () => this.outputStream(listOf(survivorBits(this.parts.ddf))));
  /** In the last round: how many survivors a row has, when its lists are complete. */
  readonly counted = this.parts.format.isLast ? this.output(Bool()) : null;
  readonly survivorCount = this.parts.format.isLast ? this.output(this.count) : null;
  readonly statistics = this.params.reports ? this.outputStream({ row: UInt(rowBits), count: this.count, max: this.score, min: this.score, sum: SInt(sumBits(this.parts.ddf)) }) : null;
  readonly entered = this.params.reports ? null : this.output({ valid: Bool(), count: this.count });

  override get doc(): string {
    const { format: { sliceBits, lanes } } = this.parts;
    return `Round ${this.params.round + 1}: reads ${sliceBits} bits of ${lanes} keys at a time, scores them, and filters each row.`;
  }

  build(): void {
    const { mrsa: mrsaParameters, ddf: ddfParameters } = this.parts;
    const mrsa = this.instance(Mrsa, mrsaParameters);
    const ddf = this.instance(Ddf, ddfParameters);
    const bank = this.keyBank();
    const issue = this.isFirst ? this.byGroup(bank, ddf) : this.byList(bank, ddf, mrsa);

    const { operand, positive, negative, base } = unpackRowContext(this.rows.payload.context, this.params);
    mrsa.step?.set(issue.step);
    mrsa.start.set(issue.starts);
    mrsa.fold?.set(issue.fold!);
    mrsa.row.set(operand);
    mrsa.positive?.set(positive!);
    mrsa.negative?.set(negative!);
    mrsa.keys.forEach((key, k) => key.set(bank.word[k]!));
    mrsa.score.forEach((score, k) => ddf.scores[k]!.set(score));

    ddf.newHead?.set(this.newHead!);
    ddf.blend.set(this.blend);
    ddf.rho.set(this.rho);
    ddf.guard?.set(this.guard!);
    ddf.weight.set(this.weight);
    ddf.base?.set(base!);
    ddf.guardSum?.set(positive!.addWrap(negative!));
    ddf.issue.set(issue.issues);
    ddf.starts.set(issue.first);
    ddf.ends.set(issue.ends);
    ddf.live.forEach((live, k) => live.set(issue.live[k]!));
    ddf.listTaken.set(this.listTaken);
    this.starts?.set(issue.starts);
    this.queues(ddf);
    this.report(ddf);
  }

  private keyBank(): Ports<KeyBank> {
    const { unit, wordBits } = this.parts;
    const lanes = unit.rounds.slice(0, this.params.round + 1).map((r) => r.lanes);
    const bank = this.instance(KeyBank, { wordBits, lanes, ...bankedGroups(unit, this.params.keyBanks), folds: unit.folds, sparse: true, blackBox: this.params.blackBoxMemories });
    bank.write.set(this.write);
    bank.writeLane.set(this.writeLane);
    bank.writeGroup.set(this.writeGroup);
    bank.writeFold?.set(this.writeFold!);
    bank.writeWord.set(this.writeWord);
    return bank;
  }

  private byGroup(bank: Ports<KeyBank>, ddf: Ports<Ddf>): Ports<GroupIssue> {
    const { unit: { countBits, groupBits, folds }, format: { lanes } } = this.parts;
    const issue = this.instance(GroupIssue, { lanes, countBits, groupBits, folds, waits: this.waits });
    this.takeRows(issue, ddf);
    issue.rows.payload.alive.set(this.alive!);
    const address = keyAddress(null, bankedGroup(this.bank, issue.group), issue.fold);
    bank.read.set(issue.step);
    issue.live.forEach((live, k) => {
      bank.live![k]!.set(live);
      bank.readAddress[k]!.set(address);
    });
    return issue;
  }

  private byList(bank: Ports<KeyBank>, ddf: Ports<Ddf>, mrsa: Ports<Mrsa>): Ports<ListIssue> {
    const { unit: { groupBits, folds }, format: { lanes }, tagBits, sourceBits } = this.parts;
    const { previousBits } = this;
    const issue = this.instance(ListIssue, { lanes, wordBits: tagBits + previousBits, folds, waits: this.waits });
    this.takeRows(issue, ddf);
    bank.read.set(issue.step);
    this.lists!.forEach((list, k) => {
      connect(list, issue.lists[k]!);
      const word = issue.word[k]!;
      const tag = word.bits(previousBits + tagBits - 1, previousBits);
      const group = tag.bits(tagBits - 1, tagBits - groupBits).asUInt();
      const source = sourceBits === 0 ? null : tag.bits(sourceBits - 1, 0);
      bank.live![k]!.set(issue.live[k]!);
      bank.readAddress[k]!.set(keyAddress(source, bankedGroup(this.bank, group), issue.fold));
      ddf.tags![k]!.set(tag);
      mrsa.previous![k]!.set(word.bits(previousBits - 1, 0).asSInt());
    });
    return issue;
  }

  private takeRows({ rows, space, vacant }: Pick<Ports<ListIssue>, "rows" | "space" | "vacant">, ddf: Ports<Ddf>): void {
    rows.valid.set(this.rows.valid);
    this.rows.ready.set(rows.ready);
    space?.set(ddf.space!);
    vacant!.set(ddf.vacant);
  }

  /** A queue for each lane's survivors, of words `{group, source, score}`. */
  private queues(ddf: Ports<Ddf>): void {
    const { ddf: { rowWords, blackBox } } = this.parts;
    this.survivors.forEach((out, k) => {
      const queue = this.instance(LaneQueue, { width: out.payload.word.width, depth: listsWaiting * rowWords, lists: listsWaiting, blackBox });
      queue.push.set(ddf.push[k]!);
      queue.word.set(ddf.survivors[k]!);
      queue.ends.set(ddf.listEnds);
      connect(queue.out, out);
    });
  }

  private report(ddf: Ports<Ddf>): void {
    if (this.statistics !== null) connect(ddf.statistics!, this.statistics);
    if (this.entered !== null) drive(this.entered, ddf.entered!);
    if (this.counted === null) return;
    const soFar = this.reg(this.count, { reset: 0n });
    const total = soFar.addWrap(popcount(pack(ddf.push)).zext(this.count.width));
    soFar.set(mux(ddf.listEnds, literal(soFar.type, 0n), total));
    this.counted.set(ddf.listEnds);
    this.survivorCount!.set(total);
  }
}
