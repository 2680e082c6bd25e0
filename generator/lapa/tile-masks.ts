/** Which keys the rows of a tile need: masks come row by row, and leave key by key, for each column of the array. */

import { Bits, Bool, connect, literal, log2Ceil, mux, pack, type Ports, UInt, when } from "lapa";
import { Credits } from "../lib/credits";
import { LibraryModule } from "../lib/library-module";
import { listOf } from "../lib/merge-tree";
import { LaneQueue } from "./lane-queue";

export type TileMasksParameters = {
  readonly rows: number;
  readonly columns: number;
  readonly groups: number;
  readonly groupBits: number;
  /** Whether tiles may have to wait until there is room for their lists; otherwise whoever gives masks knows that there is. */
  readonly limited: boolean;
  readonly blackBox: boolean;
};

/** Tiles whose lists may wait or be on their way. */
const tilesWaiting = 2;

/**
 * Words `{group, mask}` of one row after another, ascending groups in any number, into one of two banks, of which the other is
 * read: every group of it, a group a cycle, so that each column gets a list of those of its keys that any row of the tile
 * needs, with a bit a row that says which. What was read is cleared, which is how a row's groups that do not come are
 * none. After a reset all groups are cleared once.
 */
export class TileMasks extends LibraryModule<TileMasksParameters> {
  readonly masks = this.inputStream({ group: UInt(this.params.groupBits), mask: Bits(this.params.columns), last: Bool() });
  /** The row at `masks` is its tile's last. */
  readonly endsTile = this.input(Bool());
  /** Groups of the head that have keys; it holds still while tiles are in the unit. */
  readonly groupCount = this.input(UInt(log2Ceil(this.params.groups + 1)));
  /** A tile's lists have been taken whole. */
  readonly listTaken = this.params.limited ? this.input(Bool()) : null;
  /** For each column, words `{group, rows}`. */
  readonly lists = Array.from({ length: this.params.columns }, () => this.outputStream(listOf(this.params.groupBits + this.params.rows)));

  override get doc(): string {
    return `Lists of the keys that ${this.params.rows} rows need, for each of ${this.params.columns} columns.`;
  }

  build(): void {
    const { rows, columns, groups, groupBits } = this.params;
    const sweeping = this.reg(Bool(), { reset: 1n });
    const at = this.reg(UInt(groupBits), { reset: 0n });
    /** The bank that rows are written into; whether the other one is being read. */
    const fills = this.reg(Bool(), { reset: 0n });
    const scans = this.reg(Bool(), { reset: 0n });
    const room = this.listTaken === null ? null : this.instance(Credits, { total: tilesWaiting });

    const row = this.reg(Bits(rows), { reset: 1n });
    const tileEnds = this.masks.payload.last.and(this.endsTile);
    const takes = sweeping.not().and(tileEnds.not().or(room === null ? scans.not() : scans.not().and(room.some)));
    const word = this.masks.valid.and(takes);
    this.masks.ready.set(takes);
    const next = rows === 1 ? row : pack([row.bit(rows - 1), row.bits(rows - 2, 0)]);
    const turns = word.and(tileEnds);
    when(word.and(this.masks.payload.last), () => row.set(mux(this.endsTile, literal(row.type, 1n), next)));

    const isLast = mux(sweeping, at.eq(BigInt(groups - 1)), at.zext(this.groupCount.width).add(1n).ge(this.groupCount));
    when(sweeping.or(scans), () => {
      at.set(mux(isLast, literal(at.type, 0n), at.addWrap(1n)));
      when(isLast, () => {
        sweeping.set(0n);
        scans.set(0n);
      });
    });
    when(turns, () => {
      fills.set(fills.not());
      scans.set(1n);
    });
    room?.take.set(turns);
    room?.give.set(this.listTaken!);

    const scanned = this.later(scans);
    const ends = this.later(scans.and(isLast));
    const scannedAt = this.reg(at.type, { reset: "none" });
    scannedAt.set(at);
    const scannedSecond = this.later(fills.not());
    for (let c = 0; c < columns; c++) {
      const banks = [0, 1].map((b) => this.bank(b, c, { word, fills, scans, sweeping, at, row }));
      const wanted = mux(scannedSecond, banks[1]!, banks[0]!);
      this.list(c, scanned.and(wanted.orR()), pack([wanted, scannedAt]), ends);
    }
  }

  /** One column's keys in one bank: a bit for each row. */
  private bank(b: number, c: number, { word, fills, scans, sweeping, at, row }: { readonly word: Bool; readonly fills: Bool; readonly scans: Bool; readonly sweeping: Bool; readonly at: UInt; readonly row: Bits }): Bits {
    const { rows, groups, blackBox } = this.params;
    const needs = this.memory(Bits(rows), { depth: Math.max(2, groups), lanes: rows, blackBox });
    const isFilled = b === 0 ? fills.not() : fills;
    const isCleared = sweeping.or(scans.and(isFilled.not()));
    const sets = word.and(isFilled).and(this.masks.payload.mask.bit(c));
    when(sets.or(isCleared), () => {
      needs.write(mux(isCleared, at, this.masks.payload.group), mux(isCleared, literal(Bits(rows), 0n), row), mux(isCleared, literal(Bits(rows), (1n << BigInt(rows)) - 1n), row));
    });
    return needs.read(at, scans);
  }

  private list(c: number, push: Bool, word: Bits, ends: Bool): void {
    const { groups, blackBox } = this.params;
    const queue: Ports<LaneQueue> = this.instance(LaneQueue, { width: word.width, depth: tilesWaiting * Math.max(2, groups), lists: tilesWaiting, blackBox });
    queue.push.set(push);
    queue.word.set(word);
    queue.ends.set(ends);
    connect(queue.out, this.lists[c]!);
  }

  private later(signal: Bool): Bool {
    const next = this.reg(Bool(), { reset: 0n });
    next.set(signal);
    return next;
  }
}

