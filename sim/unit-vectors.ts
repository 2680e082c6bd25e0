/** From a unit's configuration and the name of a source to golden vectors. */

import { UserError } from "../generator/errors";
import type { AlocConfig, AlocDotConfig, AttentionConfig, SpeculationConfig, TopConfig, UnitConfig } from "../generator/lapa/unit-config";
import { attentionTraceHeads, attentionVectorsOfHeads, traceHeads, vectorsOfHeads } from "./speculation-heads";
import type { EngineName } from "./engines/engine";
import { expectedHeads, type HostConduct, topVectorsOfHeads } from "./top-heads";
import { bundledTraces, resolveTrace } from "./traces/bundled";
import { readTrace, type Trace } from "./traces/trace";
import { chosenHeads } from "./verification/chosen-heads";
import type { Coverage } from "./verification/coverage";
import { type HeadConfig, HeadObserver } from "./verification/head-coverage";
import { inOrder } from "./verification/random-heads";
import { seededHeads, verificationHeads, wakingHeads } from "./verification/verification-heads";
import type { Extent } from "./verification/host/extent";
import type { AttentionHead } from "./vectors/attention-vectors";
import { alocDotCorners, alocDotVectors, alocVectors, type PairVectors } from "./vectors/aloc-vectors";
import type { DescribedVectors } from "./vectors/described";
import type { Head } from "./vectors/speculation-vectors";
import type { VectorSet } from "./vectors/vectors";

/** Words that come from no trace: extremes, single lanes, and (for the dot product) random ones. */
export const corners = "corners";
/** Every value of x, each with as many values of y as there is room for: all of them up to W = 9. Only for `aloc`. */
export const sweep = "sweep";
/** Random heads, others for every seed. Only for units that take heads. */
export const random = "random";
/** The corners and every bundled trace. */
export const all = "all";

/** So many cycles of heads that what a host does besides may take as long. */
const ampleCycles = 6000;

/** Of a trace's head, for engines that are slow. */
const piecesOfHead = { queries: 4, most: 24 };

/** Pairs of a sweep where nobody sets a limit, and at most: more do not fit in memory. */
const sweepPairs = { usual: 2 ** 18, most: 2 ** 24 };

export interface VectorSource {
  readonly name: string;
  /** Why the unit cannot take it; null when it can. Only for sources that nobody asked for by name. */
  readonly skipped: string | null;
  /**
   * Made when it is needed: a trace may give a hundred thousand words.
   * @param limit at most so many pairs, or queries of a unit that takes heads, spread evenly; of its corners there are always all.
   * @param cycles of units that take heads, about as many: heads are chosen that exercise as much as they can in that time. Not
   *   where a trace has a limit already.
   */
  readonly make: (limit: number, cycles?: number) => MadeVectors;
  /** How often it is run, each time with other initial values and stalls (default: once, and once more without stalls where cycles are modelled). */
  readonly wakes?: Readonly<Record<EngineName, number>>;
}

export interface MadeVectors extends DescribedVectors {
  /** How many words would be compared without a limit; of the speculation unit, how many these vectors have. */
  readonly available: number;
  /** Cycles without stalls, where there is a model of them. */
  readonly cycles?: number;
  /** The same for a run without stalls, where the unit itself counts cycles, which are compared as well. */
  readonly unstalled?: DescribedVectors & { readonly available: number };
  /** What they exercise of a unit that takes heads. */
  readonly coverage?: Coverage;
}

/** What a run with stalls takes, and where it is something else, one without. */
export const setsOf = ({ vectors, unstalled }: MadeVectors): VectorSet[] => [vectors, ...(unstalled ? [unstalled.vectors] : [])];

/**
 * The sources that names stand for.
 * @param names `corners`, `random`, `sweep`, `all`, bundled traces' names, safetensors files, folders of .npy files.
 * @param seed of the random words among the corners; not 0 modulo 2^32.
 * @throws UserError for a trace that is missing, unsound, or (when it is named) wider than the unit.
 */
export function vectorSources(config: UnitConfig, names: readonly string[], seed: number): VectorSource[] {
  return names.flatMap((name): VectorSource[] => {
    if (name === corners) return [cornerSource(config, seed)];
    if (name === random) return [randomSource(config, seed)];
    if (name === sweep) return [sweepSource(config)];
    if (name === all) return [...vectorSources(config, [corners], seed), ...bundledTraces().map((t) => bundledSource(config, t.name))];
    const trace = readTrace(resolveTrace(name), config);
    const wide = tooWide(config, trace);
    if (wide !== null) throw new UserError(wide, `make the unit larger: --set headDim=${trace.dim}${takesHeads(config) ? ` --set maxKeys=${trace.nK}` : ""}`);
    return [traceSource(config, trace)];
  });
}

