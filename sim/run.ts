/** A whole head of an attention trace, from Q, K and V to O: speculation chooses the keys, execution attends to them. */

import type { ExecutionParameters, FilterParameters, SpeculationFormat } from "../generator/lapa/config";
import type { SpeculationConfig } from "../generator/lapa/unit-config";
import { UserError } from "../generator/errors";
import { aliveRow, aliveRows, type Attended, execute, type ExecutedRow, executeRow, headOf } from "./golden/execution";
import { speculate } from "./golden/speculation";
import { attentionRow, realScale } from "./metrics/attention";
import { executionParameters } from "./metrics/execution-parameters";
import { meanError, type OutputError, OutputMeter } from "./metrics/output";
import { filterOf, headSources, type Setting } from "./predict";
import type { Trace } from "./traces/trace";

/** A trace that has what a run needs, and the registers of execution that its scales ask for. */
export interface RunnableHead {
  readonly trace: Trace & { readonly v: Int16Array };
  readonly execution: ExecutionParameters;
}

/** What is run, and what is left out because the unit is too small for it. */
export interface RunSources {
  readonly heads: readonly RunnableHead[];
  readonly skipped: readonly { readonly trace: string; readonly why: string }[];
}

/**
 * The traces that names stand for, as `headSources` has them.
 * @throws UserError as that does, and for a trace without values or with scales that no registers express.
 */
export function runSources(config: SpeculationConfig, names: readonly string[]): RunSources {
  const sources = headSources(config, names);
  return {
    heads: sources.filter((s) => s.skipped === null).map((s) => runnable(s.trace)),
    skipped: sources.flatMap(({ trace, skipped }) => (skipped === null ? [] : [{ trace: trace.name, why: skipped }])),
  };
}

/** A trace with what a run needs. @throws UserError for one without values, or with scales that no registers express. */
export function runnable(trace: Trace): RunnableHead {
  const { name, v } = trace;
  if (v === null) throw new UserError(`trace ${name} has no values, and without them attention has no output`, "save v of shape [keys][dim] beside q and k");
  const real = realScale(trace);
  const execution = executionParameters(real);
  if (execution === null) {
    const mend = "give the scales of the quantisation; their product is usually far below 1";
    throw new UserError(`trace ${name}: scale_q * scale_k * attn_scale is ${real}, too large for the registers of execution`, mend);
  }
  return { trace: { ...trace, v }, execution };
}

/** How keys are chosen: by the filters, or not at all, which is dense attention. */
export type Choice = Setting | null;

export interface HeadRun extends RunnableHead {
  /** The registers of the filters; null where the filter is off. */
  readonly filter: FilterParameters | null;
  /** O, row-major [nQ][dim]. */
  readonly output: Int16Array;
  readonly figures: RunFigures;
}

/** What a head comes to, or several. */
export interface RunFigures {
  /** Query rows that have an alive key. */
  readonly rows: number;
  /** (query, key) pairs that are alive before any prediction, and those that execution attends to. */
  readonly pairs: number;
  readonly survivors: number;
  /** Share of a row's alive keys that survive, mean over `rows`. */
  readonly kept: number;
  /** Multiply-accumulates of Q.K and P.V over the survivors, and over all pairs. */
  readonly macs: number;
  readonly denseMacs: number;
  /** Of O against attention in floating point over all alive keys. */
  readonly error: OutputError;
  /** Of the same integer arithmetic with the filter off: what quantisation alone costs. */
  readonly denseError: OutputError;
}

/** Runs a head through the golden model; gives the number of rows that are done, after each. */
export function* runHead({ trace, execution }: RunnableHead, format: SpeculationFormat, choice: Choice): Generator<number, HeadRun, undefined> {
  const { q, k, v, dim, nQ, nK, causal, operandBits } = trace;
  const filter = choice === null ? null : filterOf(choice, trace, format);
  const limits = { nValid: nK, causal, offset: 0 };
  const head = headOf(q, k, v, dim, operandBits);
  const rows: Iterable<Attended> = filter === null ? aliveRows(nQ, limits) : speculate(q, k, dim, format, { ...filter, ...limits });
  const output = new Int16Array(nQ * dim);
  const meter = new RunMeter(dim);
  for (const row of execute(head, rows, execution)) {
    const dense = filter === null ? row : executeRow(head, aliveRow(row.query, limits), execution);
    meter.add(row, dense, attentionRow(trace, row.query, dense.survivors.length));
    output.set(row.output, row.query * dim);
    yield row.query + 1;
  }
  return { trace, execution, filter, output, figures: meter.figures() };
}

/** Takes a head's rows one by one. */
class RunMeter {
  private rows = 0;
  private pairs = 0;
  private survivors = 0;
  private kept = 0;
  private readonly sparse = new OutputMeter();
  private readonly dense = new OutputMeter();

  constructor(private readonly dim: number) {}

  /** @param dense the same row with the filter off. @param reference the same in floating point. */
  add({ survivors, output }: ExecutedRow, dense: ExecutedRow, reference: Float64Array): void {
    const alive = dense.survivors.length;
    if (alive === 0) return;
    this.rows++;
    this.pairs += alive;
    this.survivors += survivors.length;
    this.kept += survivors.length / alive;
    this.sparse.add(output, reference);
    this.dense.add(dense.output, reference);
  }

  figures(): RunFigures {
    const { rows, pairs, survivors, kept, dim } = this;
    // A feature of a pair is multiplied in Q.K and in P.V.
    return {
      rows, pairs, survivors, kept: kept / rows, macs: 2 * dim * survivors, denseMacs: 2 * dim * pairs, error: this.sparse.error(), denseError: this.dense.error(),
    };
  }
}

/** Of several heads: sums, means over rows, and errors as `meanError` has them. @param heads at least one. */
export function totalOf(heads: readonly RunFigures[]): RunFigures {
  const sum = (of: (f: RunFigures) => number): number => heads.reduce((total, f) => total + of(f), 0);
  const rows = sum((f) => f.rows);
  return {
    rows, pairs: sum((f) => f.pairs), survivors: sum((f) => f.survivors), kept: sum((f) => f.rows * f.kept) / rows,
    macs: sum((f) => f.macs), denseMacs: sum((f) => f.denseMacs),
    error: meanError(heads), denseError: meanError(heads.map((f) => ({ rows: f.rows, error: f.denseError }))),
  };
}
