/** Points for the bits of a number: each is hit where it is 1. */

import type { Coverage } from "./coverage";

export class BitPoints {
  private readonly seen: Uint8Array;

  /** @param which has a 1 for each bit that there is a point for. */
  constructor(private readonly coverage: Coverage, private readonly kind: string, bits: number, which = 2 ** bits - 1) {
    const points = Array.from({ length: bits }, (_, k) => k).filter((k) => Math.floor(which / 2 ** k) % 2 === 1);
    coverage.declare(kind, points.map((k) => `bit ${k}`));
    this.seen = new Uint8Array(bits).fill(1);
    for (const k of points) this.seen[k] = 0;
  }

  /** @param value not negative, below 2^53; bits that were not declared do not count. */
  hit(value: number): void {
    for (let k = 0, rest = value; rest > 0 && k < this.seen.length; k++, rest = Math.floor(rest / 2)) {
      if (rest % 2 === 0 || this.seen[k] === 1) continue;
      this.seen[k] = 1;
      this.coverage.hit(this.kind, `bit ${k}`);
    }
  }
}
