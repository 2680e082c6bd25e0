/** Beats of AXI4-Stream that a host takes when it is their turn. */

import { Bool, drive, UInt, when } from "lapa";
import { LibraryModule } from "../lib/library-module";
import { isDue, turnBits } from "../lib/turns";
import { axisFields, beatFields, type BeatParameters, pauseBits } from "./beat-source";

/** Beats of a grant, at most 2^24 - 1. */
export const grantBits = 24;

const terms = { pause: UInt(pauseBits), after: UInt(turnBits), mark: UInt(turnBits) };

/** Beats that may come. The first of them is taken when it is its turn, and has waited for `pause` cycles. */
export const grantFields = { beats: UInt(grantBits), ...terms };

/** Between the turns `mark` and `after` of a grant, that its first beat is there counts as a turn itself. */
export class BeatSink extends LibraryModule<BeatParameters> {
  readonly axis = { ...this.input(axisFields(this.params)), tready: this.output(Bool()) };
  readonly grants = this.inputStream(grantFields);
  readonly beats = this.outputStream(beatFields(this.params));
  readonly turn = this.input(UInt(turnBits));
  readonly marked = this.output(Bool());

  override get doc(): string {
    return `Takes beats of ${this.params.beatBytes} bytes, each when it is its turn.`;
  }

  build(): void {
    const { tdata, tkeep, tlast, tvalid, tready } = this.axis;
    const left = this.reg(UInt(grantBits), { reset: 0n });
    const waited = this.reg(UInt(pauseBits), { reset: 0n });
    const hasMarked = this.reg(Bool(), { reset: 0n });
    const takes = this.grants.fire();
    const { beats, ...granted } = this.grants.payload;
    const held = this.reg(terms, { reset: "none", enable: takes });
    drive(held, granted);
    const { pause, after, mark } = held;
    const due = left.ne(0n).and(isDue(this.turn, after));
    const isOpen = due.and(waited.eq(pause));
    const fires = this.beats.fire();
    const marks = left.ne(0n).and(tvalid).and(isDue(this.turn, mark)).and(due.not()).and(hasMarked.not());
    when(marks, () => hasMarked.set(1n));
    when(due.and(tvalid).and(isOpen.not()), () => waited.set(waited.addWrap(1n)));
    when(fires, () => left.set(left.subWrap(1n)));
    when(takes, () => { left.set(beats); waited.set(0n); hasMarked.set(0n); });

    this.grants.ready.set(left.eq(0n).or(left.eq(1n).and(fires)));
    tready.set(isOpen.and(this.beats.ready));
    this.beats.valid.set(isOpen.and(tvalid));
    this.beats.payload.data.set(tdata);
    this.beats.payload.keep.set(tkeep);
    this.beats.payload.last.set(tlast);
    this.marked.set(marks);
  }
}
