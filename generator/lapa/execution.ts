/** The execution unit: exact attention over the keys that each query needs. */

import { Bits, Bool, concat, connect, drive, literal, log2Ceil, mux, pack, type Ports, select, type Signal, SInt, type Type, UInt, unpack, Vec, when } from "lapa";
import { countUpDown } from "../lib/counting";
import { LibraryModule } from "../lib/library-module";
import { SkewRegisters } from "../lib/skew-registers";
import { resized } from "../lib/sums";
import { ExecutionControl, executionHeadFields, keyBanks } from "./execution-control";
import { executionFormat, type ExecutionParameters, quotientBitsPerStage, wordFeatures } from "./execution-format";
import { bankedGroup, bankedGroups, keyAddress, KeyBank } from "./key-bank";
import { OutputRows } from "./output-rows";
import { PeArray } from "./pe-array";
import { numeratorBits, RoundingDivider } from "./rounding-divider";
import { denominatorBits, SoftmaxLane, wordIndexBits } from "./softmax-lane";
import { TileDrain } from "./tile-drain";
import { TileFeeder } from "./tile-feeder";
import { TileMasks } from "./tile-masks";
import { VectorWriter } from "./vector-writer";

/**
 * Heads: a word of registers, keys and values, then queries and for each of them which keys it needs; outputs in the order of
 * queries. A head is loaded while the one before is executed. R queries are a tile. The array works on scores of one tile and
 * on P.V of the one before in turns, while probabilities of the former are formed, masks of the next come and outputs of the
 * one before leave.
 */
export class Execution extends LibraryModule<ExecutionParameters> {
  private readonly format = executionFormat(this.params);
  private readonly vector = { features: Bits(this.params.headDim * this.params.operandBits) };
  readonly head = this.inputStream(executionHeadFields(this.params));
  readonly keys = this.inputStream(this.vector);
  readonly values = this.inputStream(this.vector);
  readonly queries = this.inputStream(this.vector);
  /** Which keys a row needs: groups of C neighbouring keys, in any number; `last` ends the row. */
  readonly masks = this.inputStream({ group: UInt(this.format.groupBits), mask: Bits(this.params.columns), last: Bool() });
  /** A head is in the unit, or its last output waits to be taken. */
  readonly busy = this.output(Bool());
  /** The array has a step with operands in this cycle. */
  readonly active = this.output(Bool());
  /** Words of 8 features; `last` ends a row. */
  readonly outputs = this.outputStream({ features: Bits(wordFeatures * this.params.operandBits), last: Bool() });

  override get doc(): string {
    const { rows, columns, headDim, maxKeys } = this.params;
    return `Attention over chosen keys, up to ${maxKeys} of ${headDim} features, on ${rows} x ${columns} multipliers.`;
  }

  build(): void {
    const feeder = this.instance(TileFeeder, this.params);
    const control = this.control();
    const { bank: keyBank, groupCount } = this.keyStore(control);
    const values = this.valueStore(control);
    const queryBank = this.queryStore(control, feeder);
    this.masked(control, feeder, groupCount);

    const drain = this.instance(TileDrain, this.params);
    const { active, isScore, last, tileEnds, bank, featureTile } = feeder.reads;
    drive(drain.step, { active, isScore, last, tileEnds, bank });
    drain.featureTile?.set(featureTile);
    feeder.readKeys.live.forEach((live, c) => drain.live[c]!.set(live));
    feeder.readKeys.group.forEach((group, c) => drain.group[c]!.set(group));
    const lanes = Array.from({ length: this.params.rows }, () => this.instance(SoftmaxLane, { scoreBits: this.format.scoreBits, maxKeys: this.format.tileWords, blackBox: this.params.blackBoxMemories }));
    this.keyReads(control, feeder, keyBank, queryBank);
    const wordCounts = this.valueReads(control, feeder, drain, values, lanes);
    const outputs = this.outputRows(control, feeder);
    feeder.valuesReady.set(this.probabilitiesReady(feeder, lanes.at(-1)!).and(outputs.free));
    const array = this.array(feeder, keyBank, queryBank, values, lanes);
    this.results(control, drain, array, lanes, wordCounts, outputs);
  }

