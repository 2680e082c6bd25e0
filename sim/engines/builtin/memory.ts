/** A memory of the design: see MemoryModule for what it does at an edge. */

import { log2Ceil } from "../../../generator/ir/bits";
import type { MemoryInstance, Net } from "./flatten";
import { canonical, limbCount, limbWidth } from "./limbs";

/** Bits of one limb that a lane occupies. */
interface LanePart {
  readonly limb: number;
  readonly mask: number;
}

export class MemoryState {
  /** Limbs of a word. */
  readonly limbs: number;
  /** Words one after the other. One more than `depth`: what addresses past the end read. */
  readonly words: Int32Array;
  private readonly depth: number;
  private readonly addressMask: number;
  private readonly lanes: readonly (readonly LanePart[])[];
  private readonly ports: readonly [wrEn: Net, wrAddr: Net, wrData: Net, rdEn: Net, rdAddr: Net, rdData: Net];

  /** @param random a source of random 32-bit words */
  constructor(instance: MemoryInstance, random: () => number) {
    const { width, depth, laneWidth } = instance.memory;
    const [wrEn, wrAddr, wrData, rdEn, rdAddr, rdData] = instance.nets;
    this.ports = [wrEn!, wrAddr!, wrData!, rdEn!, rdAddr!, rdData!];
    this.depth = depth;
    this.addressMask = 2 ** Math.max(1, log2Ceil(depth)) - 1;
    this.limbs = limbCount(width);
    this.lanes = Array.from({ length: width / laneWidth }, (_, lane) => laneParts(lane * laneWidth, laneWidth));
    this.words = new Int32Array((depth + 1) * this.limbs);
    for (let i = 0; i < this.words.length; i++) this.words[i] = canonical(random(), limbWidth(width, i % this.limbs), false);
  }

  /** A rising edge: reads the ports in `s`, and leaves the next rd_data in `n`. */
  clock(s: Int32Array, n: Int32Array): void {
    const [wrEn, wrAddr, wrData, rdEn, rdAddr, rdData] = this.ports;
    if (s[rdEn.at] !== 0) {
      const from = this.row(s[rdAddr.at]!);
      for (let i = 0; i < this.limbs; i++) n[rdData.at + i] = this.words[from + i]!;
    }
    const address = s[wrAddr.at]! & this.addressMask;
    if (address < this.depth) this.write(address * this.limbs, s, wrEn.at, wrData.at);
  }

  /** Where the word at an address begins. */
  private row(address: number): number {
    const row = address & this.addressMask;
    return (row < this.depth ? row : this.depth) * this.limbs;
  }

  private write(to: number, s: Int32Array, enable: number, data: number): void {
    for (let lane = 0; lane < this.lanes.length; lane++) {
      if (((s[enable + (lane >> 5)]! >>> (lane & 31)) & 1) === 0) continue;
      for (const { limb, mask } of this.lanes[lane]!) {
        this.words[to + limb] = (this.words[to + limb]! & ~mask) | (s[data + limb]! & mask);
      }
    }
  }
}

function laneParts(lo: number, width: number): LanePart[] {
  const parts: LanePart[] = [];
  for (let limb = lo >> 5; limb < limbCount(lo + width); limb++) {
    const from = Math.max(lo, 32 * limb) - 32 * limb;
    const to = Math.min(lo + width, 32 * limb + 32) - 32 * limb;
    parts.push({ limb, mask: canonical(-1, to - from, false) << from });
  }
  return parts;
}
