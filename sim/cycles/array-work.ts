/** How many cycles the PE array works on a head: what the accelerator's counter PE_ACTIVE has at its end. */

import type { ExecutionParameters } from "../../generator/lapa/execution-format";
import { tileWorks } from "./execution-work";
import type { TileWork } from "./tile-clock";

/** R: queries of a tile. C: columns; key j is in column j mod C. d: features of a vector. */
export type ArrayShape = Pick<ExecutionParameters, "rows" | "columns" | "headDim">;

/** Cycles in which the array has a step with operands; those that fill a run up to C steps have none. @param survivors the keys of each query, in order. */
export function activeCycles(survivors: readonly ArrayLike<number>[], shape: ArrayShape): number {
  return tileWorks(shape, survivors).reduce((sum, tile) => sum + tileSteps(tile, shape), 0);
}

/**
 * Steps with operands of a tile.
 * - Scores: every column has a list of its keys, and a run takes one of each list, so that there are as many runs as the longest
 *   list has keys; a tile that needs none has one all the same, in which every pair is masked. Each takes d steps.
 * - P.V: C features at a time, a step for each score that was kept. Those are the tile's keys, and the last column of the last
 *   run, which ends the tile, even where it has no key.
 */
export function tileSteps({ steps, words }: Pick<TileWork, "steps" | "words">, { columns, headDim }: ArrayShape): number {
  return steps * headDim + words * Math.ceil(headDim / columns);
}
