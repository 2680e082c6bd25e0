/** Where the cycles of the array go, and what its elements do while it works. */

import type { ExecutionParameters } from "../../generator/lapa/execution-format";
import { tileSteps } from "./array-work";
import type { AttentionHeadTimes } from "./attention";
import type { CountedTile } from "./execution-work";

/** Cycles of a head; together they are all of them. */
export interface ArrayCycles {
  /** Steps with operands. */
  readonly working: number;
  /** Steps without: runs that are shorter than the array has columns. */
  readonly padding: number;
  /** Until keys and values are there and the head begins. */
  readonly load: number;
  /** The array is free, and of all that its next run needs this came last: the keys of a tile and its queries; the */
  readonly prediction: number;
  /** probabilities of a tile; */
  readonly probabilities: number;
  /** room for scores, or for outputs. */
  readonly room: number;
  /** After the last run, until the last output has left. */
  readonly drain: number;
}

/** Cycles of a head from the end of the one before on. @param before null where there is none. */
export function arrayCycles({ runs, ends, array }: AttentionHeadTimes, before: AttentionHeadTimes | null): ArrayCycles {
  const sum = (of: (run: AttentionHeadTimes["array"][number]) => number): number => array.reduce((total, run) => total + of(run), 0);
  const waited = (what: string): number => sum((run) => (run.waitedFor === what ? run.waited : 0));
  const working = sum((run) => run.working);
  const last = array.at(-1);
  // The last output moves in the cycle after `ends`.
  return {
    working, padding: sum((run) => run.length) - working, load: runs - (before === null ? 0 : before.ends + 2),
    prediction: waited("prediction"), probabilities: waited("probabilities"), room: waited("room"),
    drain: ends + 2 - (last === undefined ? runs : last.begins + last.length),
  };
}

/** The mean of several heads. */
export function meanCycles(all: readonly ArrayCycles[]): ArrayCycles {
  const mean = (part: keyof ArrayCycles): number => all.reduce((total, cycles) => total + cycles[part], 0) / all.length;
  return {
    working: mean("working"), padding: mean("padding"), load: mean("load"), prediction: mean("prediction"), probabilities: mean("probabilities"), room: mean("room"), drain: mean("drain"),
  };
}

export function cyclesOf(parts: ArrayCycles): number {
  return Object.values(parts as unknown as Record<string, number>).reduce((sum, n) => sum + n, 0);
}

/** What the elements do in the cycles in which the array works: multiply-accumulates that there is time for. */
export interface ElementWork {
  /** For pairs that attention needs: 2 * d of the head each. */
  readonly needed: number;
  /** For pairs of a row and a key of its tile that the row does not need. */
  readonly masked: number;
  /** For what is not there: keys of columns with shorter lists, rows of the last tile, features that the head has not. */
  readonly ragged: number;
}

/** @param dim features of the head, at most those of the unit. */
export function elementWork(params: ExecutionParameters, tiles: readonly CountedTile[], dim: number): ElementWork {
  const { rows, columns } = params;
  let [all, there, needed] = [0, 0, 0];
  for (const tile of tiles) {
    all += tileSteps(tile, params) * rows * columns;
    there += tile.rows * tile.keys * 2 * dim;
    needed += tile.pairs * 2 * dim;
  }
  return { needed, masked: there - needed, ragged: all - there };
}
