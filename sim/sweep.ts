/** Kept fraction against lost attention as a filter's parameter moves: exact scores, ALOC in one round, and in several. */

import type { FilterParameters, SpeculationFormat } from "../generator/lapa/config";
import { atLeast, statisticsOf, threshold } from "./golden/ddf";
import { encodeKeys, encodeQuery, scoresOf } from "./golden/mrsa";
import { aliveCount, speculateRow } from "./golden/speculation";
import { exactScores, realScale, softmax } from "./metrics/attention";
import { massLost } from "./metrics/quality";
import { filterOf } from "./predict";
import type { Trace } from "./traces/trace";

/** Which parameter moves, the same in all rounds, and its values: radii in natural-log units of score, or blends. */
export interface Sweep {
  readonly mode: "radius" | "blend";
  readonly values: readonly number[];
  /** In mode radius, for each round of the configured prediction. */
  readonly guards: readonly number[];
}

export interface CurvePoint {
  readonly value: number;
  /** Share of a row's keys that is kept, mean over rows. */
  readonly kept: number;
  /** Attention weight of a row's dropped keys, mean over rows. */
  readonly massLost: number;
}

export interface Curve {
  readonly name: string;
  readonly points: readonly CurvePoint[];
}

/** Which keys stay in row i for each value, ascending, of the first `scores.length`; `scores` are the exact ones. */
type Predictor = (i: number, scores: readonly number[]) => ArrayLike<number>[];

/** Sums of a curve's points over the rows of several heads. */
export class SweepMeter {
  private readonly sums = new Map<string, { kept: number; massLost: number }[]>();
  private rows = 0;

  constructor(private readonly format: SpeculationFormat, private readonly sweep: Sweep) {}

  /** Takes a head; gives the number of rows that are done, after each. */
  *add(trace: Trace): Generator<number, void, undefined> {
    const predictors = predictorsOf(trace, this.format, this.sweep);
    for (let i = 0; i < trace.nQ; i++) {
      const alive = aliveCount(i, { nValid: trace.nK, causal: trace.causal, offset: 0 });
      if (alive > 0) this.addRow(trace, i, exactScores(trace, i, alive), predictors);
      yield i + 1;
    }
  }

  private addRow(trace: Trace, i: number, scores: readonly number[], predictors: ReadonlyMap<string, Predictor>): void {
    const weights = softmax(scores, realScale(trace));
    this.rows++;
    for (const [name, predict] of predictors) {
      const points = this.sums.get(name) ?? this.sweep.values.map(() => ({ kept: 0, massLost: 0 }));
      this.sums.set(name, points);
      predict(i, scores).forEach((survivors, at) => {
        points[at].kept += survivors.length / scores.length;
        points[at].massLost += massLost(weights, survivors);
      });
    }
  }

  curves(): Curve[] {
    return [...this.sums].map(([name, points]) => ({
      name, points: points.map(({ kept, massLost }, at) => ({ value: this.sweep.values[at], kept: kept / this.rows, massLost: massLost / this.rows })),
    }));
  }
}

function predictorsOf(trace: Trace, format: SpeculationFormat, sweep: Sweep): Map<string, Predictor> {
  const { slices } = format;
  const predictors = new Map([["exact scores", exactPredictor(trace, sweep)], ["ALOC, one round", oneRoundPredictor(trace, format, sweep)]]);
  if (slices.length > 1) predictors.set(`ALOC, slices ${slices.join(",")}`, roundsPredictor(trace, format, sweep));
  return predictors;
}

function exactPredictor(trace: Trace, { mode, values }: Sweep): Predictor {
  const filters = values.map((value): FilterParameters => mode === "blend"
    ? { mode, rounds: [{ a: value }] }
    : { mode, rounds: [{ rho: Math.min(Math.round(value / realScale(trace)), Number.MAX_SAFE_INTEGER), guard: 0 }] });
  return (_i, scores) => filters.map((filter) => filtered(scores, filter, 0));
}

function oneRoundPredictor(trace: Trace, format: SpeculationFormat, sweep: Sweep): Predictor {
  const whole: SpeculationFormat = { ...format, slices: [format.operandBits] };
  const keys = encodeKeys(trace.k, trace.dim, whole);
  const filters = filtersOf(trace, whole, { ...sweep, guards: [0] });
  return (i, { length }) => {
    const query = encodeQuery(queryOf(trace, i), whole);
    const scores = scoresOf(query, keys, Uint16Array.from({ length }, (_, j) => j), 0, [], whole);
    return filters.map((filter) => filtered(scores, filter, query.base));
  };
}

function roundsPredictor(trace: Trace, format: SpeculationFormat, sweep: Sweep): Predictor {
  const keys = encodeKeys(trace.k, trace.dim, format);
  const filters = filtersOf(trace, format, sweep);
  const limits = { nValid: trace.nK, causal: trace.causal, offset: 0 };
  return (i) => {
    const query = encodeQuery(queryOf(trace, i), format);
    return filters.map((filter) => speculateRow(i, query, keys, format, { ...filter, ...limits }).survivors);
  };
}

function filtersOf(trace: Trace, format: SpeculationFormat, { mode, values, guards }: Sweep): FilterParameters[] {
  return values.map((value) => {
    const rounds = format.slices.map(() => value);
    return filterOf(mode === "blend" ? { mode, as: rounds } : { mode, margins: rounds, guards }, trace, format);
  });
}

/** The one round that a row of scores goes through. */
function filtered(scores: readonly number[], filter: FilterParameters, base: number): number[] {
  return atLeast(scores, threshold(statisticsOf(scores)!, filter, 0, base, 0));
}

const queryOf = ({ q, dim }: Trace, i: number): Int16Array => q.subarray(i * dim, (i + 1) * dim);
