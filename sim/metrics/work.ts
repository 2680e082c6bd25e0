/** What a prediction costs, counted: bits of K that are read, and additions by width. docs/prediction.md says what counts. */

import type { SpeculationFormat } from "../../generator/lapa/config";
import { codeGeometry } from "../golden/aloc";
import { prefixBits } from "../golden/mrsa";

export interface Work {
  /** Bits of keys that are read. */
  readonly keyBits: number;
  /** Number of additions for each width of their wider operand, in bits; ascending. */
  readonly additions: ReadonlyMap<number, number>;
}

/**
 * Work of the rounds of MRSA.
 * @param alive pairs that each round scores, the first round's first. @param dim features of a key.
 */
export function roundsWork(alive: readonly number[], dim: number, format: SpeculationFormat): Work {
  const { slices, logSide, terms } = format;
  const { codeBits, maxExponent } = codeGeometry(format);
  const read = prefixBits(slices);
  const additions = new Map<number, number>();
  let keyBits = 0;
  slices.forEach((bits, r) => {
    keyBits += alive[r] * dim * (logSide === "query" ? bits : codeBits);
    // All slices but the first are unsigned, and get their sign from the code.
    const termBits = bits + maxExponent + (r === 0 ? 0 : 1);
    addTree(additions, dim * terms, termBits, alive[r]);
    if (r > 0) tally(additions, read[r] + maxExponent + log2Ceil(dim * terms), alive[r]);
  });
  return { keyBits, additions: ascending(additions) };
}

/** Work of exact scores of operands of W bits: an array multiplier adds W rows of partial products, then the products are summed. */
export function exactWork(pairs: number, dim: number, operandBits: number): Work {
  const additions = new Map<number, number>();
  tally(additions, operandBits, pairs * dim * (operandBits - 1));
  addTree(additions, dim, 2 * operandBits, pairs);
  return { keyBits: pairs * dim * operandBits, additions: ascending(additions) };
}

/** The work of several heads. */
export function addWork(works: readonly Work[]): Work {
  const additions = new Map<number, number>();
  for (const work of works) for (const [width, count] of work.additions) tally(additions, width, count);
  return { keyBits: works.reduce((sum, w) => sum + w.keyBits, 0), additions: ascending(additions) };
}

/** Additions weighted by their width: full adders that work. */
export function adderBits({ additions }: Work): number {
  return [...additions].reduce((sum, [width, count]) => sum + width * count, 0);
}

/** A binary tree over `items`, `times` times: each level is a bit wider. */
function addTree(additions: Map<number, number>, items: number, width: number, times: number): void {
  for (let left = items, w = width; left > 1; left = Math.ceil(left / 2), w++) tally(additions, w, times * Math.floor(left / 2));
}

function tally(additions: Map<number, number>, width: number, count: number): void {
  if (count > 0) additions.set(width, (additions.get(width) ?? 0) + count);
}

const ascending = (additions: ReadonlyMap<number, number>): Map<number, number> => new Map([...additions].sort(([a], [b]) => a - b));

const log2Ceil = (n: number): number => Math.ceil(Math.log2(n));
