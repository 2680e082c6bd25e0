/** The end of the speculation unit: survivors as rows and keys, and as a mask where a row is small. */

import { Bits, Bool, literal, log2Ceil, mux, UInt, when } from "lapa";
import { Fifo } from "../lib/fifo";
import { LibraryModule } from "../lib/library-module";
import { listOf } from "../lib/merge-tree";
import { resized } from "../lib/sums";
import { listsWaiting } from "./ddf";
import { rowBits } from "./speculation-format";

export type SurvivorOutputParameters = {
  /** n. */
  readonly maxKeys: number;
  /** K_0: key j is in lane j mod K_0, as group j div K_0. */
  readonly firstLanes: number;
  readonly groupBits: number;
  readonly laneBits: number;
};

/** The most keys of which there is a mask. */
export const largestMask = 64;

/**
 * Lists of words `{group, lane}`, ascending, one for each row -> the same as rows and keys. A row without survivors is one
 * word with key and count 0. A row's mask comes with its last survivor, on a stream of its own.
 */
export class SurvivorOutput extends LibraryModule<SurvivorOutputParameters> {
  private readonly count = UInt(log2Ceil(this.params.maxKeys + 1));
  private readonly key = UInt(Math.max(1, log2Ceil(this.params.maxKeys)));
  readonly list = this.inputStream(listOf(this.params.groupBits + this.params.laneBits));
  /** How many survivors the next row has; comes before its list or with it. */
  readonly counted = this.input(Bool());
  readonly survivorCount = this.input(this.count);
  readonly newHead = this.input(Bool());
  /** A row's last survivor is taken. */
  readonly rowDone = this.output(Bool());
  readonly survivors = this.outputStream({ row: UInt(rowBits), key: this.key, count: this.count, last: Bool() });
  readonly masks = this.params.maxKeys > largestMask ? null : this.outputStream({ row: UInt(rowBits), count: this.count, mask: Bits(this.params.maxKeys) });

  override get doc(): string {
    return "Numbers rows and keys.";
  }

  build(): void {
    const counts = this.instance(Fifo, { width: this.count.width, depth: listsWaiting, blackBox: false });
    counts.push.set(this.counted);
    counts.data.set(this.survivorCount.asBits());

    const { survivors, list } = this;
    const held = this.reg(Bool(), { reset: 0n });
    const word = this.reg({ row: UInt(rowBits), key: this.key, count: this.count, last: Bool() }, { reset: "none" });
    const row = this.reg(UInt(rowBits), { reset: "none" });
    const free = held.not().or(survivors.ready);
    const takes = list.valid.and(counts.out.valid).and(free).and(this.maskFree());
    const rowDone = takes.and(list.payload.last);
    when(free, () => held.set(takes));
    when(takes, () => {
      word.row.set(row);
      word.key.set(mux(list.payload.has, this.keyOf(list.payload.word), literal(this.key, 0n)));
      word.count.set(counts.out.payload.data.asUInt());
      word.last.set(list.payload.last);
    });
    when(rowDone, () => row.set(row.addWrap(1n)));
    when(this.newHead, () => row.set(0n));
    list.ready.set(takes);
    counts.out.ready.set(rowDone);
    this.rowDone.set(rowDone);
    survivors.valid.set(held);
    survivors.payload.row.set(word.row);
    survivors.payload.key.set(word.key);
    survivors.payload.count.set(word.count);
    survivors.payload.last.set(word.last);
    this.mask(takes, row, counts.out.payload.data.asUInt());
  }

  /** group * K_0 + lane: below n, so that its width suffices. */
  private keyOf(word: Bits): UInt {
    const { groupBits, laneBits, firstLanes } = this.params;
    const group = word.bits(groupBits + laneBits - 1, laneBits).asUInt();
    const lane = laneBits === 0 ? null : word.bits(laneBits - 1, 0).asUInt();
    const sized = (value: UInt): UInt => resized(value, this.key.width);
    if (lane === null) return sized(group);
    if (firstLanes === 2 ** laneBits) return sized(word.asUInt());
    const factor = literal(UInt(log2Ceil(firstLanes + 1)), BigInt(firstLanes));
    return sized(group.mul(factor).add(lane));
  }

  /** Whether the mask of the row before has gone, or goes. */
  private maskFree(): Bool {
    if (this.masks === null) return literal(Bool(), 1n);
    return this.masks.valid.not().or(this.masks.ready);
  }

  private mask(takes: Bool, row: UInt, count: UInt): void {
    if (this.masks === null) return;
    const { valid, ready, payload } = this.masks;
    const { last, has, word } = this.list.payload;
    const soFar = this.reg(payload.mask.type, { reset: 0n });
    const full = this.reg(Bool(), { reset: 0n });
    const held = this.reg({ row: row.type, count: this.count, mask: payload.mask.type }, { reset: "none" });
    const here = literal(UInt(this.params.maxKeys), 1n).shlWrap(this.keyOf(word)).asBits();
    const total = soFar.or(here.and(has.repeat(this.params.maxKeys)));
    when(ready, () => full.set(0n));
    when(takes, () => {
      soFar.set(mux(last, literal(soFar.type, 0n), total));
      when(last, () => {
        full.set(1n);
        held.row.set(row);
        held.count.set(count);
        held.mask.set(total);
      });
    });
    valid.set(full);
    payload.row.set(held.row);
    payload.count.set(held.count);
    payload.mask.set(held.mask);
  }
}
