/** What a row of the filters exercises: in each round its registers, bit by bit, and what lies at the threshold. */

import type { BlendParameters, FilterParameters, RadiusParameters, SpeculationFormat } from "../../generator/lapa/config";
import { type Statistics, threshold } from "../golden/ddf";
import { scoreWidth } from "../golden/mrsa";
import { largestRho, type Row, type Round } from "../golden/speculation";
import type { Coverage } from "./coverage";

/** Magnitudes of a blend weight are 0 .. 15. */
const weightBits = 4;
const guardBits = 6;

/** A row, and the registers that it was filtered with. */
export interface FilteredRow {
  readonly row: Row;
  readonly filter: FilterParameters;
  /**
   * Whether other registers would have given other survivors in the end; null where it is seen what each round keeps, which is
   * then enough.
   */
  readonly isSeen: ((filter: FilterParameters) => boolean) | null;
}

/**
 * A register's bit is exercised where the other value of that bit would have left other keys, and so would the register of a
 * neighbouring round where it is another one: what is only written, and changes nothing, is not.
 */
export class FilterPoints {
  private readonly rounds: readonly RoundPoints[];

  constructor(coverage: Coverage, format: SpeculationFormat, headDim: number, maxKeys: number) {
    this.rounds = format.slices.map((_, r) => new RoundPoints(coverage, format, headDim, r, maxKeys));
  }

  hit(given: FilteredRow): void {
    given.row.rounds.forEach((round, r) => this.rounds[r]!.hit(round, given));
  }

  /** What rows have for themselves waits in queues: of two rows of a head, one must not be taken for the other's. */
  hitPair(before: FilteredRow, behind: FilteredRow): void {
    before.row.rounds.forEach((round, r) => this.rounds[r]!.beside(round, before, { other: behind.row, where: "behind" }));
    behind.row.rounds.forEach((round, r) => this.rounds[r]!.beside(round, behind, { other: before.row, where: "before" }));
  }
}

class RoundPoints {
  private readonly name: string;
  private readonly rhoBits: number;
  private readonly hasGuard: boolean;
  private readonly isLast: boolean;
  /** Margins of more bits are cut off. */
  private readonly scoreBits: number;

  constructor(private readonly coverage: Coverage, format: SpeculationFormat, headDim: number, private readonly r: number, maxKeys: number) {
    const { slices, logSide } = format;
    this.name = `round ${r + 1}`;
    this.isLast = r === slices.length - 1;
    this.hasGuard = logSide === "query" && !this.isLast;
    const rho = largestRho(headDim, r, format);
    this.rhoBits = rho.toString(2).length;
    this.scoreBits = scoreWidth(headDim, r, format);
    // The filter leaves a row's only key, whatever its registers say.
    if (maxKeys === 1) return;
    const neighbours = [r - 1, r + 1].filter((n) => n >= 0 && n < slices.length);
    // The last round has no guard, so that only those before it have neighbours in that.
    const guarded = this.hasGuard ? neighbours.filter((n) => n < slices.length - 1) : [];
    // Of two keys a filter leaves one, or both: mode blend both only where they are equal, whatever its weight.
    const some = maxKeys > 2 ? ["some kept"] : [];
    this.declare("radius", [
      "tie", "one below", "all kept", ...some, "only the maximum",
      // Without a window a margin has as many bits as a score; one of as many ones is the largest there is, and saturates nothing.
      ...Array.from({ length: Math.max(0, this.rhoBits - this.scoreBits) }, (_, i) => `margin of ${this.scoreBits + i + 1} bits, beyond all scores`),
      ...["before", "behind"].flatMap((where) => [...(logSide === "query" && format.window !== null ? [`not the window of the row ${where}`] : []), ...(this.hasGuard ? [`not the powers of the row ${where}`] : [])]),
      ...neighbours.map((n) => `not rho of round ${n + 1}`), ...guarded.map((n) => `not guard of round ${n + 1}`),
    ]);
    this.declare("rho", bothValues(this.rhoBits));
    if (this.hasGuard) this.declare("guard", bothValues(guardBits));
    // Moved towards the minimum, or not at all, as towards the maximum: all are kept only where all are equal.
    for (const sign of ["+", "-", "0"]) this.declare(`blend ${sign}`, ["tie", "one below", ...some, "only the maximum", ...(sign === "0" || maxKeys === 2 ? [] : bothValues(weightBits))]);
    // A mean of equal scores is a division of 0, by a number that is no power of two.
    this.declare("blend", ["all kept", ...(maxKeys > 2 ? ["three equal", "a divisor that just goes in", "sign", ...neighbours.map((n) => `not weight of round ${n + 1}`)] : [])]);
    this.declare("scores", ["largest is negative", "smallest is positive", "sum is negative", "sum is positive"]);
  }

