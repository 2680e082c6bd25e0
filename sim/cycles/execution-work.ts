/** What rows ask of the execution unit. */

import type { ExecutionParameters } from "../../generator/lapa/execution-format";
import type { TileWork } from "./tile-clock";

/** Rows of a head as tiles. @param survivors of each row: the keys that it needs. */
export function tileWorks({ rows, columns }: Pick<ExecutionParameters, "rows" | "columns">, survivors: readonly ArrayLike<number>[]): TileWork[] {
  const tiles: TileWork[] = [];
  for (let first = 0; first < survivors.length; first += rows) tiles.push(tileWork(survivors.slice(first, first + rows), columns));
  return tiles;
}

function tileWork(survivors: readonly ArrayLike<number>[], columns: number): TileWork {
  const keys = new Set<number>();
  for (const row of survivors) for (let i = 0; i < row.length; i++) keys.add(row[i]);
  const lengths = new Uint32Array(columns);
  for (const key of keys) lengths[key % columns]++;
  const steps = Math.max(1, ...lengths);
  return { rows: survivors.length, steps, words: keys.size + (lengths[columns - 1] === steps ? 0 : 1) };
}
