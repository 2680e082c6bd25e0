/** Watches outputs on their stream: what AXI4-Stream wants of beats, and what a soft reset makes of a packet. */

import type { Simulator } from "../../sim/engines/builtin";

/** A packet that has been taken. */
export interface Packet {
  /** Two's complement. */
  readonly bytes: number[];
  /** How many of them were offered before a soft reset, or as it came; null for a packet that none has cut. */
  cutAt: number | null;
}

type Beat = Readonly<Record<"data" | "keep" | "last", bigint>>;

export class OutputMonitor {
  /** In the order of their ends. */
  readonly packets: Packet[] = [];
  private open: Packet | null = null;
  private stalled: Beat | null = null;

  constructor(private readonly sim: Simulator, private readonly beatBytes: number) {}

  /** Packets that no soft reset has cut. */
  get whole(): number {
    return this.packets.filter((p) => p.cutAt === null).length;
  }

  /** A cycle, before its edge. @returns the bytes that are taken. @throws where a rule is broken. */
  observe(): number[] {
    const beat = this.beat();
    const [isClear, isFlushing] = [this.sim.peek("u_control.clear") === 1n, this.sim.peek("flushing") === 1n];
    if (this.stalled !== null) expect(beat).toEqual(this.stalled);
    // A packet begins before a soft reset or after its end, and a cut one ends before it.
    if (isFlushing && beat !== null) expect(this.open).not.toBeNull();
    if (!isFlushing && this.open !== null) expect(this.open.cutAt).toBeNull();
    if (beat !== null) this.open ??= { bytes: [], cutAt: null };
    const isTaken = beat !== null && this.sim.peek("m_axis_outputs_tready") === 1n;
    this.stalled = isTaken ? null : beat;
    const bytes = beat === null ? [] : this.bytesOf(beat);
    if (isTaken) this.take(bytes, beat.last === 1n);
    if (isClear && this.open !== null) this.open.cutAt ??= this.open.bytes.length + (isTaken ? 0 : bytes.length);
    return isTaken ? bytes : [];
  }

  private beat(): Beat | null {
    const get = (name: string): bigint => this.sim.peek(`m_axis_outputs_t${name}`);
    return get("valid") === 1n ? { data: get("data"), keep: get("keep"), last: get("last") } : null;
  }

  private bytesOf({ data, keep, last }: Beat): number[] {
    const count = keep.toString(2).length;
    expect(keep).toBe((1n << BigInt(count)) - 1n);
    if (last === 0n) expect(count).toBe(this.beatBytes);
    return Array.from({ length: count }, (_, i) => Number(BigInt.asIntN(8, data >> BigInt(8 * i))));
  }

  private take(bytes: readonly number[], isLast: boolean): void {
    this.open!.bytes.push(...bytes);
    if (!isLast) return;
    this.packets.push(this.open!);
    this.open = null;
  }
}
