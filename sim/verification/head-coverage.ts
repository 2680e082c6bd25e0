/** What heads exercise of a unit: shapes, operands, filters, and where there is an array its tiles, softmax and division. */

import type { FilterParameters } from "../../generator/lapa/config";
import type { AttentionConfig, SpeculationConfig, TopConfig } from "../../generator/lapa/unit-config";
import type { ExecutedRow } from "../golden/execution";
import { encodeKeys, encodeQuery, type EncodedKeys } from "../golden/mrsa";
import { aliveCount, type Row, speculate, speculateRow } from "../golden/speculation";
import { type AttentionHead, headRows } from "../vectors/attention-vectors";
import type { Head } from "../vectors/speculation-vectors";
import { Coverage } from "./coverage";
import { ExecutionPoints } from "./execution-points";
import { OperandPoints } from "./operand-points";
import { type FilteredRow, FilterPoints } from "./row-points";
import { ShapePoints } from "./shape-points";

export type HeadConfig = SpeculationConfig | AttentionConfig | TopConfig;

/** A row as the golden models have it; what there is not is null: no filter in dense attention, no execution in speculation. */
export interface ObservedRow {
  readonly query: number;
  readonly speculated: Row | null;
  readonly executed: ExecutedRow | null;
}

/** Pairs of query and key that rows are scored again for, at most, to see whether other registers would have been seen. */
const pairsAgain = 400_000;

/** Is shown heads, and of each its rows, in order. */
export class HeadCoverage {
  readonly coverage = new Coverage();
  private readonly shapes: ShapePoints;
  private readonly operands: OperandPoints;
  private readonly filters: FilterPoints;
  private readonly execution: ExecutionPoints | null;
  /** The head that rows are of. */
  private current: Head | AttentionHead | null = null;
  private encoded: EncodedKeys | null = null;
  /** The row that was shown last, of the same head. */
  private before: FilteredRow | null = null;
  private again = pairsAgain;

  constructor(private readonly config: HeadConfig) {
    const { headDim, maxKeys } = config;
    this.shapes = new ShapePoints(this.coverage, config);
    this.operands = new OperandPoints(this.coverage, config, headDim);
    this.filters = new FilterPoints(this.coverage, config, headDim, maxKeys);
    this.execution = config.unit === "speculation" ? null : new ExecutionPoints(this.coverage, config);
  }

  head(head: Head | AttentionHead): void {
    this.current = head;
    this.encoded = null;
    this.before = null;
    this.shapes.head(head);
    if (this.config.logSide === "key" && head.loads) vectors(head.keys, head.dim).forEach((key) => this.operands.hit(key));
  }

  /** A row of the head that was shown last. */
  row({ query, speculated, executed }: ObservedRow): void {
    const head = this.current!;
    this.shapes.row(aliveCount(query, head.parameters), head.keys.length / head.dim);
    if (this.config.logSide === "query") this.operands.hit(queryOf(head, query));
    if (speculated !== null) this.filtered({ row: speculated, filter: head.parameters, isSeen: executed === null ? null : (filter) => this.isSeen(speculated, executed, filter) });
    if (executed !== null && "values" in head) this.execution!.hit({ executed, values: head.values, execution: head.execution });
  }

  private filtered(row: FilteredRow): void {
    this.filters.hit(row);
    if (this.before !== null) this.filters.hitPair(this.before, row);
    this.before = row;
  }

  /** Whether the row ends with other survivors under other registers: outputs show nothing else of the filters. */
  private isSeen({ query, rounds }: Row, { survivors }: ExecutedRow, filter: FilterParameters): boolean {
    this.again -= rounds[0]!.keys.length;
    if (this.again < 0) return false;
    const head = this.current!;
    this.encoded ??= encodeKeys(head.keys, head.dim, this.config);
    const { nValid, causal, offset } = head.parameters;
    const encoded = encodeQuery(queryOf(head, query), this.config);
    const other = speculateRow(query, encoded, this.encoded, this.config, { nValid, causal, offset, ...filter }).survivors;
    return other.length !== survivors.length || other.some((key, n) => key !== survivors[n]);
  }
}

/**
 * Shows a head to `covered`, row by row, as the golden models have it.
 * @param shown is called after each row.
 */
export function observeHead(config: HeadConfig, covered: HeadCoverage, head: AttentionHead, shown: (query: number) => void = () => undefined): void {
  covered.head(head);
  const show = (row: ObservedRow): void => {
    covered.row(row);
    shown(row.query);
  };
  if (config.unit === "speculation") {
    for (const row of speculate(head.queries, head.keys, head.dim, config, head.parameters)) show({ query: row.query, speculated: row, executed: null });
    return;
  }
  for (const row of headRows(head, config, show)) void row;
}

/** Shows the heads of vectors that are made anyway: all heads, and their rows as they come. */
export class HeadObserver {
  private readonly covered: HeadCoverage;
  private next = 0;

  constructor(config: HeadConfig, private readonly heads: readonly (Head | AttentionHead)[]) {
    this.covered = new HeadCoverage(config);
  }

  /** @param head which one. */
  row(row: ObservedRow, head: number): void {
    this.upTo(head);
    this.covered.row(row);
  }

  /** When all rows have been shown. */
  get coverage(): Coverage {
    this.upTo(this.heads.length - 1);
    return this.covered.coverage;
  }

  private upTo(head: number): void {
    while (this.next <= head) this.covered.head(this.heads[this.next++]!);
  }
}

function queryOf({ queries, dim }: Head, row: number): Int16Array {
  return queries.subarray(row * dim, (row + 1) * dim);
}

function vectors(matrix: Int16Array, dim: number): Int16Array[] {
  return Array.from({ length: matrix.length / dim }, (_, i) => matrix.subarray(i * dim, (i + 1) * dim));
}
