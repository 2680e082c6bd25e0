/** How many cycles the PE array works on a head: what the accelerator's counter PE_ACTIVE has at its end. */

export interface ArrayShape {
  /** R: queries of a tile. */
  readonly rows: number;
  /** C: columns. Key j is in column j mod C. */
  readonly columns: number;
  /** d: features of a vector. */
  readonly headDim: number;
}

/**
 * Cycles in which the array has a step with operands; those that fill a run up to C steps have none.
 *
 * R queries are a tile, the last one perhaps fewer, and its keys are those that any of them needs.
 * - Scores: every column has a list of its keys, and a run takes one of each list, so that there are as many runs as the longest
 *   list has keys; a tile that needs none has one all the same, in which every pair is masked. Each takes d steps.
 * - P.V: C features at a time, a step for each score that was kept. Those are the tile's keys, and the last column of the last
 *   run, which ends the tile, even where it has no key.
 * @param survivors the keys of each query, in order.
 */
export function activeCycles(survivors: readonly Uint16Array[], { rows, columns, headDim }: ArrayShape): number {
  let cycles = 0;
  for (let first = 0; first < survivors.length; first += rows) {
    const keys = new Set(survivors.slice(first, first + rows).flatMap((row) => Array.from(row)));
    const lists = new Array<number>(columns).fill(0);
    for (const key of keys) lists[key % columns]++;
    const runs = Math.max(1, ...lists);
    const words = keys.size + (lists[columns - 1] === runs ? 0 : 1);
    cycles += runs * headDim + words * Math.ceil(headDim / columns);
  }
  return cycles;
}
