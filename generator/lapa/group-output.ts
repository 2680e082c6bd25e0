/** The end of the speculation unit where survivors leave as groups: as many a cycle as the last round finds. */

import { Bits, Bool, concat, drive, log2Ceil, UInt, when } from "lapa";
import { Fifo } from "../lib/fifo";
import { LibraryModule } from "../lib/library-module";
import { listOf } from "../lib/merge-tree";
import { listsWaiting } from "./ddf";
import { laneSources, rowBits } from "./speculation-format";

export type GroupOutputParameters = {
  /** n. */
  readonly maxKeys: number;
  readonly groupBits: number;
  /** Lanes of each round. */
  readonly lanes: readonly number[];
  /** Whether words have their row's number, and group 0 where the row has no survivor. */
  readonly reports: boolean;
};

/**
 * Lists of words `{group, mask}`, ascending, one for each row -> the same with rows, counts, and masks in the order of keys.
 * A row without survivors is one word with mask and count 0.
 */
export class GroupOutput extends LibraryModule<GroupOutputParameters> {
  /** Lanes of round 0, in the order in which a list's mask has them, lowest first. */
  private readonly order = laneSources(this.params.lanes).flat();
  private readonly lanes = this.order.length;
  private readonly count = UInt(log2Ceil(this.params.maxKeys + 1));
  private readonly group = UInt(this.params.groupBits);
  private readonly word = { ...(this.params.reports ? { row: UInt(rowBits) } : {}), group: this.group, mask: Bits(this.lanes), count: this.count, last: Bool() };
  readonly list = this.inputStream(listOf(this.params.groupBits + this.lanes));
  /** How many survivors the next row has; comes before its list or with it. */
  readonly counted = this.input(Bool());
  readonly survivorCount = this.input(this.count);
  readonly newHead = this.params.reports ? this.input(Bool()) : null;
  /** A row's last word is taken. */
  readonly rowDone = this.output(Bool());
  readonly groups = this.outputStream(this.word);

  override get doc(): string {
    return this.params.reports ? "Numbers rows, and puts masks in the order of keys." : "Puts masks in the order of keys.";
  }

  build(): void {
    const counts = this.instance(Fifo, { width: this.count.width, depth: listsWaiting, blackBox: false });
    counts.push.set(this.counted);
    counts.data.set(this.survivorCount.asBits());

    const { groups, list } = this;
    const held = this.reg(Bool(), { reset: 0n });
    const word = this.reg(this.word, { reset: "none" });
    const free = held.not().or(groups.ready);
    const takes = list.valid.and(counts.out.valid).and(free);
    const rowDone = takes.and(list.payload.last);
    when(free, () => held.set(takes));
    when(takes, () => {
      const there = list.payload.has;
      const group = list.payload.word.bits(list.payload.word.width - 1, this.lanes);
      word.group.set((this.params.reports ? group.and(there.repeat(group.width)) : group).asUInt());
      word.mask.set(this.ordered(list.payload.word).and(there.repeat(this.lanes)));
      word.count.set(counts.out.payload.data.asUInt());
      word.last.set(list.payload.last);
    });
    this.numbers(takes, rowDone, word.row);
    list.ready.set(takes);
    counts.out.ready.set(rowDone);
    this.rowDone.set(rowDone);
    groups.valid.set(held);
    drive(groups.payload, word);
  }

  /** Rows of a head count from 0. */
  private numbers(takes: Bool, rowDone: Bool, number: UInt | undefined): void {
    if (number === undefined) return;
    const row = this.reg(number.type, { reset: "none" });
    when(takes, () => number.set(row));
    when(rowDone, () => row.set(row.addWrap(1n)));
    when(this.newHead!, () => row.set(0n));
  }

  /** Bit m of the result is of lane m. */
  private ordered(word: Bits): Bits {
    const places = this.order.map((_, m) => this.order.indexOf(m));
    if (places.every((place, m) => place === m)) return word.bits(this.lanes - 1, 0);
    const [top, ...rest] = places.map((place) => word.bit(place)).reverse();
    return concat(top!, ...rest);
  }
}
