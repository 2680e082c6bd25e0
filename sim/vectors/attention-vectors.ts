/** Vectors for the attention unit: heads as its streams take them, outputs from the golden models of speculation and execution. */

import type { ExecutionParameters, SpeculationFormat } from "../../generator/lapa/config";
import { aliveRows, type ExecutedRow, executeRow, headOf } from "../golden/execution";
import { type Row, speculate } from "../golden/speculation";
import type { DescribedVectors, WordOrigin } from "./described";
import { field, type Head, headFields, type HeadSpec, headWord, padded } from "./speculation-vectors";
import type { VectorSet } from "./vectors";
import { ChannelBuilder, packLanes } from "./words";

/** The unit `attention`: streams `head`, `keys`, `values`, `queries` -> `outputs`. */
export interface AttentionSpec extends HeadSpec {
  /** Name of the top module. */
  readonly design: string;
}

/** What the unit does with one word of `head`. */
export interface AttentionHead extends Head {
  /** Row-major [nK][dim], loaded with the keys. */
  readonly values: Int16Array;
  readonly execution: ExecutionParameters;
  /** Every alive key is attended to. */
  readonly dense: boolean;
}

/** A query of a head as the golden models have it. */
export interface HeadRow {
  readonly query: number;
  /** The keys that each round is given, and how many it leaves. */
  readonly rounds: readonly { readonly keys: Uint16Array }[];
  readonly kept: readonly number[];
  readonly survivors: Uint16Array;
  /** O, [dim]. */
  readonly output: Int16Array;
}

/** How a row came about; `speculated` is null where nothing is filtered. */
export interface RowHistory {
  readonly query: number;
  readonly speculated: Row | null;
  readonly executed: ExecutedRow;
}

/**
 * The queries of a head, in order.
 * @param observe is shown how each row came about. @throws RangeError for what the golden models refuse.
 */
export function* headRows(head: AttentionHead, format: SpeculationFormat, observe: (row: RowHistory) => void = () => undefined): Generator<HeadRow, void, undefined> {
  const { queries, keys, values, dim, execution } = head;
  const golden = headOf(queries, keys, values, dim, format.operandBits);
  for (const { speculated, ...row } of chosenRows(head, golden.queryCount, format)) {
    const executed = executeRow(golden, row, execution);
    observe({ query: row.query, speculated, executed });
    yield { ...row, output: executed.output };
  }
}

/** Which keys the queries attend to. */
function* chosenRows(
  { queries, keys, dim, parameters, dense }: AttentionHead, queryCount: number, format: SpeculationFormat,
): Generator<Omit<HeadRow, "output"> & Pick<RowHistory, "speculated">, void, undefined> {
  if (!dense) {
    for (const speculated of speculate(queries, keys, dim, format, parameters)) {
      const { query, survivors, rounds } = speculated;
      yield { query, survivors, rounds: rounds.map(({ keys: given }) => ({ keys: given })), kept: rounds.map((r) => r.survivors.length), speculated };
    }
    return;
  }
  // Dense attention goes through the rounds as well, and each keeps everything.
  for (const { query, survivors } of aliveRows(queryCount, parameters)) {
    yield { query, survivors, rounds: format.slices.map(() => ({ keys: survivors })), kept: format.slices.map(() => survivors.length), speculated: null };
  }
}

/** Features of an output word. */
export const wordFeatures = 8;

/** Which head, query of it, and features a word of `outputs` is of. */
interface Place {
  readonly head: AttentionHead;
  readonly row: number;
  readonly word: number;
}

/**
 * Heads, one after the other, without a reset between them.
 * @param observe is shown every row of every head, in order, and before that how it came about.
 * @throws RangeError for a head that does not fit the unit, or parameters that the golden models refuse.
 */
export function attentionVectors(
  spec: AttentionSpec, heads: readonly AttentionHead[], observe: (row: HeadRow, head: number) => void = () => undefined,
  observeHistory: (row: RowHistory, head: number) => void = () => undefined,
): DescribedVectors {
  const { headDim, format, design } = spec;
  const vector = (name: string): ChannelBuilder => new ChannelBuilder(name, "input", [field(name, "features", headDim * format.operandBits)]);
  const [queries, keys, values] = [vector("queries"), vector("keys"), vector("values")];
  const head = new ChannelBuilder("head", "input", [...headFields(spec), field("head", "scale", 16), field("head", "shift", 5), field("head", "dense", 1)]);
  const outputs = new ChannelBuilder("outputs", "output", [field("outputs", "features", wordFeatures * format.operandBits), field("outputs", "last", 1)]);
  const places: Place[] = [];
  heads.forEach((h, number) => {
    head.push([...headWord(spec, h), h.execution.c, h.execution.s, h.dense ? 1 : 0]);
    pushRows(queries, h.queries, h.dim, headDim, format.operandBits);
    if (h.loads) pushRows(keys, h.keys, h.dim, headDim, format.operandBits);
    if (h.loads) pushRows(values, h.values, h.dim, headDim, format.operandBits);
    const rows = headRows(h, format, (row) => observeHistory(row, number));
    pushOutputs(outputs, places, h, spec, rows, (row) => observe(row, number));
  });
  const vectors: VectorSet = { schema: "lapa-vectors/1", design, mode: "streams", channels: [queries, head, keys, values, outputs].map((c) => c.build()), constants: [] };
  return { vectors, describe: (index) => originOf(places[index], spec) };
}

/** A word for each vector of a matrix, filled up to `headDim` features. */
export function pushRows(channel: ChannelBuilder, matrix: Int16Array, dim: number, headDim: number, operandBits: number): void {
  for (let at = 0; at < matrix.length; at += dim) channel.push([packLanes(padded(matrix.subarray(at, at + dim), headDim), operandBits, true)]);
}

function pushOutputs(channel: ChannelBuilder, places: Place[], head: AttentionHead, { headDim, format }: HeadSpec, rows: Iterable<HeadRow>, observe: (row: HeadRow) => void): void {
  const words = Math.ceil(headDim / wordFeatures);
  for (const row of rows) {
    observe(row);
    const output = padded(row.output, words * wordFeatures);
    for (let word = 0; word < words; word++) {
      channel.push([packLanes(output.subarray(word * wordFeatures, (word + 1) * wordFeatures), format.operandBits, true), word === words - 1 ? 1 : 0]);
      places.push({ head, row: row.query, word });
    }
  }
}

function originOf(place: Place | undefined, { format }: HeadSpec): WordOrigin | null {
  if (place === undefined) return null;
  return outputOrigin(place.head, place.row, place.word * wordFeatures, format);
}

/** Where an output comes from. @param row of the head. @param feature the first one. */
export function outputOrigin({ label, firstQuery, queries, dim }: AttentionHead, row: number, feature: number, { logSide }: Pick<SpeculationFormat, "logSide">): WordOrigin {
  const query = Array.from(queries.subarray(row * dim, (row + 1) * dim));
  const [log, linear] = logSide === "query" ? [query, []] : [[], query];
  return { label: `${label}: query ${firstQuery + row}, features from ${feature} on`, query: firstQuery + row, key: null, log, linear };
}