  private control(): Ports<ExecutionControl> {
    const control = this.instance(ExecutionControl, this.params);
    connect(this.head, control.head);
    return control;
  }

  /** The keys, and how many groups of the array's columns those of the head that runs are. */
  private keyStore(control: Ports<ExecutionControl>): { readonly bank: Ports<KeyBank>; readonly groupCount: UInt } {
    const { columns, headDim, operandBits, blackBoxMemories } = this.params;
    const { groupCountBits, words } = this.format;
    const writer = this.instance(VectorWriter, { headDim, operandBits, wordFeatures });
    this.taken(this.keys, writer, control.takesKeys);
    control.keyWritten.set(writer.written);
    const bank = this.instance(KeyBank, { wordBits: wordFeatures * operandBits, lanes: [columns], ...bankedGroups(this.format, keyBanks), folds: words, sparse: true, blackBox: blackBoxMemories });
    const { lane, lap } = this.place(columns, groupCountBits, writer.written, control.newKeys);
    this.written(bank, writer, lane, bankedGroup(control.loadBank, resized(lap, this.format.groupBits)));
    const groupCount = this.reg(UInt(groupCountBits), { reset: "none", enable: control.begins });
    groupCount.set(mux(lane.bit(0), lap, lap.addWrap(1n)));
    return { bank, groupCount };
  }

  private valueStore(control: Ports<ExecutionControl>): Ports<KeyBank> {
    const { columns, headDim, operandBits, maxKeys, blackBoxMemories } = this.params;
    const { keyBits, featureTiles } = this.format;
    const writer = this.instance(VectorWriter, { headDim, operandBits, wordFeatures: columns });
    this.taken(this.values, writer, control.takesValues);
    control.valueWritten.set(writer.written);
    const bank = this.instance(KeyBank, { wordBits: columns * operandBits, lanes: [1], ...bankedGroups({ groups: maxKeys, groupBits: keyBits }, keyBanks), folds: featureTiles, sparse: false, blackBox: blackBoxMemories });
    const { lane, lap } = this.place(1, keyBits, writer.written, control.newKeys);
    this.written(bank, writer, lane, bankedGroup(control.loadBank, lap));
    return bank;
  }

  /** Two tiles of queries: one is read while the next one comes. */
  private queryStore(control: Ports<ExecutionControl>, feeder: Ports<TileFeeder>): Ports<KeyBank> {
    const { rows, headDim, operandBits, blackBoxMemories } = this.params;
    const { words } = this.format;
    const writer = this.instance(VectorWriter, { headDim, operandBits, wordFeatures });
    const bank = this.instance(KeyBank, { wordBits: wordFeatures * operandBits, lanes: [rows], groups: 2, groupBits: 1, folds: words, sparse: false, blackBox: blackBoxMemories });
    /** Tiles that are there and not yet read to their end; whose keys have not all been chosen. */
    const there = this.reg(UInt(2), { reset: 0n });
    const unchosen = this.reg(UInt(2), { reset: 0n });
    this.taken(this.queries, writer, control.takesRows.and(there.ne(2n)));
    control.rowTaken.set(writer.written);
    const row = this.reg(Bits(rows), { reset: 1n });
    const half = this.reg(UInt(1), { reset: 0n });
    const tileEnds = writer.written.and(row.bit(rows - 1).or(control.lastRow));
    when(writer.written, () => row.set(mux(tileEnds, literal(row.type, 1n), rotated(row))));
    when(tileEnds, () => half.set(half.not()));
    const { reads } = feeder;
    countUpDown(there, tileEnds, reads.active.and(reads.isScore).and(reads.last).and(reads.tileEnds));
    feeder.tiles.valid.set(unchosen.ne(0n));
    countUpDown(unchosen, tileEnds, feeder.tiles.fire());
    this.written(bank, writer, row, half);
    return bank;
  }

