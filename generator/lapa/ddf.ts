/** DDF: a round's filter. A row is scored while its statistics are gathered, then compared with the threshold that they give. */

import { Bits, Bool, concat, literal, log2Ceil, mux, pack, type Ports, type Signal, SInt, type Type, UInt, unpack, Vec, when } from "lapa";
import { Credits } from "../lib/credits";
import { Fifo } from "../lib/fifo";
import { LibraryModule } from "../lib/library-module";
import { RowStatistics, statisticsLatency, sumBits } from "./row-statistics";
import { ScoreBuffer } from "./score-buffer";
import { rowBits } from "./speculation-format";
import { Threshold, thresholdLatency } from "./threshold";

export type DdfParameters = {
  /** K: keys at a time. */
  readonly lanes: number;
  readonly scoreBits: number;
  /** n: the most keys that a row has. */
  readonly maxKeys: number;
  /** The most words of K keys that a row has. */
  readonly rowWords: number;
  /** Cycles from a word's issue to its scores. */
  readonly scoreLatency: number;
  /** Of what says which key a score is of, beside the lane; 0 where word w has the keys of group w. */
  readonly tagBits: number;
  /** Of a group's index; only where `tagBits` is 0. */
  readonly groupBits: number;
  /** Whether survivors keep their scores, for another round. */
  readonly keepsScores: boolean;
  /** Of rho, of the row's base b, and of the row's G: see `Threshold`. */
  readonly rhoBits: number;
  readonly baseBits: number;
  readonly guardSumBits: number;
  /** Whether a row's number and statistics leave when it begins, which may have to wait; otherwise only its number of keys. */
  readonly reports: boolean;
  readonly blackBox: boolean;
};

/** Rows that may be between the issue of their first word and their threshold. */
export const rowsScored = 8;
/** Lists of survivors that may wait, or be on their way, behind the filter. */
export const listsWaiting = 3;

/** What the keys of a word are, when they leave: the group, or the tag. */
export function survivorBits({ tagBits, groupBits, keepsScores, scoreBits }: DdfParameters): number {
  return (tagBits === 0 ? groupBits : tagBits) + (keepsScores ? scoreBits : 0);
}

/**
 * Words of scores: those of the longest row, and those that come until its first one is read, so that no row waits for room.
 * From a row's last issue to its first word's room: the scores, their statistics, two cycles in a queue, the threshold, and
 * three more (see docs/speculation.md).
 */
function usefulDepth(params: DdfParameters): number {
  return params.rowWords + params.scoreLatency + statisticsLatency + 2 + thresholdLatency(params).blend + 3;
}

/** Words that the score buffer has: where all rows that may be scored fit, there is no use for more. */
export function scoreDepth(params: DdfParameters): number {
  return Math.min(usefulDepth(params), rowsScored * params.rowWords);
}

/**
 * Whether words may have to wait for room. Where all rows fit they need not: a row may start when another one begins to be read,
 * and both go on at a word a cycle, or less.
 */
export function limitsWords(params: DdfParameters): boolean {
  return usefulDepth(params) < rowsScored * params.rowWords;
}

/**
 * K scores a cycle in, K comparisons a cycle out, row after row: while one row is scored, others are compared. A word is
 * issued when its keys are read; its scores come `scoreLatency` cycles later. Survivors leave a word at a time.
 */
export class Ddf extends LibraryModule<DdfParameters> {
  private readonly lanesOf = <T extends Type>(type: T) => Vec(this.params.lanes, type);
  private readonly score = SInt(this.params.scoreBits);
  private readonly count = UInt(log2Ceil(this.params.maxKeys + 1));
  private readonly sum = SInt(sumBits(this.params));
  private readonly statisticsType = { count: this.count, max: this.score, min: this.score, sum: this.sum };

  /** A head begins: rows count from 0 again. */
  readonly newHead = this.params.reports ? this.input(Bool()) : null;
  /** Registers; they hold still until a head's last row has left. */
  readonly blend = this.input(Bool());
  readonly rho = this.input(UInt(this.params.rhoBits));
  readonly guard = this.params.guardSumBits > 0 ? this.input(UInt(6)) : null;
  readonly weight = this.input(SInt(5));

  /** A word of keys is issued; `starts` and `ends` say that it is a row's first or last. */
  readonly issue = this.input(Bool());
  readonly starts = this.input(Bool());
  readonly ends = this.input(Bool());
  readonly live = this.input(this.lanesOf(Bool()));
  readonly tags = this.params.tagBits > 0 ? this.input(this.lanesOf(Bits(this.params.tagBits))) : null;
  /** b and G of the row; they come with `starts`. */
  readonly base = this.params.baseBits > 0 ? this.input(UInt(this.params.baseBits)) : null;
  readonly guardSum = this.params.guardSumBits > 0 ? this.input(UInt(this.params.guardSumBits)) : null;
  /** Of the word that was issued `scoreLatency` cycles ago. */
  readonly scores = this.input(this.lanesOf(this.score));
  /** A list of survivors has been taken by whoever comes behind. */
  readonly listTaken = this.input(Bool());

