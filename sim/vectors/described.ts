/** Vectors that can say what their words were made from. */

import type { VectorSet } from "./vectors";

/** Where a word comes from, to explain a mismatch. */
export interface WordOrigin {
  readonly label: string;
  /** Token numbers in the trace; null for a word that is from no trace, or of no single key. */
  readonly query: number | null;
  readonly key: number | null;
  /** The integers before encoding, a lane each; empty for a word of no single key. */
  readonly log: readonly number[];
  readonly linear: readonly number[];
}

export interface DescribedVectors {
  readonly vectors: VectorSet;
  /** Says what word `index` of an output channel was made from; null when there is no such word. */
  describe(index: number, channel: string): WordOrigin | null;
}
