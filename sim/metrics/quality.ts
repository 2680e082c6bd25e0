/** How good a prediction is: what it keeps, and what attention loses by what it drops. docs/prediction.md defines the figures. */

import type { Row } from "../golden/speculation";
import type { Trace } from "../traces/trace";
import { exactScores, logSumExp, realScale, softmax, weightedValues } from "./attention";

/** Figures of a head, or of several: means over the query rows that have an alive key. */
export interface Quality {
  /** Those rows. */
  readonly rows: number;
  /** (query, key) pairs that are alive before any prediction. */
  readonly pairs: number;
  /** Pairs that are left after each round. */
  readonly survivors: readonly number[];
  /** Share of a row's alive keys that is left after each round. */
  readonly kept: readonly number[];
  /** Share of a row's survivors that are among its exact top k, k being their number. */
  readonly recall: number;
  /** Attention weight of a row's dropped keys. */
  readonly massLost: number;
  /** Kullback-Leibler divergence of the attention renormalised over the survivors from the exact one, in nats. */
  readonly divergence: number;
  /** |O' - O| / |O| over all rows of a head; over heads the root mean square, weighted by rows. Null without values. */
  readonly outputError: number | null;
}

/** Sums over rows, from which `Quality` follows; those of heads add. */
export interface Tally extends Omit<Quality, "outputError"> {
  /** Squared relative error times rows, and those rows; 0 and 0 without values. */
  readonly outputError: number;
  readonly outputRows: number;
}

/** Takes a head's rows one by one. */
export class QualityMeter {
  private rows = 0;
  private pairs = 0;
  private survivors: number[] = [];
  private kept: number[] = [];
  private recall = 0;
  private massLost = 0;
  private divergence = 0;
  private squaredError = 0;
  private squaredOutput = 0;

  constructor(private readonly trace: Trace) {}

  add({ query, rounds, survivors }: Row): void {
    // The keys that are alive at first are the first ones.
    const alive = rounds[0].keys.length;
    if (alive === 0) return;
    this.survivors = rounds.map((r, i) => (this.survivors[i] ?? 0) + r.survivors.length);
    this.kept = rounds.map((r, i) => (this.kept[i] ?? 0) + r.survivors.length / alive);
    const scores = exactScores(this.trace, query, alive);
    const left = Array.from(survivors, (j) => scores[j]);
    const scale = realScale(this.trace);
    const weights = softmax(scores, scale);
    const lost = massLost(weights, survivors);
    this.rows++;
    this.pairs += alive;
    this.recall += topHits(scores, survivors) / survivors.length;
    this.massLost += lost;
    // sum of p' ln(p' / p) with p' = p / (1 - lost) on the survivors: -ln(1 - lost), which rounding spoils where nearly all is lost.
    this.divergence += lost < 0.5 ? -Math.log1p(-lost) : logSumExp(scores, scale) - logSumExp(left, scale);
    if (this.trace.v !== null) this.addOutput(weights, softmax(left, scale), survivors, this.trace.v);
  }

  private addOutput(weights: Float64Array, renormalised: Float64Array, survivors: Uint16Array, v: Int16Array): void {
    const exact = weightedValues(weights, v, this.trace.dim);
    const pruned = weightedValues(renormalised, v, this.trace.dim, survivors);
    for (let c = 0; c < exact.length; c++) {
      this.squaredError += (pruned[c] - exact[c]) ** 2;
      this.squaredOutput += exact[c] ** 2;
    }
  }

  tally(): Tally {
    const { rows, pairs, survivors, kept, recall, massLost, divergence, squaredError, squaredOutput } = this;
    const outputRows = this.trace.v === null ? 0 : rows;
    // Values that are all zero cannot be got wrong.
    const relative = squaredOutput === 0 ? 0 : squaredError / squaredOutput;
    return { rows, pairs, survivors, kept, recall, massLost, divergence, outputError: relative * outputRows, outputRows };
  }
}

/** The tally of several heads. @throws RangeError when there is none, or they have different numbers of rounds. */
export function addTallies(tallies: readonly Tally[]): Tally {
  const rounds = tallies[0]?.survivors.length;
  if (rounds === undefined || tallies.some((t) => t.survivors.length !== rounds)) throw new RangeError("there are no heads of equally many rounds");
  const sum = (pick: (t: Tally) => number): number => tallies.reduce((total, t) => total + pick(t), 0);
  return {
    rows: sum((t) => t.rows), pairs: sum((t) => t.pairs), survivors: tallies[0].survivors.map((_, r) => sum((t) => t.survivors[r])),
    kept: tallies[0].kept.map((_, r) => sum((t) => t.kept[r])), recall: sum((t) => t.recall), massLost: sum((t) => t.massLost), divergence: sum((t) => t.divergence),
    outputError: sum((t) => t.outputError), outputRows: sum((t) => t.outputRows),
  };
}

/** @throws RangeError when no row has an alive key: then there is no quality. */
export function qualityOf({ rows, pairs, survivors, kept, recall, massLost, divergence, outputError, outputRows }: Tally): Quality {
  if (rows === 0) throw new RangeError("no row has an alive key");
  return {
    rows, pairs, survivors, kept: kept.map((sum) => sum / rows), recall: recall / rows, massLost: massLost / rows,
    divergence: divergence / rows, outputError: outputRows === 0 ? null : Math.sqrt(outputError / outputRows),
  };
}

/** The weight of the keys that are not among `survivors`, which are in ascending order. Summed over the dropped ones, so that little is not lost in rounding. */
export function massLost(weights: Float64Array, survivors: ArrayLike<number>): number {
  let lost = 0;
  for (let j = 0, at = 0; j < weights.length; j++) {
    if (at < survivors.length && survivors[at] === j) at++;
    else lost += weights[j];
  }
  return lost;
}

/** How many of k survivors are among the k largest scores; of scores equal to the k-th largest, any may be meant. */
export function topHits(scores: readonly number[], survivors: Uint16Array): number {
  const k = survivors.length;
  if (k === 0) return 0;
  const least = Float64Array.from(scores).sort()[scores.length - k];
  let [above, equal, places] = [0, 0, k];
  for (const s of scores) if (s > least) places--;
  for (const j of survivors) {
    if (scores[j] > least) above++;
    else if (scores[j] === least) equal++;
  }
  return above + Math.min(equal, places);
}