  hit(round: Round, given: FilteredRow): void {
    const { row, filter } = given;
    const { statistics } = round;
    if (statistics === null || statistics.count < 2) return;
    const limit = threshold(statistics, filter, this.r, row.base, this.reachOf(row));
    const signs = [["largest is negative", statistics.max < 0], ["smallest is positive", statistics.min > 0], ["sum is negative", statistics.sum < 0], ["sum is positive", statistics.sum > 0]] as const;
    for (const [point, is] of signs) if (is) this.mark("scores", point);
    const other = (alternative: FilterParameters): boolean => this.differs(round, given, alternative);
    if (filter.mode === "radius") this.radius(round, row, limit, filter.rounds, (rounds) => other({ mode: "radius", rounds }));
    else this.blend(round, limit, filter.rounds, (rounds) => other({ mode: "blend", rounds }));
  }

  /** A row with the window, and with the powers, of the one beside it: another radius stands for another margin. */
  beside(round: Round, given: FilteredRow, { other, where }: { readonly other: Row; readonly where: "before" | "behind" }): void {
    const { row, filter } = given;
    if (round.statistics === null || round.statistics.count < 2 || filter.mode !== "radius") return;
    const { rho, guard } = filter.rounds[this.r]!;
    const own = this.guarding(guard, row);
    const margin = (of: { readonly base: number; readonly guarding: number }): number => Math.floor(rho / 2 ** of.base) + of.guarding;
    const isOther = (changed: number): boolean => changed !== margin({ base: row.base, guarding: own }) && changed >= own
      && this.differs(round, given, { mode: "radius", rounds: replaced(filter.rounds, this.r, { rho: (changed - own) * 2 ** row.base, guard }) });
    this.mayMark("radius", `not the window of the row ${where}`, () => isOther(margin({ base: other.base, guarding: own })));
    this.mayMark("radius", `not the powers of the row ${where}`, () => isOther(margin({ base: row.base, guarding: this.guarding(guard, other) })));
  }

  /** Whether other registers would have left other keys, and it would have been seen. */
  private differs({ statistics, scores }: Round, { row, filter, isSeen }: FilteredRow, alternative: FilterParameters): boolean {
    const limit = (of: FilterParameters): number => threshold(statistics!, of, this.r, row.base, this.reachOf(row));
    return separates(scores, limit(filter), limit(alternative)) && (isSeen === null || isSeen(alternative));
  }

  private reachOf(row: Row): number {
    return this.isLast ? 0 : row.reach;
  }

  private guarding(guard: number, row: Row): number {
    return this.hasGuard ? Math.floor((guard * row.reach) / 64) : 0;
  }

  private radius(round: Round, row: Row, limit: number, rounds: readonly RadiusParameters[], differs: (rounds: readonly RadiusParameters[]) => boolean): void {
    const { rho, guard } = rounds[this.r]!;
    this.kept("radius", round, limit);
    const margin = Math.floor(rho / 2 ** row.base) + this.guarding(guard, row);
    if (margin >= 2 ** this.scoreBits) this.mark("radius", `margin of ${margin.toString(2).length} bits, beyond all scores`);
    this.bits("rho", rho, this.rhoBits, (value) => differs(replaced(rounds, this.r, { rho: value, guard })));
    if (this.hasGuard) this.bits("guard", guard, guardBits, (value) => differs(replaced(rounds, this.r, { rho, guard: value })));
    this.neighbours("radius", "rho", rounds, (n) => differs(replaced(rounds, this.r, { rho: n.rho, guard })));
    this.neighbours("radius", "guard", rounds, (n) => differs(replaced(rounds, this.r, { rho, guard: n.guard })));
  }

