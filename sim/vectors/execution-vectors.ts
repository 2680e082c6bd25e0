/** Vectors for the execution unit: heads and the keys that their queries need, outputs from the golden model. */

import type { ExecutionParameters } from "../../generator/lapa/config";
import { executeRow, headOf } from "../golden/execution";
import { pushRows, wordFeatures } from "./attention-vectors";
import type { DescribedVectors, WordOrigin } from "./described";
import { bitsFor, field, padded } from "./speculation-vectors";
import type { VectorSet } from "./vectors";
import { ChannelBuilder, packLanes } from "./words";

/** The unit `execution`: streams `head`, `keys`, `values`, `queries`, `masks` -> `outputs`. */
export interface ExecutionSpec {
  /** Name of the top module. */
  readonly design: string;
  /** d and n of the unit; heads may be smaller. */
  readonly headDim: number;
  readonly maxKeys: number;
  readonly operandBits: number;
  /** C: keys of a group. */
  readonly columns: number;
}

/** What the unit does with one word of `head`. */
export interface ExecutedHead {
  readonly label: string;
  /** Operands of W bits, row-major [nQ][dim], [nK][dim], [nK][dim]. */
  readonly queries: Int16Array;
  readonly keys: Int16Array;
  readonly values: Int16Array;
  readonly dim: number;
  /** Whether keys and values are loaded; otherwise they are those of the head before. */
  readonly loads: boolean;
  readonly parameters: ExecutionParameters;
  /** For each query the keys that it needs, ascending. */
  readonly survivors: readonly Uint16Array[];
}

const rowBits = 16;

/** Heads, one after the other, without a reset between them. @throws RangeError for what the golden model refuses. */
export function executionVectors(spec: ExecutionSpec, heads: readonly ExecutedHead[]): DescribedVectors {
  const { headDim, maxKeys, operandBits: W, columns, design } = spec;
  const vector = headDim * W;
  const groups = Math.ceil(maxKeys / columns);
  const head = new ChannelBuilder("head", "input", [field("head", "keys", bitsFor(maxKeys)), field("head", "rows", rowBits), field("head", "scale", 16), field("head", "shift", 5)]);
  const keys = new ChannelBuilder("keys", "input", [field("keys", "features", vector)]);
  const values = new ChannelBuilder("values", "input", [field("values", "features", vector)]);
  const queries = new ChannelBuilder("queries", "input", [field("queries", "features", vector)]);
  const masks = new ChannelBuilder("masks", "input", [field("masks", "group", Math.max(1, bitsFor(groups - 1))), field("masks", "mask", columns), field("masks", "last", 1)]);
  const outputs = new ChannelBuilder("outputs", "output", [field("outputs", "features", wordFeatures * W), field("outputs", "last", 1)]);
  const places: { readonly head: number; readonly row: number; readonly word: number }[] = [];
  const words = Math.ceil(headDim / wordFeatures);
  heads.forEach((h, number) => {
    const { dim, survivors, parameters, loads } = h;
    const [nQ, nK] = [h.queries.length / dim, h.keys.length / dim];
    const golden = headOf(h.queries, h.keys, h.values, dim, W);
    head.push([loads ? nK : 0, nQ, parameters.c, parameters.s]);
    if (loads) pushRows(keys, h.keys, dim, headDim, W);
    if (loads) pushRows(values, h.values, dim, headDim, W);
    pushRows(queries, h.queries, dim, headDim, W);
    for (let i = 0; i < nQ; i++) {
      pushMask(masks, survivors[i], columns);
      const { output } = executeRow(golden, { query: i, survivors: survivors[i] }, parameters);
      const row = padded(output, words * wordFeatures);
      for (let w = 0; w < words; w++) {
        outputs.push([packLanes(row.subarray(w * wordFeatures, (w + 1) * wordFeatures), W, true), w === words - 1 ? 1 : 0]);
        places.push({ head: number, row: i, word: w });
      }
    }
  });
  const vectors: VectorSet = { schema: "lapa-vectors/1", design, mode: "streams", channels: [queries, head, keys, values, masks, outputs].map((c) => c.build()), constants: [] };
  const describe = (index: number): WordOrigin | null => {
    const place = places[index];
    if (place === undefined) return null;
    const { label, queries: q, dim } = heads[place.head];
    return { label: `${label}: query ${place.row}, features from ${place.word * wordFeatures} on`, query: place.row, key: null, log: [], linear: Array.from(q.subarray(place.row * dim, (place.row + 1) * dim)) };
  };
  return { vectors, describe };
}

/** A row's keys as groups; a row without any is one group of none. */
function pushMask(masks: ChannelBuilder, survivors: Uint16Array, columns: number): void {
  const groups = [...new Set(Array.from(survivors, (key) => Math.floor(key / columns)))];
  if (groups.length === 0) groups.push(0);
  groups.forEach((group, at) => {
    const mask = new Uint8Array(columns);
    for (const key of survivors) if (Math.floor(key / columns) === group) mask[key % columns] = 1;
    masks.push([group, packLanes(mask, 1, false), at === groups.length - 1 ? 1 : 0]);
  });
}
