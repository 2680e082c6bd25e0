/** Which run of the array comes when, and what it reads: steps of scores, key by key of each column, and tiles of P.V. */

import { Bits, Bool, connect, drive, literal, log2Ceil, mux, type Ports, select, type Signal, type Type, UInt, Vec, when } from "lapa";
import { LibraryModule } from "../lib/library-module";
import { listOf } from "../lib/merge-tree";
import { executionFormat, type ExecutionParameters, wordFeatures } from "./execution-format";
import { ListIssue } from "./list-issue";

/** Cycles from a run's step to its operands at the array: as long as the masks of a run's columns need, and the memories. */
export function feedLatency({ columns }: Pick<ExecutionParameters, "columns">): number {
  return Math.max(2, columns - 1);
}

/** What is said of a step of a run, from its choice to the array. */
export function stepFields(params: ExecutionParameters) {
  const { featureTileBits, wordCountBits, scoreSteps } = executionFormat(params);
  // A step of a word, at the least, and one more.
  const index = Math.max(log2Ceil(wordFeatures) + 1, log2Ceil(scoreSteps + 1), wordCountBits);
  return {
    /** There is a step; it is one of scores; it has operands, and is not there to fill a run up. */
    active: Bool(), isScore: Bool(), real: Bool(),
    first: Bool(), last: Bool(), index: UInt(index),
    /** The run is its tile's last. */
    tileEnds: Bool(),
    /** Which of the two banks of queries, scores, probabilities and outputs the tile has. */
    bank: Bool(),
    /** Of P.V: which C features. */
    featureTile: UInt(featureTileBits),
  };
}

/**
 * A run is a tile of the array's own: the scores of one key in each column, or C features of P.V. Runs follow each other without a
 * gap where the next one is ready: scores of the next tile where they can begin, so that its probabilities are formed while P.V of
 * the tile before runs; otherwise that.
 */
export class TileFeeder extends LibraryModule<ExecutionParameters> {
  private readonly format = executionFormat(this.params);
  private readonly step = stepFields(this.params);
  private readonly listBits = this.format.groupBits + this.params.rows;
  private readonly keys = { live: Vec(this.params.columns, Bool()), group: Vec(this.params.columns, UInt(this.format.groupBits)) };
  readonly lists = Array.from({ length: this.params.columns }, () => this.inputStream(listOf(this.listBits)));
  /** A tile's queries are there. It is taken when its last keys are. */
  readonly tiles = this.inputStream({});
  /** The next tile's scores may come: their bank is free, and no tile waits for its probabilities. */
  readonly scoresFree = this.input(Bool());
  /** The next tile of P.V may run, of so many words. */
  readonly valuesReady = this.input(Bool());
  readonly wordCount = this.input(UInt(this.format.wordCountBits));
  /** A tile's first step of scores, of P.V, is chosen. */
  readonly scoresBegin = this.output(Bool());
  readonly valuesBegin = this.output(Bool());
  /** A tile's last run of P.V is chosen: what it reads is read before anything that is chosen later is written. */
  readonly valuesEnd = this.output(Bool());
  /** The banks of the next tile whose scores come, and of the next one of P.V. */
  readonly scoreBank = this.output(Bool());
  readonly valueBank = this.output(Bool());
  /** A column of the mask of scores to come, as the array takes it: 1 where a row does not need the key. */
  readonly mask = this.output(Bits(this.params.rows));
  /** The step two cycles before the array, one before, and at it; the keys belong to the middle one. */
  readonly toRead = this.output(this.step);
  readonly reads = this.output(this.step);
  readonly readKeys = this.output(this.keys);
  readonly feeds = this.output(this.step);

  override get doc(): string {
    return "Chooses the runs of the array.";
  }

  build(): void {
    const prepared = this.prepared();
    const { current, launchesScore } = this.sequence(prepared);
    const executing = this.reg({ ...this.keys, masks: Vec(this.params.columns, Bits(this.params.rows)) }, { reset: "none", enable: launchesScore });
    executing.live.forEach((live, c) => live.set(prepared.keys.live[c]!));
    executing.group.forEach((group, c) => group.set(prepared.keys.group[c]!));
    executing.masks.forEach((mask, c) => mask.set(prepared.masks[c]!));
    this.sendMasks(current, executing.masks);

    const latency = feedLatency(this.params);
    const toRead = this.laterStep(current, latency - 2);
    const reads = this.laterStep(toRead, 1);
    const takesKeys = toRead.active.and(toRead.isScore).and(toRead.first);
    const reading = this.reg(this.keys, { reset: "none", enable: takesKeys });
    reading.live.forEach((live, c) => live.set(executing.live[c]!));
    reading.group.forEach((group, c) => group.set(executing.group[c]!));
    drive(this.toRead, toRead);
    drive(this.reads, reads);
    drive(this.readKeys, reading);
    drive(this.feeds, this.laterStep(reads, 1));
  }

