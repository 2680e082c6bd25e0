/** Random numbers for heads: the same seed gives the same ones, everywhere. */

import { advanceStall, stallSeed } from "../vectors/stalls";

export class Random {
  private state: number;

  /** @param stream which of the sequences that the seed gives. */
  constructor(seed: number, stream = 0) {
    this.state = stallSeed(seed, stream);
  }

  /** 0 .. n - 1. @param n 1 .. 2^32. */
  below(n: number): number {
    return (this.state = advanceStall(this.state)) % n;
  }

  /** True once in n times, on average. */
  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  /** One of several. */
  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }
}
