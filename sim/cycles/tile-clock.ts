/** When the tiles of a head pass the execution unit, from their masks to their outputs; the formulas with their reasons are in docs/cycles.md. */

import { type ExecutionFormat, executionFormat, type ExecutionParameters, quotientBitsPerStage } from "../../generator/lapa/execution-format";
import { laneQueueLatency } from "../../generator/lapa/lane-queue";
import { peArrayLatency } from "../../generator/lapa/pe-array";
import { dividerLatency } from "../../generator/lapa/rounding-divider";
import { softmaxLatency } from "../../generator/lapa/softmax-lane";
import { feedLatency } from "../../generator/lapa/tile-feeder";
import type { Sink } from "./streams";

/** What a tile asks of the array. */
export interface TileWork {
  /** R, or fewer in a head's last tile. */
  readonly rows: number;
  /** S: runs of scores, the length of the longest list of a column; at least 1. */
  readonly steps: number;
  /** P: words of a row; keys that any row needs, and one more where the last step has none in the last column. */
  readonly words: number;
}

/** What a run of the array came after. */
export type Wait = "prediction" | "probabilities" | "room";

/** Neighbouring runs of the array: the scores of a tile, or its P.V. */
export interface ArrayRuns {
  readonly kind: "scores" | "values";
  /** The first cycle, and how many there are. */
  readonly begins: number;
  readonly length: number;
  /** Cycles, among these, with operands. */
  readonly working: number;
  /** Cycles before the first one in which the array is free, and what came last of all that the runs need. */
  readonly waited: number;
  readonly waitedFor: Wait;
}

/** What the hardware needs of a tile, and when. */
interface TileTimes {
  /** The tile's last mask is taken. */
  readonly masked: number;
  /** The last step of its keys is read from the lists. */
  readonly listed: number;
  /** Its last run of scores is chosen. */
  readonly lastScores: number;
  /** Its queries are not needed any more. */
  readonly queriesRead: number;
  /** Its last row's probabilities are there. */
  readonly formed: number;
  readonly work: TileWork;
}

export class TileClock {
  /** Runs in the order of time. */
  readonly runs: ArrayRuns[] = [];
  private readonly tiles: TileTimes[] = [];
  /** When the last output of each tile that has had its P.V is gone, but for one that waits to be taken. */
  private readonly left: number[] = [];
  /** From this cycle on the array takes another run. */
  private free: number;
  private readonly format: ExecutionFormat;

  /** @param groups of the array's columns that the head's keys are. @param begins the first cycle in which queries and masks are taken. @param outputs where they go. */
  constructor(private readonly params: ExecutionParameters, private readonly groups: number, begins: number, private readonly outputs: Sink) {
    this.free = begins;
    this.format = executionFormat(params);
  }

  /** The first cycle in which a query of the next tile may be written: two tiles of them fit. */
  get queriesFrom(): number {
    return (this.tiles.at(-2)?.queriesRead ?? -1) + 1;
  }

  /** The first cycle in which the next tile's last mask may be taken: the tile before is turned into lists, and two tiles of these fit. */
  get lastMaskFrom(): number {
    const scanned = this.tiles.length === 0 ? 0 : this.tiles.at(-1)!.masked + this.scan + 1;
    return Math.max(scanned, (this.tiles.at(-2)?.listed ?? -1) + 1);
  }

  /** Cycles in which a tile's masks become lists. */
  private get scan(): number {
    return Math.max(1, this.groups);
  }

  /**
   * The array works on the next tile's scores, and on P.V of the tile before, whichever can begin first.
   * @param written, masked the cycles in which its last query is written, its last mask is taken.
   */
  tile(work: TileWork, written: number, masked: number): void {
    const before = this.tiles.at(-1);
    const lists = masked + 1 + this.scan + laneQueueLatency;
    // The step that is read from the lists waits in a register, which the last step of the tile before leaves as it is chosen.
    const prepared = Math.max(lists, written + 1, before?.lastScores ?? 0);
    // There is room for scores: the P.V that had their bank has been chosen.
    const wants = { prediction: prepared + 1, probabilities: (before?.formed ?? -1) + 1, room: 0 };
    const valuesFirst = before !== undefined && this.valuesFrom() < Math.max(this.free, wants.prediction, wants.probabilities);
    if (valuesFirst) this.values();
    this.scores(work, masked, prepared, wants);
    if (before !== undefined && !valuesFirst) this.values();
  }

  /** The last tile's P.V. @returns when the head's last output but the one that waits is gone. There is a tile. */
  end(): number {
    this.values();
    return this.left.at(-1)!;
  }

  private scores(work: TileWork, masked: number, prepared: number, wants: Readonly<Record<Wait, number>>): void {
    const { rows, columns, headDim } = this.params;
    const { scoreSteps } = this.format;
    const begins = this.run("scores", work.steps * scoreSteps, work.steps * headDim, wants);
    const lastScores = begins + (work.steps - 1) * scoreSteps;
    const listed = work.steps === 1 ? prepared : lastScores - scoreSteps;
    const fed = this.fed();
    const formed = fed + peArrayLatency(rows - 1, columns - 1) + 1 + softmaxLatency(work.words);
    this.tiles.push({ masked, listed, lastScores, queriesRead: fed - 1, formed, work });
  }

  /** When P.V of the next tile could begin. */
  private valuesFrom(): number {
    return Math.max(this.free, ...Object.values(this.valueWants()));
  }

  private valueWants(): { readonly probabilities: number; readonly room: number } {
    const tile = this.left.length;
    return { probabilities: this.tiles[tile].formed + 1, room: (this.left[tile - 2] ?? -1) + 1 };
  }

  private values(): void {
    const { rows, columns, headDim, operandBits } = this.params;
    const { featureTiles, words } = this.format;
    const { work } = this.tiles[this.left.length];
    this.run("values", featureTiles * Math.max(work.words, columns), featureTiles * work.words, { ...this.valueWants(), prediction: 0 });
    const fed = this.fed();
    const lastFeature = headDim - (featureTiles - 1) * columns - 1;
    const whole = fed + peArrayLatency(rows - 1, lastFeature) + dividerLatency({ operandBits, bitsPerStage: quotientBitsPerStage });
    this.left.push(this.outputs.tile(whole, work.rows * words));
  }

  /** When the last step that was chosen has its operands at the array. */
  private fed(): number {
    return this.free + feedLatency(this.params);
  }

  private run(kind: ArrayRuns["kind"], length: number, working: number, wants: Readonly<Record<Wait, number>>): number {
    const [waitedFor, ready] = (Object.entries(wants) as [Wait, number][]).reduce((last, one) => (one[1] > last[1] ? one : last));
    const begins = Math.max(this.free, ready);
    this.runs.push({ kind, begins, length, working, waited: begins - this.free, waitedFor });
    this.free = begins + length;
    return begins;
  }
}