  /** A word may be issued; a row may be started. */
  readonly space = limitsWords(this.params) ? this.output(Bool()) : null;
  readonly vacant = this.output(Bool());
  /** Which lanes' keys survive, and what they are: group or tag, and score where it is kept. */
  readonly push = this.output(this.lanesOf(Bool()));
  readonly survivors = this.output(this.lanesOf(Bits(survivorBits(this.params))));
  /** The row's last word leaves the filter. */
  readonly listEnds = this.output(Bool());
  readonly statistics = this.params.reports ? this.outputStream({ row: UInt(rowBits), ...this.statisticsType }) : null;
  /** So many keys have come, of the row that begins. */
  readonly entered = this.params.reports ? null : this.output({ valid: Bool(), count: this.count });

  override get doc(): string {
    return `Filter of one round: ${this.params.lanes} scores a cycle, kept or not by the statistics of their row.`;
  }

  build(): void {
    const { lanes, scoreBits, tagBits, blackBox } = this.params;
    const buffer = this.instance(ScoreBuffer, { lanes, scoreBits, tagBits, depth: scoreDepth(this.params), limited: limitsWords(this.params), blackBox });
    buffer.issue.set(this.issue);
    this.live.forEach((live, k) => buffer.live[k]!.set(live));
    this.tags?.forEach((tag, k) => buffer.tags![k]!.set(tag));
    this.scores.forEach((score, k) => buffer.scores[k]!.set(score));
    this.space?.set(buffer.space!);

    const scored = this.scored();
    buffer.scored.set(scored.valid);
    const rows = this.rowQueue(scored);
    const threshold = this.threshold(rows);
    this.filter(buffer, threshold, rows.payload);
  }

  /** What was issued `scoreLatency` cycles ago. */
  private scored() {
    const delayed = <T extends Signal>(signal: T, reset: 0n | "none"): T => {
      let stage = signal;
      for (let i = 0; i < this.params.scoreLatency; i++) {
        const next = this.reg<Type>(stage.type, { reset }) as Signal as T;
        next.set(stage as never);
        stage = next;
      }
      return stage;
    };
    const valid = delayed(this.issue, 0n);
    const first = delayed(this.starts, "none");
    const last = delayed(this.ends, "none");
    const live = delayed(pack(this.live), "none");
    return { valid, first, last, live };
  }

  /** Complete rows: their statistics and how many words they have. */
  private rowQueue({ valid, first, last, live }: { readonly valid: Bool; readonly first: Bool; readonly last: Bool; readonly live: Bits }) {
    const { lanes, scoreBits, maxKeys, rowWords } = this.params;
    const statistics = this.instance(RowStatistics, { lanes, scoreBits, maxKeys });
    statistics.valid.set(valid);
    statistics.first.set(first);
    statistics.last.set(last);
    statistics.alive.forEach((alive, k) => alive.set(live.bit(k)));
    statistics.scores.forEach((score, k) => score.set(this.scores[k]!));

    // As many registers as the statistics have, so that a row's number of words comes with them.
    const words = this.reg(UInt(log2Ceil(rowWords + 1)), { reset: "none", enable: valid });
    words.set(mux(first, literal(words.type, 1n), words.addWrap(1n)));
    const rowLength = this.reg(words.type, { reset: "none" });
    rowLength.set(words);

    const type = { words: words.type, ...this.statisticsType };
    const { count, max, min, sum } = statistics;
    const word = pack({ words: rowLength, count, max, min, sum });
    const queue = this.instance(Fifo, { width: word.width, depth: rowsScored, blackBox: false });
    queue.push.set(statistics.done);
    queue.data.set(word);
    return { valid: queue.out.valid, ready: queue.out.ready, payload: unpack(type, queue.out.payload.data) };
  }

  private threshold(rows: { readonly valid: Bool; readonly ready: Bool; readonly payload: { readonly count: UInt; readonly max: SInt; readonly min: SInt; readonly sum: SInt } }) {
    const { scoreBits, maxKeys, rhoBits, baseBits, guardSumBits } = this.params;
    const threshold = this.instance(Threshold, { scoreBits, maxKeys, rhoBits, baseBits, guardSumBits });
    threshold.blend.set(this.blend);
    threshold.rho.set(this.rho);
    threshold.guard?.set(this.guard!);
    threshold.weight.set(this.weight);
    threshold.in.valid.set(rows.valid);
    const { count, max, min, sum } = rows.payload;
    threshold.in.payload.count.set(count);
    threshold.in.payload.max.set(max);
    threshold.in.payload.min.set(min);
    threshold.in.payload.sum.set(sum);
    rows.ready.set(threshold.in.ready);
    this.rowContext(threshold);
    return threshold.out;
  }

