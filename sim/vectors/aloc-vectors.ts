/** Vectors for the ALOC unit and the ALOC dot product: stimulus from traces or made up, results from the golden model. */

import type { AlocFormat, LogSide } from "../../generator/lapa/config";
import { UserError } from "../../generator/errors";
import { aloc, codeGeometry, coefficients, dotCoefficients, encode, encodeRow, productWidth, sumWidth } from "../golden/aloc";
import type { Trace } from "../traces/trace";
import type { DescribedVectors, WordOrigin } from "./described";
import type { Field, VectorSet } from "./vectors";
import { ChannelBuilder, packLanes } from "./words";

/** The unit `aloc`, purely combinational: ports x, y -> code, product. */
export interface AlocSpec {
  /** Name of the top module. */
  readonly design: string;
  readonly logSide: LogSide;
  /** Without a window, which belongs to a row. */
  readonly format: AlocFormat;
}

/** The unit `aloc_dot`: stream `in` (operands, codes) -> stream `out` (sum). */
export interface AlocDotSpec {
  /** Name of the top module. */
  readonly design: string;
  /** d: lanes of the unit. */
  readonly headDim: number;
  readonly logSide: LogSide;
  readonly format: AlocFormat;
}

/** Words of which one comes out for each that goes in. */
export interface PairVectors extends DescribedVectors {
  /** Says what word `index` was made from. @throws RangeError when there is no such word. */
  describe(index: number): WordOrigin;
}

/**
 * One word a (query, key) pair of `trace`, row by row; where the trace is causal, only keys j <= i. A trace narrower than
 * the unit leaves the upper lanes zero.
 * @param options.rows at most so many query rows, spread evenly from the first to the last (1: the last); default all.
 * @throws UserError when the trace is wider than the unit, or rows is not a positive integer;
 *   RangeError for an illegal format, or a trace with operands of more than W bits.
 */
export function alocDotVectors(spec: AlocDotSpec, trace: Trace, options: { readonly rows?: number } = {}): PairVectors {
  const { headDim, logSide } = spec;
  if (trace.dim > headDim) {
    throw new UserError(
      `trace ${trace.name} has dimension ${trace.dim}, but the unit has ${headDim} lanes`,
      `set the head dimension to ${trace.dim} or more`,
    );
  }
  const words = new DotWords(spec);
  const key = rowCache((j) => padRow(trace.k, j, trace.dim, headDim));
  const encodedKey = rowCache((j) => words.encode(key(j)));
  const pairs: number[] = [];
  for (const i of spreadRows(trace.nQ, options.rows ?? trace.nQ)) {
    const query = padRow(trace.q, i, trace.dim, headDim);
    const encodedQuery = logSide === "query" ? words.encode(query) : null;
    for (let j = 0; j < (trace.causal ? Math.min(i + 1, trace.nK) : trace.nK); j++) {
      if (encodedQuery !== null) words.push(encodedQuery, key(j));
      else words.push(encodedKey(j), query);
      pairs.push(i * trace.nK + j);
    }
  }
  const describe = (index: number): WordOrigin => {
    const pair = at(pairs, index);
    const [i, j] = [Math.floor(pair / trace.nK), pair % trace.nK];
    const [q, k] = [Array.from(padRow(trace.q, i, trace.dim, headDim)), Array.from(key(j))];
    const [log, linear] = logSide === "query" ? [q, k] : [k, q];
    return { label: `${trace.name}: query ${i}, key ${j}`, query: i, key: j, log, linear };
  };
  return { vectors: words.build(), describe };
}

/**
 * Words for `aloc_dot` that come from no trace: extremes on all lanes, one lane at a time, and random ones.
 * @param options.random how many random words, default 256. @param options.seed not 0 modulo 2^32, default 1.
 * @throws RangeError for an illegal format or seed.
 */
export function alocDotCorners(
  spec: AlocDotSpec,
  options: { readonly random?: number; readonly seed?: number } = {},
): PairVectors {
  const words = new DotWords(spec);
  const inputs = [...extremes(spec), ...oneHots(spec), ...randoms(spec, options.random ?? 256, options.seed ?? 1)];
  for (const { log, linear } of inputs) words.push(words.encode(log), linear);
  return { vectors: words.build(), describe: (index) => ({ ...at(inputs, index), query: null, key: null }) };
}

/**
 * Pairs (x, y) for `aloc`: every combination of -2^(W-1), -1, 0, 1 and 2^(W-1) - 1, then the pairs that meet in a lane of
 * the trace; each pair once.
 * @param trace null for the corners alone. @param options.limit at most so many pairs; default 4,096.
 * @throws RangeError for an illegal format or one with a window, or a trace with operands of more than W bits.
 */
