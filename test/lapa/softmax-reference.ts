/** The spec's softmax, literally. */

const table = Array.from({ length: 64 }, (_, f) => BigInt(Math.floor(255 * 2 ** (-f / 64) + 0.5)));

/** P of a survivor. */
export function probabilityOf(max: bigint, score: bigint, c: bigint, s: bigint): bigint {
  const t = ((max - score) * c) >> s;
  const i = t >> 6n;
  return i >= 9n ? 0n : (table[Number(t & 63n)]! + ((1n << i) >> 1n)) >> i;
}

export interface Word {
  readonly live: boolean;
  readonly score: bigint;
}

/** P of every word of a row, and their sum. */
export function softmaxOf(row: readonly Word[], c: bigint, s: bigint): { readonly probabilities: readonly bigint[]; readonly sum: bigint } {
  const max = row.filter((w) => w.live).map((w) => w.score).reduce((a, b) => (a > b ? a : b), -(1n << 64n));
  const probabilities = row.map((w) => (w.live ? probabilityOf(max, w.score, c, s) : 0n));
  return { probabilities, sum: probabilities.reduce((a, b) => a + b, 0n) };
}