function cornerSource(config: UnitConfig, seed: number): VectorSource {
  if (!takesHeads(config)) return { name: corners, skipped: null, make: (limit) => pairVectors(config, null, limit, seed) };
  return {
    name: corners, skipped: null,
    make: (_, cycles = Infinity) => headVectors(config, verificationHeads(config, seed, cycles), { seed, extent: extentFor(cycles) }),
  };
}

/** What `lapa verify` runs for such names: with the corners of a unit that takes heads, it also wakes up several times. @throws as `vectorSources` does. */
export function verifiedSources(config: UnitConfig, names: readonly string[], seed: number): VectorSource[] {
  const wakes = takesHeads(config) && names.some((n) => n === corners || n === all) ? [wakeSource(config, seed)] : [];
  return [...vectorSources(config, names, seed), ...wakes];
}

/**
 * The first heads after reset, from other initial values each time: a register of one bit that lost its reset starts from the right
 * value in half of all runs. Icarus starts from unknown values, and needs it once.
 */
function wakeSource(config: HeadConfig, seed: number): VectorSource {
  return {
    name: "wakes", skipped: null, wakes: { builtin: 1, icarus: 1, verilator: 10 },
    make: () => headVectors(config, wakingHeads(config, seed), { seed, extent: "reset" }),
  };
}

/** How much a host does where a run may have so many cycles. */
function extentFor(cycles: number): Extent {
  return cycles === Infinity ? "all" : cycles >= ampleCycles ? "once" : "some";
}

/** @throws UserError for a unit that takes no heads. */
function randomSource(config: UnitConfig, seed: number): VectorSource {
  if (!takesHeads(config)) throw new UserError(`${random} is whole heads, and a unit of ${config.unit} takes none`, "use corners, whose words are random in part");
  return { name: random, skipped: null, make: (queries, cycles = Infinity) => headVectors(config, seededHeads(config, seed, queries, cycles)) };
}

function bundledSource(config: UnitConfig, name: string): VectorSource {
  const trace = readTrace(resolveTrace(name), config);
  return { ...traceSource(config, trace), skipped: tooWide(config, trace) };
}

function traceSource(config: UnitConfig, trace: Trace): VectorSource {
  const { name } = trace;
  if (!takesHeads(config)) return { name, skipped: null, make: (limit) => pairVectors(config, trace, limit, 1) };
  return { name, skipped: null, make: (queries, cycles = Infinity) => headVectors(config, headsOfTrace(config, trace, queries, cycles)) };
}

/** @throws UserError for a unit of more than one product. */
function sweepSource(config: UnitConfig): VectorSource {
  if (takesHeads(config)) throw new UserError(`${sweep} is every pair of two operands, and the unit takes whole heads`, "use corners or a trace");
  if (config.unit !== "aloc") throw new UserError(`${sweep} is every pair of two operands, and the unit takes ${2 * config.headDim} operands at once`, "use corners or a trace, or sweep the single product: --set unit=aloc");
  const trace = everyValue(config.operandBits);
  return {
    name: sweep, skipped: null,
    make: (limit) => ({ ...pairVectors(config, trace, limit === Infinity ? sweepPairs.usual : Math.min(limit, sweepPairs.most), 1), available: trace.nQ * trace.nK }),
  };
}

/** A head of dimension 1 in which every value is a query and a key; neighbouring keys are far apart. */
function everyValue(operandBits: number): Trace {
  const n = 2 ** operandBits;
  // Times an odd number, modulo n: each value once.
  const values = (step: number): Int16Array => Int16Array.from({ length: n }, (_, i) => (i * step) % n - n / 2);
  return {
    name: sweep, operandBits, q: values(1), k: values(40503), v: null, nQ: n, nK: n, dim: 1,
    scaleQ: 1, scaleK: 1, scaleV: 1, attnScale: 1, causal: false, meta: new Map(),
  };
}

function takesHeads(config: UnitConfig): config is SpeculationConfig | AttentionConfig | TopConfig {
  return config.unit === "speculation" || config.unit === "attention" || config.unit === "top";
}

function tooWide(config: UnitConfig, { name, dim, nK }: Trace): string | null {
  if (takesHeads(config) && nK > config.maxKeys) return `trace ${name} has ${nK} keys, and the unit has room for ${config.maxKeys}`;
  if (config.unit === "aloc" || dim <= config.headDim) return null;
  return `trace ${name} has dimension ${dim}, and the unit has ${config.headDim} lanes`;
}