  /** b and G wait for the row's statistics. */
  private rowContext(threshold: Ports<Threshold>): void {
    const given = [this.base, this.guardSum].filter((s) => s !== null);
    if (given.length === 0) return;
    const word = pack(given);
    const queue = this.instance(Fifo, { width: word.width, depth: rowsScored, blackBox: false });
    queue.push.set(this.issue.and(this.starts));
    queue.data.set(word);
    queue.out.ready.set(threshold.in.ready);
    const parts = unpack(given.map((s) => s.type), queue.out.payload.data) as readonly UInt[];
    threshold.base?.set(parts[0]!);
    threshold.guardSum?.set(parts.at(-1)!);
  }

  /** Reads the words of one row after another, and compares them in the cycle after. */
  private filter(buffer: Ports<ScoreBuffer>, threshold: Ports<Threshold>["out"], row: { readonly words: UInt; readonly count: UInt; readonly max: SInt; readonly min: SInt; readonly sum: SInt }): void {
    const reading = this.reg(Bool(), { reset: 0n });
    const left = this.reg(row.words.type, { reset: "none" });
    const isLast = left.eq(1n);
    const begins = threshold.valid.and(reading.not().or(isLast)).and(this.mayBegin(threshold));
    threshold.ready.set(begins);
    when(reading, () => {
      left.set(left.subWrap(1n));
      when(isLast, () => reading.set(0n));
    });
    when(begins, () => {
      reading.set(1n);
      left.set(row.words);
    });
    buffer.read.set(reading);

    const limit = this.reg(this.score, { reset: "none", enable: begins });
    limit.set(threshold.payload.threshold);
    // The last word of a row is compared while the next row's limit is there already.
    const limitRead = this.reg(this.score, { reset: "none", enable: reading });
    limitRead.set(limit);
    const comparing = this.reg(Bool(), { reset: 0n });
    comparing.set(reading);
    const ends = this.reg(Bool(), { reset: 0n });
    ends.set(reading.and(isLast));
    this.listEnds.set(ends);
    this.compare(buffer, comparing, ends, limitRead);
    this.entered?.valid.set(begins);
    this.entered?.count.set(row.count);
    this.report(begins, row);
  }

  /** Whether there is room for a list of survivors and for the row's statistics; both are taken when the row begins. */
  private mayBegin(threshold: Ports<Threshold>["out"]): Bool {
    const lists = this.instance(Credits, { total: listsWaiting });
    lists.take.set(threshold.fire());
    lists.give.set(this.listTaken);
    const rows = this.instance(Credits, { total: rowsScored });
    rows.take.set(this.issue.and(this.starts));
    rows.give.set(threshold.fire());
    this.vacant.set(rows.some);
    return this.statistics === null ? lists.some : lists.some.and(this.statistics.valid.not().or(this.statistics.ready));
  }

  private compare(buffer: Ports<ScoreBuffer>, comparing: Bool, ends: Bool, limit: SInt): void {
    const group = this.params.tagBits > 0 ? null : this.reg(UInt(this.params.groupBits), { reset: 0n, enable: comparing });
    group?.set(mux(ends, literal(group.type, 0n), group.addWrap(1n)));
    buffer.readScores.forEach((score, k) => {
      this.push[k]!.set(comparing.and(buffer.readLive[k]!).and(score.ge(limit)));
      const key = group === null ? buffer.readTags![k]! : group.asBits();
      this.survivors[k]!.set(this.params.keepsScores ? concat(key, score) : key);
    });
  }

  /** Hands the statistics of a row out when it begins. */
  private report(begins: Bool, row: { readonly count: UInt; readonly max: SInt; readonly min: SInt; readonly sum: SInt }): void {
    if (this.statistics === null) return;
    const { valid, ready, payload } = this.statistics;
    const waits = this.reg(Bool(), { reset: 0n });
    const index = this.reg(UInt(rowBits), { reset: "none" });
    const held = this.reg({ row: index.type, ...this.statisticsType }, { reset: "none" });
    when(ready, () => waits.set(0n));
    when(begins, () => {
      waits.set(1n);
      index.set(index.addWrap(1n));
      held.row.set(index);
      held.count.set(row.count);
      // Of a row without a key there are zeros.
      const some = row.count.ne(0n).repeat(this.score.width);
      held.max.set(row.max.asBits().and(some).asSInt());
      held.min.set(row.min.asBits().and(some).asSInt());
      held.sum.set(row.sum);
    });
    when(this.newHead!, () => index.set(0n));
    valid.set(waits);
    payload.row.set(held.row);
    payload.count.set(held.count);
    payload.max.set(held.max);
    payload.min.set(held.min);
    payload.sum.set(held.sum);
  }
}