export function alocVectors(spec: AlocSpec, trace: Trace | null, options: { readonly limit?: number } = {}): PairVectors {
  const { format } = spec;
  if (format.window !== null) throw new RangeError("a single product has no window: a window belongs to a row");
  const { operandBits: W } = format;
  const input = new ChannelBuilder("in", "input", [field("x", "x", W, true), field("y", "y", W, true)]);
  const output = new ChannelBuilder("out", "output", [
    field("code", "code", codeGeometry(format).codeBits, false),
    field("product", "product", productWidth(format), true),
  ]);
  const pairs = singlePairs(spec, trace);
  const taken: number[] = [];
  const seen = new Map<number, Set<number>>();
  for (let place = 0; place < pairs.count && taken.length < (options.limit ?? 4096); place++) {
    const { x, y } = pairs.at(place);
    const partners = seen.get(x) ?? new Set<number>();
    if (partners.has(y)) continue;
    seen.set(x, partners.add(y));
    input.push([x, y]);
    output.push([encode(x, format).code, aloc(y, x, format)]);
    taken.push(place);
  }
  return { vectors: vectorSet(spec.design, "cycles", input, output), describe: (index) => pairs.describe(at(taken, index)) };
}

type Row = readonly number[] | Int16Array;

/** The two channels of `aloc_dot`, growing together. */
class DotWords {
  private readonly codeBits: number;
  private readonly input: ChannelBuilder;
  private readonly output: ChannelBuilder;

  constructor(private readonly spec: AlocDotSpec) {
    const { headDim: d, format, logSide } = spec;
    if (logSide === "key" && format.window !== null) throw new RangeError("a window needs the query as log operand");
    this.codeBits = codeGeometry(format).codeBits;
    this.input = new ChannelBuilder("in", "input", [
      field("operands", "in_operands", d * format.operandBits, false),
      field("codes", "in_codes", d * this.codeBits, false),
    ]);
    this.output = new ChannelBuilder("out", "output", [field("sum", "out_sum", sumWidth(d, format), true)]);
  }

  /** A row of log operands, ready for any number of partners. */
  encode(log: Row): { readonly codes: Uint16Array; readonly row: Int32Array } {
    const { codes } = encodeRow(log, this.spec.format);
    return { codes, row: coefficients(codes, this.spec.format) };
  }

  push({ codes, row }: ReturnType<DotWords["encode"]>, linear: Row): void {
    this.input.push([packLanes(linear, this.spec.format.operandBits, true), packLanes(codes, this.codeBits, false)]);
    this.output.push([dotCoefficients(linear, row)]);
  }

  build(): VectorSet {
    return vectorSet(this.spec.design, "streams", this.input, this.output);
  }
}

function vectorSet(design: string, mode: VectorSet["mode"], input: ChannelBuilder, output: ChannelBuilder): VectorSet {
  return { schema: "lapa-vectors/1", design, mode, channels: [input.build(), output.build()], constants: [] };
}

function field(name: string, port: string, width: number, signed: boolean): Field {
  return { name, port, width, signed };
}

/** Row numbers 0 .. n-1, at most `rows` of them, evenly spread; the first and the last are among two or more. */
function spreadRows(n: number, rows: number): number[] {
  if (!Number.isInteger(rows) || rows < 1) throw new UserError(`the number of query rows is ${rows}`, "ask for 1 or more");
  const count = Math.min(n, rows);
  return Array.from({ length: count }, (_, r) => (count === 1 ? n - 1 : Math.floor((r * (n - 1)) / (count - 1))));
}

/** Row `index` of a row-major matrix, followed by zeros up to `width` lanes. */
function padRow(matrix: Int16Array, index: number, dim: number, width: number): Int16Array {
  const row = new Int16Array(width);
  row.set(matrix.subarray(index * dim, (index + 1) * dim));
  return row;
}

/** `make`, remembering what it gave for each row. */
function rowCache<T>(make: (index: number) => T): (index: number) => T {
  const rows = new Map<number, T>();
  return (index) => {
    const row = rows.get(index) ?? make(index);
    rows.set(index, row);
    return row;
  };
}

function at<T>(items: readonly T[], index: number): T {
  if (!Number.isInteger(index) || index < 0 || index >= items.length) {
    throw new RangeError(`there are ${items.length} words: there is no word ${index}`);
  }
  return items[index];
}

type Made = Pick<WordOrigin, "label" | "log" | "linear">;

function limits(operandBits: number): { readonly min: number; readonly max: number } {
  return { min: -(2 ** (operandBits - 1)), max: 2 ** (operandBits - 1) - 1 };
}

