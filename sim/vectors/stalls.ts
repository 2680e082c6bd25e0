/**
 * The stall generator that every engine shares, in TypeScript here and in Verilog in the test bench template.
 * Channel k of a vector set owns a xorshift32 state that advances once a clock cycle after reset, and a pace: in every
 * cycle in which an epoch of 256 cycles begins, bits 9 and 8 of the state are the pace until the next epoch.
 *
 * In the cycle after an advance:
 * - an input stream that has no word on offer takes up the next one unless `(state & 0xff) < chance`;
 *   a word once offered stays until it is accepted;
 * - an output stream is ready unless `(state & 0xff) < chance`;
 *
 * where chance is 0 for streams that never stall, and otherwise by pace: 0 what is asked for, 1 none, 2 heavy (224), 3 a burst:
 * a pause for half of the epoch, then a run.
 */

/** Random, seeded stalls; the same seed gives the same stalls, cycle for cycle, in every engine. */
export interface Stalls {
  readonly seed: number;
  /** Chance in 1/256 that an input stream offers nothing in a cycle in which it could, at pace 0: 0 (never, at any pace) .. 255. */
  readonly input: number;
  /** Chance in 1/256 that an output stream is not ready in a cycle, likewise: 0 .. 255. */
  readonly output: number;
}

/** Cycles of an epoch. */
const epoch = 256;
const heavy = 224;
/** More than any byte. */
const always = 256;

/** What the paces are called. */
export const paceNames = ["as asked for", "none", "heavy", "bursts"] as const;

/** The stalls of one channel. */
export class StallGenerator {
  private state: number;
  private cycle = 0;
  private pace = 0;

  /** @param k the channel. @param chance `stalls.input` or `stalls.output`. */
  constructor(seed: number, k: number, private readonly chance: number) {
    this.state = stallSeed(seed, k);
  }

  /** Advances by a cycle. Whether the stream pauses in it. */
  pauses(): boolean {
    this.state = advanceStall(this.state);
    const at = this.cycle++ % epoch;
    if (at === 0) this.pace = paceOf(this.state);
    return this.chance > 0 && (this.state & 0xff) < this.paced(at);
  }

  private paced(at: number): number {
    switch (this.pace) {
      case 0: return this.chance;
      case 1: return 0;
      case 2: return heavy;
      default: return at < epoch / 2 ? always : 0;
    }
  }
}

/** The paces that channel k has in so many cycles. */
export function pacesIn(seed: number, k: number, cycles: number): ReadonlySet<number> {
  const paces = new Set<number>();
  let state = stallSeed(seed, k);
  for (let cycle = 0; cycle < cycles && paces.size < paceNames.length; cycle++) {
    state = advanceStall(state);
    if (cycle % epoch === 0) paces.add(paceOf(state));
  }
  return paces;
}

const paceOf = (state: number): number => (state >>> 8) & 3;

/** Initial state of channel k; never zero. */
export function stallSeed(seed: number, k: number): number {
  const mixed = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(k + 1, 0xc2b2ae35)) >>> 0;
  return mixed === 0 ? 1 : mixed;
}

/** xorshift32 (Marsaglia 2003, triple 13, 17, 5). State and result are unsigned 32-bit numbers, never zero. */
export function advanceStall(state: number): number {
  let s = state;
  s ^= s << 13;
  s ^= s >>> 17;
  s ^= s << 5;
  return s >>> 0;
}
