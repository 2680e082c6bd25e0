/** From the scales of a head to the registers of execution: what host software computes. */

import type { ExecutionParameters } from "../../generator/lapa/config";

/** 64ths of a power of two in a factor of e. */
const stepsPerUnit = Math.LOG2E * 64;

/**
 * c and s for scores whose integers become real by `real`: with r = real * log2(e) * 64, the largest s <= 31 with
 * c = floor(r * 2^s + 1/2) < 65536.
 * @param real positive. @returns null where no s is small enough: from about 710 on, where one step of S is worth e^710.
 */
export function executionParameters(real: number): ExecutionParameters | null {
  for (let s = 31; s >= 0; s--) {
    const c = Math.floor(real * stepsPerUnit * 2 ** s + 0.5);
    if (c < 65536) return { c, s };
  }
  return null;
}
