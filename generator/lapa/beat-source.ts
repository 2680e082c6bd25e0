/** Beats of AXI4-Stream that a host sends when it is their turn. */

import { Bits, Bool, UInt, when } from "lapa";
import { LibraryModule } from "../lib/library-module";
import { isDue, turnBits } from "../lib/turns";

export type BeatParameters = {
  /** B: bytes of a beat. */
  readonly beatBytes: number;
};

export function beatFields({ beatBytes }: BeatParameters) {
  return { data: Bits(8 * beatBytes), keep: Bits(beatBytes), last: Bool() };
}

export function axisFields({ beatBytes }: BeatParameters) {
  return { tdata: Bits(8 * beatBytes), tkeep: Bits(beatBytes), tlast: Bool(), tvalid: Bool() };
}

/** Cycles that a beat is waited for, at most. */
export const pauseBits = 8;

/** What is said of a beat that is sent. */
export function sentFields(params: BeatParameters) {
  return { ...beatFields(params), after: UInt(turnBits), pause: UInt(pauseBits), marks: Bool() };
}

/** A beat is offered when it is its turn, and `pause` cycles after the accelerator has begun to wait for it. */
export class BeatSource extends LibraryModule<BeatParameters> {
  readonly beats = this.inputStream(sentFields(this.params));
  readonly turn = this.input(UInt(turnBits));
  readonly axis = { ...this.output(axisFields(this.params)), tready: this.input(Bool()) };
  /** A beat that counts as a turn is taken. */
  readonly marked = this.output(Bool());

  override get doc(): string {
    return `Sends beats of ${this.params.beatBytes} bytes, each when it is its turn.`;
  }

  build(): void {
    const { data, keep, last, after, pause, marks } = this.beats.payload;
    const waited = this.reg(UInt(pauseBits), { reset: 0n });
    const isOffered = this.beats.valid.and(isDue(this.turn, after)).and(waited.eq(pause));
    const takes = isOffered.and(this.axis.tready);
    when(this.beats.valid.and(isDue(this.turn, after)).and(this.axis.tready).and(isOffered.not()), () => waited.set(waited.addWrap(1n)));
    when(takes, () => waited.set(0n));
    this.beats.ready.set(takes);
    this.axis.tvalid.set(isOffered);
    this.axis.tdata.set(data);
    this.axis.tkeep.set(keep);
    this.axis.tlast.set(last);
    this.marked.set(takes.and(marks));
  }
}