  private masked(control: Ports<ExecutionControl>, feeder: Ports<TileFeeder>, groupCount: UInt): void {
    const { rows, columns, masksFollow, blackBoxMemories } = this.params;
    const { groups, groupBits } = this.format;
    const tiles = this.instance(TileMasks, { rows, columns, groups, groupBits, limited: !masksFollow, blackBox: blackBoxMemories });
    tiles.masks.valid.set(this.masks.valid.and(control.takesMasks));
    this.masks.ready.set(tiles.masks.ready.and(control.takesMasks));
    drive(tiles.masks.payload, this.masks.payload);
    const rowEnds = this.masks.fire().and(this.masks.payload.last);
    const row = this.reg(Bits(rows), { reset: 1n });
    const endsTile = row.bit(rows - 1).or(control.lastMask);
    when(rowEnds, () => row.set(mux(endsTile, literal(row.type, 1n), rotated(row))));
    control.rowMasked.set(rowEnds);
    tiles.endsTile.set(endsTile);
    tiles.groupCount.set(groupCount);
    tiles.listTaken?.set(feeder.tiles.fire());
    tiles.lists.forEach((list, c) => connect(list, feeder.lists[c]!));
  }

  /** Keys and queries are read a word of features at a time. */
  private keyReads({ runBank }: Ports<ExecutionControl>, { reads, readKeys }: Ports<TileFeeder>, keys: Ports<KeyBank>, queries: Ports<KeyBank>): void {
    const { words, wordBits } = this.format;
    const lane = log2Ceil(wordFeatures);
    const starts = reads.active.and(reads.isScore).and(reads.real).and(reads.index.bits(lane - 1, 0).eq(0n));
    const word = words === 1 ? null : resized(reads.index.shr(lane), wordBits);
    keys.read.set(starts);
    readKeys.live.forEach((live, c) => {
      keys.live![c]!.set(live);
      keys.readAddress[c]!.set(keyAddress(null, bankedGroup(runBank, readKeys.group[c]!), word));
    });
    queries.read.set(starts);
    queries.readAddress.forEach((address) => address.set(keyAddress(null, reads.bank.asUInt(), word)));
  }

  /** Values are read by the list of a tile's keys, a cycle after it; probabilities with them. */
  private valueReads({ runBank }: Ports<ExecutionControl>, feeder: Ports<TileFeeder>, drain: Ports<TileDrain>, values: Ports<KeyBank>, lanes: readonly Ports<SoftmaxLane>[]): readonly UInt[] {
    const { blackBoxMemories } = this.params;
    const { keyBits, tileWords, wordCountBits } = this.format;
    const { toRead, reads } = feeder;
    const indexBits = wordIndexBits({ maxKeys: tileWords });
    const list = this.memory(UInt(keyBits), { depth: 2 ** indexBits + tileWords, blackBox: blackBoxMemories });
    const at = this.reg(UInt(indexBits), { reset: 0n });
    const wordCounts = this.reg(Vec(2, UInt(wordCountBits)), { reset: "none" });
    const { score, scoreLast, bank } = drain.result;
    when(score, () => {
      list.write(pack([at, bank]).asUInt(), drain.key);
      at.set(mux(scoreLast, literal(at.type, 0n), at.addWrap(1n)));
    });
    const count = resized(at.zext(Math.max(indexBits, wordCountBits) + 1).addWrap(1n), wordCountBits);
    when(scoreLast.and(bank.not()), () => wordCounts[0]!.set(count));
    when(scoreLast.and(bank), () => wordCounts[1]!.set(count));
    const isValue = (step: typeof reads): Bool => step.active.and(step.isScore.not()).and(step.real);
    const key = list.read(pack([resized(toRead.index, indexBits), toRead.bank]).asUInt(), isValue(toRead));
    values.read.set(isValue(reads));
    values.readAddress[0]!.set(keyAddress(null, bankedGroup(runBank, key), this.format.featureTiles === 1 ? null : reads.featureTile));
    lanes.forEach((lane) => {
      lane.read.set(isValue(reads));
      lane.readBank.set(reads.bank);
      lane.readIndex.set(resized(reads.index, indexBits));
    });
    feeder.wordCount.set(mux(feeder.valueBank, wordCounts[1]!, wordCounts[0]!));
    return wordCounts;
  }

