/**
 * The stall generator that every engine shares, in TypeScript here and in Verilog in the test bench template.
 * Channel k of a vector set owns a xorshift32 state that advances once a clock cycle after reset.
 *
 * In the cycle after an advance:
 * - an input stream that has no word on offer takes up the next one unless `(state & 0xff) < stalls.input`;
 *   a word once offered stays until it is accepted;
 * - an output stream is ready unless `(state & 0xff) < stalls.output`.
 */

/** Random, seeded stalls; the same seed gives the same stalls, cycle for cycle, in every engine. */
export interface Stalls {
  readonly seed: number;
  /** Chance in 1/256 that an input stream offers nothing in a cycle in which it could: 0 (never) .. 255. */
  readonly input: number;
  /** Chance in 1/256 that an output stream is not ready in a cycle: 0 .. 255. */
  readonly output: number;
}

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