/** Vectors of a unit that takes pairs of operands or of vectors. @param trace null for the corners. */
function pairVectors(config: AlocConfig | AlocDotConfig, trace: Trace | null, limit: number, seed: number): MadeVectors {
  const { name: design, operandBits, rounding, terms, logSide } = config;
  if (config.unit === "aloc") {
    const made = alocVectors({ design, logSide, format: { operandBits, rounding, terms, window: null } }, trace, limit === Infinity ? {} : { limit });
    return { ...made, available: countOf(made) };
  }
  const { headDim, window } = config;
  const spec = { design, headDim, logSide, format: { operandBits, rounding, terms, window } };
  if (trace === null) {
    const made = alocDotCorners(spec, { seed });
    return { ...sample(made, limit), available: countOf(made) };
  }
  return { ...sample(alocDotVectors(spec, trace, { rows: rowsFor(limit, trace) }), limit), available: pairs(trace) };
}

/** @param host of a top: what its host does besides running these heads. */
function headVectors(config: SpeculationConfig | AttentionConfig | TopConfig, heads: readonly AttentionHead[], host?: HostConduct): MadeVectors {
  if (config.unit === "speculation") return whole(vectorsOfHeads(config, heads));
  if (config.unit === "attention") return whole(attentionVectorsOfHeads(config, heads));
  const observer = new HeadObserver(config, heads);
  const expected = expectedHeads(config, heads, (row, head) => observer.row(row, head));
  const { coverage } = observer;
  const { vectors, describe, coverage: ofHost } = topVectorsOfHeads(config, expected, true, host);
  const counted = topVectorsOfHeads(config, expected, false, host);
  coverage.include(ofHost);
  coverage.include(counted.coverage);
  return { ...whole({ vectors, describe }), coverage, ...(counted.cycles.every((c) => c === null) ? {} : { unstalled: whole(counted) }) };
}

/** A trace's queries, as many as there may be; where only the cycles are limited, neighbours that exercise much. */
function headsOfTrace(config: SpeculationConfig | AttentionConfig | TopConfig, trace: Trace, queries: number, cycles: number): AttentionHead[] {
  const heads = config.unit === "speculation" ? traceHeads(trace, config, queries).map(unweighed) : attentionTraceHeads(trace, config, queries);
  return queries < Infinity ? heads : chosenHeads(config, inOrder(heads.flatMap(pieces)), cycles);
}

/** A head for units that stop at the survivors. */
function unweighed(head: Head): AttentionHead {
  return { ...head, values: new Int16Array(head.keys.length), execution: { c: 0, s: 0 }, dense: false };
}

/** A head cut into a few pieces of some queries, which are spread over it. */
function pieces(head: AttentionHead): AttentionHead[] {
  const { queries, dim, parameters, firstQuery } = head;
  const nQ = queries.length / dim;
  const count = Math.min(piecesOfHead.most, Math.ceil(nQ / piecesOfHead.queries));
  return Array.from({ length: count }, (_, i) => {
    const first = count === 1 ? 0 : Math.floor(((nQ - piecesOfHead.queries) * i) / (count - 1));
    return {
      ...head, queries: queries.subarray(first * dim, (first + piecesOfHead.queries) * dim), firstQuery: firstQuery + first,
      parameters: { ...parameters, offset: parameters.causal ? parameters.offset + first : parameters.offset },
    };
  });
}

/** Vectors of which all words are there. */
function whole<T extends DescribedVectors>(made: T): T & { readonly available: number } {
  return { ...made, available: made.vectors.channels.filter((c) => c.direction === "output").reduce((sum, c) => sum + c.count, 0) };
}

const countOf = ({ vectors }: Pick<DescribedVectors, "vectors">): number => vectors.channels[0].count;

/** (query, key) pairs that are scored. */
function pairs({ nQ, nK, causal }: Trace): number {
  return Array.from({ length: nQ }, (_, i) => (causal ? Math.min(i + 1, nK) : nK)).reduce((sum, n) => sum + n, 0);
}

/** Query rows that hold `limit` pairs and more (a causal row has half of them, on average); a few dozen at least, for variety. */
function rowsFor(limit: number, { nQ, nK }: Trace): number {
  return Math.min(nQ, Math.max(32, Math.ceil((2 * limit) / nK)));
}

/**
 * At most `count` words, spread evenly from the first to the last. For units that give one word for each that they
 * take, in order, and remember nothing in between.
 */
function sample({ vectors, describe }: PairVectors, count: number): PairVectors {
  const total = countOf({ vectors });
  if (count >= total) return { vectors, describe };
  const indices = Array.from({ length: count }, (_, i) => (count === 1 ? 0 : Math.floor((i * (total - 1)) / (count - 1))));
  const channels = vectors.channels.map((c) => {
    const data = new Uint32Array(count * c.limbs);
    indices.forEach((from, to) => data.set(c.data.subarray(from * c.limbs, (from + 1) * c.limbs), to * c.limbs));
    return { ...c, count, data };
  });
  return { vectors: { ...vectors, channels }, describe: (index) => describe(indices[index]) };
}