  private blend(round: Round, limit: number, rounds: readonly BlendParameters[], differs: (rounds: readonly BlendParameters[]) => boolean): void {
    const { a } = rounds[this.r]!;
    const sign = a > 0 ? "+" : a < 0 ? "-" : "0";
    this.kept(`blend ${sign}`, round, limit);
    if (round.survivors.length === round.keys.length) this.mark("blend", "all kept");
    if (round.scores.length % 3 === 0 && round.scores.every((s) => s === limit)) this.mark("blend", "three equal");
    const divided = (goesIn: (rest: bigint, divisor: bigint) => boolean): number => dividedThreshold(round.statistics!, rounds[this.r]!, this.scoreBits, goesIn);
    this.mayMark("blend", "a divisor that just goes in", () => separates(round.scores, limit, divided((rest, divisor) => rest > divisor)));
    const magnitude = Math.abs(a);
    if (a !== 0) this.bits(`blend ${sign}`, magnitude, weightBits, (value) => differs(replaced(rounds, this.r, { a: a < 0 ? -value : value })));
    if (this.coverage.isOpen(this.kind("blend"), "sign") && differs(replaced(rounds, this.r, { a: -a }))) this.mark("blend", "sign");
    this.neighbours("blend", "weight", rounds, (n) => differs(replaced(rounds, this.r, n)));
  }

  /** What lies at the threshold. */
  private kept(kind: string, { scores, keys, survivors }: Round, limit: number): void {
    const [all, left] = [keys.length, survivors.length];
    if (left === all) this.mark(kind, "all kept");
    else this.mark(kind, left === 1 ? "only the maximum" : "some kept");
    for (const [point, score] of [["tie", limit], ["one below", limit - 1]] as const) {
      if (this.coverage.isOpen(this.kind(kind), point) && scores.includes(score)) this.mark(kind, point);
    }
  }

  private bits(kind: string, value: number, bits: number, differs: (other: number) => boolean): void {
    if (!this.coverage.hasOpen(this.kind(kind))) return;
    for (let k = 0; k < bits; k++) {
      const isSet = Math.floor(value / 2 ** k) % 2 === 1;
      const point = `bit ${k} ${isSet ? 1 : 0}`;
      if (this.coverage.isOpen(this.kind(kind), point) && differs(isSet ? value - 2 ** k : value + 2 ** k)) this.mark(kind, point);
    }
  }

  private neighbours<P>(kind: string, register: string, rounds: readonly P[], differs: (neighbour: P) => boolean): void {
    if (!this.coverage.hasOpen(this.kind(kind))) return;
    for (const n of [this.r - 1, this.r + 1]) {
      const point = `not ${register} of round ${n + 1}`;
      if (this.coverage.isOpen(this.kind(kind), point) && differs(rounds[n]!)) this.mark(kind, point);
    }
  }

  private kind(kind: string): string {
    return `${this.name}, ${kind}`;
  }

  private declare(kind: string, points: readonly string[]): void {
    this.coverage.declare(this.kind(kind), points);
  }

  private mayMark(kind: string, point: string, holds: () => boolean): void {
    if (this.coverage.isOpen(this.kind(kind), point) && holds()) this.mark(kind, point);
  }

  private mark(kind: string, point: string): void {
    this.coverage.hitIfDeclared(this.kind(kind), point);
  }
}

function bothValues(bits: number): string[] {
  return Array.from({ length: 2 * bits }, (_, i) => `bit ${i >> 1} ${i & 1}`);
}

function replaced<P>(rounds: readonly P[], r: number, by: P): P[] {
  return rounds.map((round, n) => (n === r ? by : round));
}

/** Whether some score is kept by one of two thresholds only. */
function separates(scores: readonly number[], a: number, b: number): boolean {
  if (a === b) return false;
  const [low, high] = a < b ? [a, b] : [b, a];
  return scores.some((s) => s >= low && s < high);
}

/**
 * The threshold in mode blend as a restoring division finds it, bit by bit: min + ceil(Y / (16 n)), Y being 16 n times as much as it
 * is above the minimum (docs/speculation.md).
 * @param goesIn whether a divisor goes into what is left: >= is right.
 */
export function dividedThreshold({ count, max, min, sum }: Statistics, { a }: BlendParameters, bits: number, goesIn: (rest: bigint, divisor: bigint) => boolean): number {
  const [n, weight] = [BigInt(count), BigInt(Math.abs(a))];
  const spread = a >= 0 ? n * BigInt(max - min) : 0n;
  const y = weight * spread + (16n - weight) * (BigInt(sum) - n * BigInt(min));
  if (y === 0n) return min;
  let [rest, quotient] = [y - 1n, 0n];
  for (let bit = BigInt(bits - 1); bit >= 0n; bit--) {
    const divisor = (16n * n) << bit;
    // What is below the bit at hand does not count.
    if (!goesIn(rest >> bit, divisor >> bit)) continue;
    rest -= divisor;
    quotient += 1n << bit;
  }
  return min + Number(quotient) + 1;
}