  /** The next keys of the columns, and which rows do without them. */
  private prepared() {
    const { columns, rows } = this.params;
    const { groupBits } = this.format;
    const issue: Ports<ListIssue> = this.instance(ListIssue, { lanes: columns, wordBits: this.listBits, folds: 1, waits: "space" });
    this.lists.forEach((list, c) => connect(list, issue.lists[c]!));
    issue.rows.valid.set(this.tiles.valid);
    this.tiles.ready.set(issue.rows.ready);
    const full = this.reg(Bool(), { reset: 0n });
    const taken = this.wire(Bool());
    const space = full.not().or(taken);
    issue.space!.set(space);
    const held = this.reg({ ...this.keys, masks: Vec(columns, Bits(rows)), first: Bool(), ends: Bool() }, { reset: "none", enable: issue.step });
    held.first.set(issue.first);
    held.ends.set(issue.ends);
    for (let c = 0; c < columns; c++) {
      const word = issue.word[c]!;
      held.live[c]!.set(issue.live[c]!);
      held.group[c]!.set(word.bits(this.listBits - 1, this.listBits - groupBits).asUInt());
      held.masks[c]!.set(word.bits(rows - 1, 0).and(issue.live[c]!.repeat(rows)).not());
    }
    when(taken, () => full.set(0n));
    when(issue.step, () => full.set(1n));
    return { full, taken, first: held.first, ends: held.ends, keys: { live: held.live, group: held.group }, masks: held.masks };
  }

  /** Counts the steps of runs, and chooses the next run when one ends. */
  private sequence(prepared: ReturnType<TileFeeder["prepared"]>) {
    const { headDim, columns } = this.params;
    const { scoreSteps, featureTiles } = this.format;
    const current = this.reg(this.step, { reset: { active: 0n, isScore: "none", real: "none", first: "none", last: "none", index: "none", tileEnds: "none", bank: "none", featureTile: "none" } });
    const index = current.index.type;
    const steps = this.reg(index, { reset: "none" });
    const operands = this.reg(index, { reset: "none" });
    const scoreBank = this.reg(Bool(), { reset: 0n });
    const valueBank = this.reg(Bool(), { reset: 0n });
    /** Between a tile's first run and its last one. */
    const scoring = this.reg(Bool(), { reset: 0n });
    const weighing = this.reg(Bool(), { reset: 0n });
    const featureTile = this.reg(current.featureTile.type, { reset: 0n });

    const free = current.active.not().or(current.last);
    const wantsValues = scoring.not().and(weighing.or(this.valuesReady));
    const wantsScore = weighing.not().and(prepared.full).and(scoring.or(this.scoresFree));
    const launchesScore = free.and(wantsScore);
    const launchesValues = free.and(wantsScore.not()).and(wantsValues);
    const lastFeatures = featureTile.eq(BigInt(featureTiles - 1));
    prepared.taken.set(launchesScore);
    this.scoreBank.set(scoreBank);
    this.valueBank.set(valueBank);
    this.scoresBegin.set(launchesScore.and(prepared.first));
    this.valuesBegin.set(launchesValues.and(weighing.not()));
    this.valuesEnd.set(launchesValues.and(lastFeatures));

    const count = mux(launchesScore, literal(index, BigInt(headDim)), this.wordCount.zext(index.width));
    const least = BigInt(columns);
    const length = mux(launchesScore, literal(index, BigInt(scoreSteps)), mux(count.lt(literal(index, least)), literal(index, least), count));
    const next = current.index.addWrap(1n);
    when(current.active, () => {
      current.index.set(next);
      current.first.set(0n);
      current.last.set(next.addWrap(1n).eq(steps));
      current.real.set(next.lt(operands));
      when(current.last, () => current.active.set(0n));
    });
    when(launchesScore.or(launchesValues), () => {
      current.active.set(1n);
      current.isScore.set(launchesScore);
      current.real.set(1n);
      current.first.set(1n);
      current.last.set(length.eq(1n));
      current.index.set(0n);
      current.tileEnds.set(mux(launchesScore, prepared.ends, lastFeatures));
      current.bank.set(mux(launchesScore, scoreBank, valueBank));
      current.featureTile.set(featureTile);
      steps.set(length);
      operands.set(count);
    });
    when(launchesScore, () => {
      scoring.set(prepared.ends.not());
      when(prepared.ends, () => scoreBank.set(scoreBank.not()));
    });
    when(launchesValues, () => {
      weighing.set(lastFeatures.not());
      featureTile.set(mux(lastFeatures, literal(featureTile.type, 0n), featureTile.addWrap(1n)));
      when(lastFeatures, () => valueBank.set(valueBank.not()));
    });
    return { current, launchesScore };
  }

  /** Column C-1's bits first: they have the longest way. Outside of scores, zeros. */
  private sendMasks(current: ReturnType<TileFeeder["laterStep"]>, masks: readonly Bits[]): void {
    const { columns } = this.params;
    const index = current.index;
    const sends = current.active.and(current.isScore).and(columns >= 2 ** index.width ? literal(Bool(), 1n) : index.lt(BigInt(columns)));
    const position = index.trunc(Math.max(1, Math.min(index.width, log2Ceil(columns))));
    const column = select([...masks].reverse(), position);
    let mask = column.and(sends.repeat(this.params.rows));
    for (let i = columns - 1; i < feedLatency(this.params); i++) mask = this.held(mask, 0n);
    this.mask.set(mask);
  }

  private laterStep(from: { readonly [K in keyof ReturnType<typeof stepFields>]: Signal }, cycles: number) {
    let stage = from as ReturnType<TileFeeder["newStep"]>;
    for (let i = 0; i < cycles; i++) {
      const next = this.newStep();
      drive(next, stage);
      stage = next;
    }
    return stage;
  }

  private newStep() {
    return this.reg(this.step, { reset: { active: 0n, isScore: "none", real: "none", first: "none", last: "none", index: "none", tileEnds: "none", bank: "none", featureTile: "none" } });
  }

  private held<T extends Signal>(signal: T, reset: 0n | "none"): T {
    const register = this.reg<Type>(signal.type, { reset }) as Signal as T;
    register.set(signal as never);
    return register;
  }
}

