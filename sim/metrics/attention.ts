/**
 * Exact attention over real numbers, to hold predictions against. Floating point is at home here: this measures quality,
 * and nothing of it is compared with hardware.
 */

import { dotCoefficients } from "../golden/aloc";
import type { Trace } from "../traces/trace";

/** What a score in integers is multiplied by to become real. */
export function realScale({ scaleQ, scaleK, attnScale }: Pick<Trace, "scaleQ" | "scaleK" | "attnScale">): number {
  return scaleQ * scaleK * attnScale;
}

/** The exact scores of query i and the first `count` keys, as integers: sum over c of q_c * k_jc. */
export function exactScores({ q, k, dim }: Trace, i: number, count: number): number[] {
  const query = Int32Array.from(q.subarray(i * dim, (i + 1) * dim));
  const scores = new Array<number>(count);
  for (let j = 0; j < count; j++) scores[j] = dotCoefficients(k, query, j * dim);
  return scores;
}

/** softmax(scores * scale), shifted by the maximum so that nothing overflows. At least one score. */
export function softmax(scores: readonly number[], scale: number): Float64Array {
  const max = largest(scores);
  const weights = new Float64Array(scores.length);
  let sum = 0;
  for (let j = 0; j < scores.length; j++) sum += weights[j] = Math.exp((scores[j] - max) * scale);
  for (let j = 0; j < weights.length; j++) weights[j] /= sum;
  return weights;
}

/** ln of the sum of exp(scores * scale), which itself may be too large for a number, or too small. At least one score. */
export function logSumExp(scores: readonly number[], scale: number): number {
  const max = largest(scores);
  let sum = 0;
  for (const s of scores) sum += Math.exp((s - max) * scale);
  return max * scale + Math.log(sum);
}

function largest(scores: readonly number[]): number {
  let max = -Infinity;
  for (const s of scores) if (s > max) max = s;
  return max;
}

/**
 * Sum over n of weights[n] * v[keys[n]], in V's integers: a row of the attention output.
 * @param keys which ones; all of them, from the first on, when it is left out. @param v row-major [keys][dim].
 */
export function weightedValues(weights: Float64Array, v: Int16Array, dim: number, keys?: Uint16Array): Float64Array {
  const output = new Float64Array(dim);
  for (let n = 0; n < weights.length; n++) {
    const weight = weights[n];
    for (let c = 0, at = (keys?.[n] ?? n) * dim; c < dim; c++, at++) output[c] += weight * v[at];
  }
  return output;
}

/**
 * A row of attention in floating point, in V's integers: the reference for outputs.
 * @param trace one with values. @param i which query. @param count how many keys are alive; zeros where none is.
 */
export function attentionRow(trace: Trace & { readonly v: Int16Array }, i: number, count: number): Float64Array {
  return weightedValues(count === 0 ? new Float64Array(0) : softmax(exactScores(trace, i, count), realScale(trace)), trace.v, trace.dim);
}