  /**
   * When a tile's scores may begin, and whether the probabilities of the next tile of P.V are there.
   * @param done the last row's lane.
   */
  private probabilitiesReady(feeder: Ports<TileFeeder>, done: Ports<SoftmaxLane>): Bool {
    /** A tile's scores have begun to come, and its probabilities are not all there. */
    const forming = this.reg(Bool(), { reset: 0n });
    /** A bank has a tile whose last run of P.V has not been chosen; whose probabilities are there. */
    const taken = this.reg(Vec(2, Bool()), { reset: 0n });
    const ready = this.reg(Vec(2, Bool()), { reset: 0n });
    when(done.done, () => forming.set(0n));
    when(feeder.scoresBegin, () => forming.set(1n));
    for (const b of [0, 1]) {
      const isBank = (bank: Bool): Bool => (b === 0 ? bank.not() : bank);
      when(feeder.valuesEnd.and(isBank(feeder.valueBank)), () => taken[b]!.set(0n));
      when(feeder.scoresBegin.and(isBank(feeder.scoreBank)), () => taken[b]!.set(1n));
      when(feeder.valuesBegin.and(isBank(feeder.valueBank)), () => ready[b]!.set(0n));
      when(done.done.and(isBank(done.doneBank)), () => ready[b]!.set(1n));
    }
    feeder.scoresFree.set(forming.not().and(mux(feeder.scoreBank, taken[1]!, taken[0]!).not()));
    return mux(feeder.valueBank, ready[1]!, ready[0]!);
  }

  private outputRows(control: Ports<ExecutionControl>, feeder: Ports<TileFeeder>): Ports<OutputRows> {
    const outputs = this.instance(OutputRows, this.params);
    outputs.begins.set(feeder.valuesBegin);
    outputs.rowCount.set(resized(control.tileRows, outputs.rowCount.width));
    control.tileDone.set(outputs.tileDone);
    connect(outputs.outputs, this.outputs);
    // A head has left when its last word is offered, and whoever resets by waiting must not leave that word behind.
    this.busy.set(control.hasHead.or(outputs.outputs.valid));
    return outputs;
  }

  private array(feeder: Ports<TileFeeder>, keys: Ports<KeyBank>, queries: Ports<KeyBank>, values: Ports<KeyBank>, lanes: readonly Ports<SoftmaxLane>[]): Ports<PeArray> {
    const { rows, columns, operandBits } = this.params;
    const { aBits, accumulatorBits } = this.format;
    const array = this.instance(PeArray, { aBits, bBits: operandBits, accumulatorBits, columns, rows });
    const { feeds } = feeder;
    const at = feeds.index.bits(log2Ceil(wordFeatures) - 1, 0).asUInt();
    const feature = (word: Bits): SInt => select(unpack(Vec(wordFeatures, Bits(operandBits)), word), at).asSInt();
    const a = queries.word.map((word, r) => mux(feeds.isScore, feature(word).sext(aBits), lanes[r]!.probability.zext(aBits).asSInt()));
    const b = keys.word.map((word, c) => mux(feeds.isScore, feature(word), values.word[0]!.bits((c + 1) * operandBits - 1, c * operandBits).asSInt()));
    const isStep = feeds.active.and(feeds.real);
    this.active.set(isStep);
    const live = lanes.map((lane) => isStep.and(feeds.isScore.or(lane.probability.ne(0n))));
    array.a.set(pack(a));
    array.b.set(pack(b));
    array.live.set(pack(live));
    array.first.set(feeds.active.and(feeds.first));
    array.last.set(feeds.active.and(feeds.last));
    array.mask.set(feeder.mask);
    return array;
  }

