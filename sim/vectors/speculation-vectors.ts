/** Vectors for the speculation unit: heads as its streams take them, survivors, masks and statistics from the golden model. */

import type { HeadParameters, SpeculationFormat } from "../../generator/lapa/config";
import { scoreWidth } from "../golden/mrsa";
import { largestRho, maskOf, type Row, speculate } from "../golden/speculation";
import type { DescribedVectors, WordOrigin } from "./described";
import type { Field, VectorSet } from "./vectors";
import { ChannelBuilder, packLanes } from "./words";

/**
 * The unit `speculation`: streams `head`, `keys`, `queries` -> `survivors` and `masks` (where a row is small), or `groups`, and
 * `statistics_0`, ..
 */
export interface SpeculationSpec {
  /** Name of the top module. */
  readonly design: string;
  /** d and n of the unit; heads may be smaller. */
  readonly headDim: number;
  readonly maxKeys: number;
  readonly format: SpeculationFormat;
  /** How survivors leave. */
  readonly survivorForm: "keys" | "groups";
  /** Lanes of each round, of keys that keysPerCycle gives them; a list for each round. */
  readonly keysPerCycle: readonly number[];
}

export type HeadSpec = Pick<SpeculationSpec, "headDim" | "maxKeys" | "format">;

/** What the unit does with one word of `head`. */
export interface Head {
  readonly label: string;
  /** Operands of W bits, row-major [nQ][dim]; dim at most headDim. */
  readonly queries: Int16Array;
  /** Row-major [nK][dim], nK at most maxKeys. */
  readonly keys: Int16Array;
  readonly dim: number;
  /** Whether the keys are loaded; otherwise they are those of the head before. */
  readonly loads: boolean;
  readonly parameters: HeadParameters;
  /** The number that the first query has in its trace. */
  readonly firstQuery: number;
}

/** The most keys for which the unit gives masks, too. */
const largestMask = 64;
const rowBits = 16;

/**
 * Heads, one after the other, without a reset between them.
 * @param observe is shown every row of every head, in order.
 * @throws RangeError for a head that does not fit the unit, or parameters that the golden model refuses.
 */
export function speculationVectors(spec: SpeculationSpec, heads: readonly Head[], observe: (row: Row, head: number) => void = () => undefined): DescribedVectors {
  const channels = new SpeculationChannels(spec, observe);
  heads.forEach((head, h) => channels.push(head, h));
  const vectors: VectorSet = { schema: "lapa-vectors/1", design: spec.design, mode: "streams", channels: channels.build(), constants: [] };
  return { vectors, describe: (index, channel) => channels.describe(heads, channel, index) };
}

/** Which head, row of it, and key a word of an output is of; no key for a row as a whole. */
interface Place {
  readonly head: number;
  readonly row: number;
  readonly key: number | null;
}

class SpeculationChannels {
  private readonly head: ChannelBuilder;
  private readonly keys: ChannelBuilder;
  private readonly queries: ChannelBuilder;
  private readonly survivors: ChannelBuilder | null;
  private readonly masks: ChannelBuilder | null;
  private readonly groups: ChannelBuilder | null;
  private readonly statistics: readonly ChannelBuilder[];
  private readonly survivorPlaces: Place[] = [];
  private readonly rowPlaces: Place[] = [];

