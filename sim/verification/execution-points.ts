/** What a row of execution exercises: the softmax's table and shifts, its registers, and the division at the end. */

import type { ExecutionParameters } from "../../generator/lapa/config";
import { denominatorWidth, differenceWidth, type ExecutedRow, exponentTable, numeratorWidth } from "../golden/execution";
import { BitPoints } from "./bit-points";
import type { Coverage } from "./coverage";

/** The unit's, as far as they bound what can happen. */
export interface ExecutionShape {
  readonly headDim: number;
  readonly maxKeys: number;
  readonly operandBits: number;
}

/** A row, and what it was executed with. */
export interface ExecutionRow {
  readonly executed: ExecutedRow;
  /** Row-major [nK][dim]. */
  readonly values: Int16Array;
  readonly execution: ExecutionParameters;
}

const steps = 64;
/** Halvings from which on P is 0: b + 1. */
const vanishing = 9;
/** The unit's t has 10 bits: what is above is taken for the largest of these. */
const largestT = 1023;
const registers = [["c", 16], ["s", 5]] as const;

/**
 * A table entry, or how P is rounded, is exercised where one more or less would have shown in O; so is a register's bit where its
 * other value would have. What rounds to the same O may be wrong unnoticed.
 */
export class ExecutionPoints {
  private readonly extremes: { readonly min: number; readonly max: number };
  private readonly denominator: BitPoints;
  private readonly numerator: BitPoints;

  constructor(private readonly coverage: Coverage, private readonly shape: ExecutionShape) {
    const { headDim, maxKeys, operandBits } = shape;
    this.extremes = { min: -(2 ** (operandBits - 1)), max: 2 ** (operandBits - 1) - 1 };
    coverage.declare("outputs", ["smallest", "largest"]);
    coverage.declare("scores", ["largest", "smallest"]);
    this.denominator = new BitPoints(coverage, "denominator", denominatorWidth(maxKeys));
    this.numerator = new BitPoints(coverage, "numerator", numeratorWidth(maxKeys, operandBits) - 1);
    // P of an only key is the table's first entry, and O its V: nothing is shifted, nothing rounded.
    if (maxKeys === 1) return;
    coverage.declare("exponential table", Array.from({ length: 2 * steps }, (_, i) => `${i >> 1} ${i % 2 === 0 ? "less" : "more"}`));
    coverage.declare("rounding of probabilities", new Set(halvings));
    coverage.declare("division", ["+", "-"].flatMap((sign) => ["exact", "down", "tie", "up"].map((how) => `${how} ${sign}`)));
    coverage.declare("outputs", ["0 of a sum that is not"]);
    coverage.declare("scores", ["as far apart as they can be"]);
    coverage.declare("distance to the maximum", Array.from({ length: differenceWidth(headDim, operandBits) }, (_, k) => `bit ${k}`));
    for (const [name, bits] of registers) coverage.declare(`register ${name}`, Array.from({ length: 2 * bits }, (_, i) => `bit ${i >> 1} ${i & 1}`));
  }

  hit(given: ExecutionRow): void {
    const { executed: { max, scores, denominator } } = given;
    if (max === null) return;
    this.scores(given);
    this.denominator.hit(denominator);
    this.quotients(given);
    if (scores.length < 2) return;
    const ts = scores.map((score) => tOf(max - score, given.execution));
    this.table(given, ts);
    this.halvings(given, ts);
    this.distances(given, ts);
    this.registers(given);
  }

  private scores({ executed: { scores, max } }: ExecutionRow): void {
    const { headDim } = this.shape;
    const { min: low, max: high } = this.extremes;
    let min = max!;
    for (const s of scores) if (s < min) min = s;
    if (max === headDim * low * low) this.mark("scores", "largest");
    if (min === headDim * low * high) this.mark("scores", "smallest");
    if (max! - min === headDim * low * (low - high)) this.mark("scores", "as far apart as they can be");
  }

  private quotients({ executed: { numerators, denominator, output } }: ExecutionRow): void {
    numerators.forEach((num, c) => {
      const magnitude = Math.abs(num);
      const rest = magnitude % denominator;
      const how = rest === 0 ? "exact" : 2 * rest < denominator ? "down" : 2 * rest === denominator ? "tie" : "up";
      if (num !== 0) this.mark("division", `${how} ${num < 0 ? "-" : "+"}`);
      this.numerator.hit(magnitude);
      if (output[c] === this.extremes.min) this.mark("outputs", "smallest");
      if (output[c] === this.extremes.max) this.mark("outputs", "largest");
      if (output[c] === 0 && num !== 0) this.mark("outputs", "0 of a sum that is not");
    });
  }