/** All lanes at an extreme value, or alternating between the two: every combination of the two sides. */
function extremes({ headDim, format }: AlocDotSpec): Made[] {
  const { min, max } = limits(format.operandBits);
  const rows: readonly { readonly name: string; readonly row: readonly number[] }[] = [
    { name: "zeros", row: new Array<number>(headDim).fill(0) },
    { name: "minima", row: new Array<number>(headDim).fill(min) },
    { name: "maxima", row: new Array<number>(headDim).fill(max) },
    { name: "alternating", row: Array.from({ length: headDim }, (_, c) => (c % 2 === 0 ? min : max)) },
  ];
  return rows.flatMap((log) =>
    rows.map((linear) => ({ label: `log ${log.name}, linear ${linear.name}`, log: log.row, linear: linear.row })));
}

/** One lane alone on one side, while neighbouring lanes differ on the other: shows crossed lanes. */
function oneHots({ headDim, format }: AlocDotSpec): Made[] {
  const { min, max } = limits(format.operandBits);
  const lanes = Array.from({ length: headDim }, (_, c) => c);
  const ramp = lanes.map((c) => min + ((c + 1) % (max - min + 1)));
  const powers = lanes.map((c) => (c % 2 === 0 ? 1 : -1) * 2 ** (c % (format.operandBits - 1)));
  return lanes.flatMap((lane) => {
    const hot = lanes.map((c) => (c === lane ? max : 0));
    return [
      { label: `log only in lane ${lane}`, log: hot, linear: ramp },
      { label: `linear only in lane ${lane}`, log: powers, linear: hot },
    ];
  });
}

/** Random lanes; log rows of all magnitudes, so that windows have bases of all sizes. */
function randoms({ headDim, format }: AlocDotSpec, count: number, seed: number): Made[] {
  const next = xorshift32(seed);
  const unused = 32 - format.operandBits;
  const row = (shift: number): number[] => Array.from({ length: headDim }, () => next() >> unused >> shift);
  const word = (n: number): Made => ({ label: `random word ${n}`, log: row(n % format.operandBits), linear: row(0) });
  return Array.from({ length: count }, (_, n) => word(n));
}

/** Pairs by number, so that millions of them need no memory. */
interface SinglePairs {
  readonly count: number;
  at(place: number): { readonly x: number; readonly y: number };
  describe(place: number): WordOrigin;
}

/** The corners, then the pairs that meet in a lane of the trace. */
function singlePairs({ logSide, format }: AlocSpec, trace: Trace | null): SinglePairs {
  const { min, max } = limits(format.operandBits);
  const corners = [min, -1, 0, 1, max].flatMap((x, _, all) => all.map((y) => ({ x, y })));
  if (trace === null) return { count: corners.length, at: (place) => corners[place], describe: (place) => cornerOrigin(corners[place]) };
  const { q, k, nQ, nK, dim } = trace;
  // Each query in turn with one key, a different one each, so that a limit still leaves pairs of many rows of both.
  const where = (place: number): { readonly i: number; readonly j: number; readonly c: number } => {
    const turn = Math.floor((place - corners.length) / dim);
    const i = turn % nQ;
    return { i, j: (i + Math.floor(turn / nQ)) % nK, c: (place - corners.length) % dim };
  };
  const at = (place: number): { readonly x: number; readonly y: number } => {
    if (place < corners.length) return corners[place];
    const { i, j, c } = where(place);
    const [a, b] = [q[i * dim + c], k[j * dim + c]];
    return logSide === "query" ? { x: a, y: b } : { x: b, y: a };
  };
  const describe = (place: number): WordOrigin => {
    if (place < corners.length) return cornerOrigin(corners[place]);
    const { i, j, c } = where(place);
    const { x, y } = at(place);
    return { label: `${trace.name}: query ${i}, key ${j}, lane ${c}`, query: i, key: j, log: [x], linear: [y] };
  };
  return { count: corners.length + nQ * nK * dim, at, describe };
}

function cornerOrigin({ x, y }: { readonly x: number; readonly y: number }): WordOrigin {
  return { label: `corner x = ${x}, y = ${y}`, query: null, key: null, log: [x], linear: [y] };
}

/** xorshift32 (Marsaglia 2003, triple 13, 17, 5) as signed 32-bit numbers. @throws RangeError for a seed of 0 modulo 2^32. */
function xorshift32(seed: number): () => number {
  let s = seed | 0;
  if (s === 0) throw new RangeError(`the seed ${seed} is 0 modulo 2^32`);
  return () => {
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    return s;
  };
}
