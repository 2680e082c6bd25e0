/** What the array's results are, as they come out of row 0. */

import { Bool, drive, literal, log2Ceil, mux, type Signal, type Type, UInt, Vec, when } from "lapa";
import { LibraryModule } from "../lib/library-module";
import { resized } from "../lib/sums";
import { executionFormat, type ExecutionParameters } from "./execution-format";
import { peArrayLatency } from "./pe-array";
import { stepFields } from "./tile-feeder";

/** What is said of a result; every row's comes a cycle after that of the row above. */
export const resultFields = {
  /** A score of a key that some row of the tile needs, or the tile's last column; and the tile's last word. */
  score: Bool(), scoreLast: Bool(),
  /** A numerator of an output. */
  value: Bool(),
  bank: Bool(),
};

/** What is to be known of the step that ends a run. */
export function drainedFields(params: ExecutionParameters) {
  const { active, isScore, last, tileEnds, bank } = stepFields(params);
  return { active, isScore, last, tileEnds, bank };
}

/**
 * The columns of a run come out one a cycle, from a fixed time after its last step on. Scores of columns without a key are
 * dropped, so that the words of a tile are its keys; its last column is always one of them, which ends the tile even
 * where nobody needs a key.
 */
export class TileDrain extends LibraryModule<ExecutionParameters> {
  private readonly format = executionFormat(this.params);
  /** The last tile of P.V has columns without a feature, and there are others, which have not. */
  private readonly ragged = this.format.featureTiles > 1 && this.params.headDim % this.params.columns !== 0;
  /** The step one cycle before the array, and its keys: see `TileFeeder`. */
  readonly step = this.input(drainedFields(this.params));
  /** Which C features a step of P.V is of; not there where one tile has them all. */
  readonly featureTile = this.ragged ? this.input(UInt(this.format.featureTileBits)) : null;
  readonly live = this.input(Vec(this.params.columns, Bool()));
  readonly group = this.input(Vec(this.params.columns, UInt(this.format.groupBits)));
  readonly result = this.output(resultFields);
  /** With `result.score`: which key it is. */
  readonly key = this.output(UInt(this.format.keyBits));

  override get doc(): string {
    return "Tells the array's results apart.";
  }

  build(): void {
    const { columns } = this.params;
    const begins = this.step.active.and(this.step.last);
    const column = this.reg(UInt(Math.max(1, log2Ceil(columns))), { reset: "none" });
    const draining = this.reg(Bool(), { reset: 0n });
    const isLast = column.eq(BigInt(columns - 1));
    const run = this.reg({ isScore: Bool(), tileEnds: Bool(), bank: Bool() }, { reset: "none", enable: begins });
    run.isScore.set(this.step.isScore);
    run.tileEnds.set(this.step.tileEnds);
    run.bank.set(this.step.bank);
    // Column 0's is at hand; the others move up, a column a cycle.
    const live = this.reg(this.live.map((l) => l.type), { reset: "none" });
    const group = this.reg(this.group.map((g) => g.type), { reset: "none" });
    live.forEach((l, c) => l.set(mux(begins, this.live[c]!, live[c + 1] ?? live[c]!)));
    group.forEach((g, c) => g.set(mux(begins, this.group[c]!, group[c + 1] ?? group[c]!)));
    when(draining, () => {
      column.set(column.addWrap(1n));
      when(isLast, () => draining.set(0n));
    });
    when(begins, () => {
      draining.set(1n);
      column.set(0n);
    });

    const ends = run.tileEnds.and(isLast);
    const isFeature = this.isFeature(begins, column);
    const now = {
      score: draining.and(run.isScore).and(live[0]!.or(ends)), scoreLast: draining.and(run.isScore).and(ends),
      value: draining.and(run.isScore.not()).and(isFeature), bank: run.bank,
    };
    const factor = literal(UInt(log2Ceil(columns + 1)), BigInt(columns));
    const key = group[0]!.mul(factor).add(column);
    const sized = resized(key, this.format.keyBits);
    const latency = peArrayLatency(0, 0);
    drive(this.result, { score: this.later(now.score, latency, 0n), scoreLast: this.later(now.scoreLast, latency, 0n), value: this.later(now.value, latency, 0n), bank: this.later(now.bank, latency, "none") });
    this.key.set(this.later(mux(live[0]!, sized, literal(sized.type, 0n)), latency, "none"));
  }

  /** Whether a column of P.V has a feature: the last features may be fewer than columns. */
  private isFeature(begins: Bool, column: UInt): Bool {
    const { headDim, columns } = this.params;
    const { featureTiles } = this.format;
    const left = headDim - (featureTiles - 1) * columns;
    if (left === columns) return literal(Bool(), 1n);
    const isLeft = column.lt(BigInt(left));
    if (this.featureTile === null) return isLeft;
    const lastFeatures = this.reg(Bool(), { reset: "none", enable: begins });
    lastFeatures.set(this.featureTile.eq(BigInt(featureTiles - 1)));
    return lastFeatures.not().or(isLeft);
  }

  private later<T extends Signal>(signal: T, cycles: number, reset: 0n | "none"): T {
    let stage = signal;
    for (let i = 0; i < cycles; i++) {
      const next = this.reg<Type>(stage.type, { reset }) as Signal as T;
      next.set(stage as never);
      stage = next;
    }
    return stage;
  }
}