  /** Each entry that a key of the row has. */
  private table(given: ExecutionRow, ts: readonly number[]): void {
    if (!this.coverage.hasOpen("exponential table")) return;
    const entries = new Set(ts.filter((t) => t < vanishing * steps).map((t) => t % steps));
    for (const f of entries) {
      for (const [word, change] of [["less", -1], ["more", 1]] as const) {
        if (!this.coverage.isOpen("exponential table", `${f} ${word}`)) continue;
        const weights = ts.map((t, n) => (t % steps === f ? weightOf(t, change) : given.executed.weights[n]!));
        if (isOther(given, weights)) this.mark("exponential table", `${f} ${word}`);
      }
    }
  }

  private halvings(given: ExecutionRow, ts: readonly number[]): void {
    if (!this.coverage.hasOpen("rounding of probabilities")) return;
    const kinds = ts.map((t) => halvings[Math.min(t, largestT + 1)]!);
    for (const kind of new Set(kinds)) {
      if (!this.coverage.isOpen("rounding of probabilities", kind)) continue;
      const change = kind.endsWith("up") || kind.endsWith("tie") ? -1 : 1;
      if (isOther(given, ts.map((_, n) => given.executed.weights[n]! + (kinds[n] === kind ? change : 0)))) this.mark("rounding of probabilities", kind);
    }
  }

  /** A bit of a distance matters where t is another one without it. */
  private distances({ executed: { scores, max }, execution }: ExecutionRow, ts: readonly number[]): void {
    if (!this.coverage.hasOpen("distance to the maximum")) return;
    for (let k = differenceWidth(this.shape.headDim, this.shape.operandBits) - 1; k >= 0; k--) {
      if (!this.coverage.isOpen("distance to the maximum", `bit ${k}`)) continue;
      const matters = scores.some((score, n) => {
        const distance = max! - score;
        return ts[n]! < vanishing * steps && Math.floor(distance / 2 ** k) % 2 === 1 && tOf(distance - 2 ** k, execution) !== ts[n];
      });
      if (matters) this.mark("distance to the maximum", `bit ${k}`);
    }
  }

  private registers(given: ExecutionRow): void {
    const { executed: { scores, max }, execution } = given;
    for (const [name, bits] of registers) {
      if (!this.coverage.hasOpen(`register ${name}`)) continue;
      for (let k = 0; k < bits; k++) {
        const point = `bit ${k} ${(execution[name] >> k) & 1}`;
        if (!this.coverage.isOpen(`register ${name}`, point)) continue;
        const other = { ...execution, [name]: execution[name] ^ (1 << k) };
        if (isOther(given, scores.map((score) => weightOf(tOf(max! - score, other), 0)))) this.mark(`register ${name}`, point);
      }
    }
  }

  private mark(kind: string, point: string): void {
    this.coverage.hitIfDeclared(kind, point);
  }
}

/** Of every t: I, and how P is rounded there, which some entries never are. */
const halvings: readonly string[] = Array.from({ length: largestT + 2 }, (_, t) => halvingPoint(t));

function halvingPoint(t: number): string {
  const shift = Math.floor(t / steps);
  if (t > largestT) return "beyond the unit's t";
  if (shift > vanishing) return `${vanishing + 1} and more`;
  if (shift === vanishing) return String(shift);
  const rest = exponentTable[t % steps]! % 2 ** shift;
  const half = 2 ** shift / 2;
  return `${shift} ${rest === 0 ? "exact" : rest < half ? "down" : rest === half ? "tie" : "up"}`;
}

/** P from the table with all entries moved by `change`. */
function weightOf(t: number, change: number): number {
  const shift = Math.floor(t / steps);
  return shift >= vanishing ? 0 : (exponentTable[t % steps]! + change + ((1 << shift) >> 1)) >> shift;
}

/** t. A distance times c may pass 2^53. */
function tOf(distance: number, { c, s }: ExecutionParameters): number {
  const product = distance * c;
  return product <= Number.MAX_SAFE_INTEGER ? Math.floor(product / 2 ** s) : Number((BigInt(distance) * BigInt(c)) >> BigInt(s));
}

/** Whether O would be another one with these weights. */
function isOther({ executed: { survivors, output, weights: now }, values }: ExecutionRow, weights: readonly number[]): boolean {
  if (weights.every((w, n) => w === now[n])) return false;
  const dim = output.length;
  const numerators = new Array<number>(dim).fill(0);
  let denominator = 0;
  weights.forEach((weight, n) => {
    denominator += weight;
    for (let c = 0, at = survivors[n]! * dim; c < dim; c++, at++) numerators[c]! += weight * values[at]!;
  });
  return denominator === 0 || numerators.some((num, c) => quotient(num, denominator) !== output[c]);
}

/** num / den to the nearest, halves away from zero. The integers are below 2^40, so that the quotient's floor is exact. */
function quotient(num: number, den: number): number {
  const rounded = Math.floor((2 * Math.abs(num) + den) / (2 * den));
  return num < 0 ? 0 - rounded : rounded;
}