  /** Scores go to the rows' lanes of softmax, numerators to their dividers. */
  private results(control: Ports<ExecutionControl>, drain: Ports<TileDrain>, array: Ports<PeArray>, lanes: readonly Ports<SoftmaxLane>[], wordCounts: readonly UInt[], outputs: Ports<OutputRows>): void {
    const { rows, operandBits } = this.params;
    const maxKeys = this.format.tileWords;
    const skew = this.instance(SkewRegisters, { items: rows, width: 4, resets: true });
    const { score, scoreLast, value, bank } = drain.result;
    skew.in.set(pack(Array.from({ length: rows }, () => pack([score, scoreLast, value, bank]))));
    lanes.forEach((lane, r) => {
      const [isScore, isLast, isValue, isSecond] = [0, 1, 2, 3].map((i) => skew.out.bit(4 * r + i)) as [Bool, Bool, Bool, Bool];
      const { kept, sum } = array.results[r]!;
      lane.clear.set(control.begins);
      lane.scale.set(control.scale);
      lane.shift.set(control.shift);
      lane.valid.set(isScore);
      lane.last.set(isLast);
      lane.live.set(kept);
      lane.score.set(sum.trunc(this.format.scoreBits));
      lane.scoreBank.set(isSecond);
      const starts = this.later(isScore.and(isLast), "0");
      const startBank = this.later(isSecond, "none");
      lane.start.set(starts);
      lane.startBank.set(startBank);
      lane.words.set(mux(startBank, wordCounts[1]!, wordCounts[0]!));
      const divider = this.instance(RoundingDivider, { operandBits, denominatorBits: denominatorBits({ maxKeys }), bitsPerStage: quotientBitsPerStage });
      divider.enable.set(1n);
      divider.valid.set(isValue);
      const wide = numeratorBits({ operandBits, denominatorBits: denominatorBits({ maxKeys }) });
      divider.numerator.set(sum.width > wide ? sum.trunc(wide) : sum.sext(wide));
      divider.denominator.set(mux(isSecond, lane.denominators[1]!, lane.denominators[0]!));
      outputs.valid[r]!.set(divider.quotientValid);
      outputs.quotient[r]!.set(divider.quotient);
    });
  }

  private taken(stream: Execution["keys"], writer: Ports<VectorWriter>, takes: Bool): void {
    writer.vectors.valid.set(stream.valid.and(takes));
    stream.ready.set(writer.vectors.ready.and(takes));
    writer.vectors.payload.features.set(stream.payload.features);
  }

  private written(bank: Ports<KeyBank>, writer: Ports<VectorWriter>, lane: Bits, group: UInt): void {
    bank.write.set(writer.write);
    bank.writeLane.set(lane);
    bank.writeGroup.set(group);
    bank.writeFold?.set(writer.at!);
    bank.writeWord.set(writer.word);
  }

  /** One-hot lane, and how often all lanes had their turn. */
  private place(lanes: number, lapBits: number, written: Bool, restarts: Bool): { readonly lane: Bits; readonly lap: UInt } {
    const lane = this.reg(Bits(lanes), { reset: "none" });
    const lap = this.reg(UInt(lapBits), { reset: "none" });
    when(written, () => {
      lane.set(rotated(lane));
      when(lane.bit(lanes - 1), () => lap.set(lap.addWrap(1n)));
    });
    when(restarts, () => {
      lane.set(1n);
      lap.set(0n);
    });
    return { lane, lap };
  }

  private later(signal: Bool, reset: "0" | "none"): Bool {
    const next = this.reg<Type>(signal.type, { reset: reset === "0" ? 0n : "none" }) as Signal as Bool;
    next.set(signal);
    return next;
  }
}

/** The one bit that is set, one place on. */
function rotated(lane: Bits): Bits {
  return lane.width === 1 ? lane : concat(lane.bits(lane.width - 2, 0), lane.bit(lane.width - 1));
}
