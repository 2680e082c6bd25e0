/** What heads ask of the speculation unit, by the golden model. */

import type { HeadParameters } from "../../generator/lapa/config";
import { speculationFormat, type SpeculationParameters } from "../../generator/lapa/speculation-format";
import { aliveCount, type Round, type Row } from "../golden/speculation";
import { survivorGroups } from "../vectors/speculation-vectors";
import type { RowWork } from "./speculation";

/** A row, as far as its work depends on it. */
export type RowKeys = Pick<Row, "query" | "survivors"> & { readonly rounds: readonly Pick<Round, "keys">[] };

/** Steps and words of rows, for units of these parameters: the longest list of a lane decides. */
export function rowWorks(params: SpeculationParameters): (row: RowKeys, limits: Pick<HeadParameters, "nValid" | "causal" | "offset">) => RowWork {
  const { rounds } = speculationFormat(params);
  const firstLanes = rounds[0].lanes;
  // For each round, the lane of each lane of the first round.
  const laneOf = rounds.map(({ sources }) => {
    const lanes = new Uint16Array(firstLanes);
    sources.forEach((of, lane) => of.forEach((first) => { lanes[first] = lane; }));
    return lanes;
  });
  const longest = (keys: Uint16Array, r: number): number => {
    const lengths = new Uint32Array(rounds[r].lanes);
    for (const key of keys) lengths[laneOf[r][key % firstLanes]]++;
    return Math.max(1, ...lengths);
  };
  return (row, limits) => ({
    steps: row.rounds.map(({ keys }, r) => (r === 0 ? Math.max(1, Math.ceil(aliveCount(row.query, limits) / firstLanes)) : longest(keys, r))),
    words: params.survivorForm === "keys" ? Math.max(1, row.survivors.length) : survivorGroups(row.survivors, params).length,
  });
}