  constructor(private readonly spec: SpeculationSpec, private readonly observe: (row: Row, head: number) => void) {
    const { headDim, maxKeys, format } = spec;
    const vector = headDim * format.operandBits;
    const count = bitsFor(maxKeys);
    const key = Math.max(1, bitsFor(maxKeys - 1));
    this.head = new ChannelBuilder("head", "input", headFields(spec));
    this.keys = new ChannelBuilder("keys", "input", [field("keys", "features", vector)]);
    this.queries = new ChannelBuilder("queries", "input", [field("queries", "features", vector)]);
    const hasKeys = spec.survivorForm === "keys";
    this.survivors = !hasKeys ? null : new ChannelBuilder("survivors", "output", [
      field("survivors", "row", rowBits), field("survivors", "key", key), field("survivors", "count", count), field("survivors", "last", 1),
    ]);
    this.masks = !hasKeys || maxKeys > largestMask ? null : new ChannelBuilder("masks", "output", [
      field("masks", "row", rowBits), field("masks", "count", count), field("masks", "mask", maxKeys),
    ]);
    const groups = Math.ceil(maxKeys / firstLanes(spec));
    this.groups = hasKeys ? null : new ChannelBuilder("groups", "output", [
      field("groups", "row", rowBits), field("groups", "group", Math.max(1, bitsFor(groups - 1))), field("groups", "mask", firstLanes(spec)),
      field("groups", "count", count), field("groups", "last", 1),
    ]);
    this.statistics = format.slices.map((_, r) => {
      const [name, score] = [`statistics_${r}`, scoreWidth(headDim, r, format)];
      const sum = (BigInt(maxKeys) << BigInt(score - 1)) - 1n;
      return new ChannelBuilder(name, "output", [
        field(name, "row", rowBits), field(name, "count", count), field(name, "max", score, true), field(name, "min", score, true),
        field(name, "sum", sum.toString(2).length + 1, true),
      ]);
    });
  }

  push(head: Head, number: number): void {
    const { headDim, format } = this.spec;
    const { queries, keys, dim, loads, parameters } = head;
    const [nQ, nK] = [queries.length / dim, keys.length / dim];
    this.head.push(headWord(this.spec, head));
    const row = (matrix: Int16Array, i: number) => packLanes(padded(matrix.subarray(i * dim, (i + 1) * dim), headDim), format.operandBits, true);
    if (loads) for (let j = 0; j < nK; j++) this.keys.push([row(keys, j)]);
    for (let i = 0; i < nQ; i++) this.queries.push([row(queries, i)]);
    for (const result of speculate(queries, keys, dim, format, parameters)) this.pushRow(result, number);
  }

  private pushRow(row: Row, head: number): void {
    this.observe(row, head);
    const count = row.survivors.length;
    row.rounds.forEach(({ statistics }, r) => {
      this.statistics[r].push([row.query, statistics?.count ?? 0, statistics?.max ?? 0, statistics?.min ?? 0, statistics?.sum ?? 0]);
    });
    this.rowPlaces.push({ head, row: row.query, key: null });
    if (this.groups !== null) this.pushGroups(row, head, this.groups);
    else this.pushKeys(row, head, this.survivors!);
    this.masks?.push([row.query, count, packLanes(maskOf(row, this.spec.maxKeys), 1, false)]);
  }

  private pushKeys({ query, survivors }: Row, head: number, channel: ChannelBuilder): void {
    const count = survivors.length;
    survivors.forEach((key, at) => {
      channel.push([query, key, count, at === count - 1 ? 1 : 0]);
      this.survivorPlaces.push({ head, row: query, key });
    });
    if (count > 0) return;
    channel.push([query, 0, 0, 1]);
    this.survivorPlaces.push({ head, row: query, key: null });
  }

  private pushGroups({ query, survivors }: Row, head: number, channel: ChannelBuilder): void {
    const words = survivorGroups(survivors, this.spec);
    words.forEach(({ group, mask }, at) => {
      channel.push([query, group, packLanes(mask, 1, false), survivors.length, at === words.length - 1 ? 1 : 0]);
      this.survivorPlaces.push({ head, row: query, key: null });
    });
  }

  build(): VectorSet["channels"] {
    const outputs = [this.survivors, this.masks, this.groups].filter((c) => c !== null);
    return [this.queries, this.head, this.keys, ...outputs, ...this.statistics].map((c) => c.build());
  }

  describe(heads: readonly Head[], channel: string, index: number): WordOrigin | null {
    const place = (channel === "survivors" || channel === "groups" ? this.survivorPlaces : this.rowPlaces)[index];
    if (place === undefined) return null;
    const { label, queries, keys, dim, firstQuery } = heads[place.head];
    const query = firstQuery + place.row;
    const of = (matrix: Int16Array, i: number): number[] => Array.from(matrix.subarray(i * dim, (i + 1) * dim));
    const [q, k] = [of(queries, place.row), place.key === null ? [] : of(keys, place.key)];
    const [log, linear] = this.spec.format.logSide === "query" ? [q, k] : [k, q];
    return { label: `${label}: query ${query}${place.key === null ? "" : `, key ${place.key}`}`, query, key: place.key, log, linear };
  }
}

/** K_0: more lanes than keys would stay empty. */
function firstLanes({ maxKeys, keysPerCycle }: Pick<SpeculationSpec, "maxKeys" | "keysPerCycle">): number {
  return Math.min(maxKeys, keysPerCycle[0]);
}

/**
 * A row's survivors as the unit groups them: key j is in lane j mod K_0, as group j div K_0. A lane of the last round gives one
 * key a word, so that a group takes as many words as one of these has survivors of it. A row without survivors is one word.
 */
export function survivorGroups(survivors: ArrayLike<number>, spec: Pick<SpeculationSpec, "maxKeys" | "keysPerCycle">): { readonly group: number; readonly mask: Uint8Array }[] {
  const lanes = firstLanes(spec);
  const lastLane = (lane: number): number => spec.keysPerCycle.reduce((at, count) => at % count, lane);
  const words: { readonly group: number; readonly mask: Uint8Array; readonly taken: Set<number> }[] = [];
  for (const key of Array.from(survivors)) {
    const [group, lane] = [Math.floor(key / lanes), key % lanes];
    let word = words.find((w) => w.group === group && !w.taken.has(lastLane(lane)));
    if (word === undefined) words.push(word = { group, mask: new Uint8Array(lanes), taken: new Set() });
    word.mask[lane] = 1;
    word.taken.add(lastLane(lane));
  }
  return words.length > 0 ? words : [{ group: 0, mask: new Uint8Array(lanes) }];
}

/** The fields of the stream `head`: what heads are told. */
export function headFields({ headDim, maxKeys, format }: HeadSpec): Field[] {
  const count = bitsFor(maxKeys);
  const guards = format.logSide === "query" ? format.slices.slice(1) : [];
  return [
    field("head", "keys", count), field("head", "rows", rowBits), field("head", "n_valid", count), field("head", "causal", 1),
    field("head", "offset", rowBits + 1, true), field("head", "blend", 1),
    ...format.slices.map((_, r) => field("head", `rho_${r}`, largestRho(headDim, r, format).toString(2).length)),
    ...guards.map((_, r) => field("head", `guard_${r}`, 6)),
    ...format.slices.map((_, r) => field("head", `weight_${r}`, 5, true)),
  ];
}

/** A head's word. @throws RangeError when the head does not fit the unit. */
export function headWord({ maxKeys, headDim, format }: HeadSpec, { queries, keys, dim, loads, parameters }: Head): number[] {
  const [nQ, nK] = [queries.length / dim, keys.length / dim];
  if (dim > headDim || nK > maxKeys) throw new RangeError(`a head of ${nK} keys of ${dim} features does not fit a unit of ${maxKeys} keys of ${headDim}`);
  const { nValid, causal, offset } = parameters;
  const guards = format.logSide === "query" ? format.slices.slice(1) : [];
  const isBlend = parameters.mode === "blend";
  return [
    loads ? nK : 0, nQ, nValid, causal ? 1 : 0, offset, isBlend ? 1 : 0,
    ...format.slices.map((_, r) => (isBlend ? 0 : parameters.rounds[r].rho)),
    ...guards.map((_, r) => (isBlend ? 0 : parameters.rounds[r].guard)),
    ...format.slices.map((_, r) => (isBlend ? parameters.rounds[r].a : 0)),
  ];
}

export function field(stream: string, name: string, width: number, signed = false): Field {
  return { name, port: `${stream}_${name}`, width, signed };
}

/** Bits of a number. */
export function bitsFor(n: number): number {
  return n.toString(2).length;
}

/** A vector with zeros behind it. */
export function padded(row: Int16Array, width: number): Int16Array {
  const all = new Int16Array(width);
  all.set(row);
  return all;
}
