/** MRSA, one round: as many columns as keys a cycle, and what they share. */

import { Bits, Bool, concat, literal, log2Ceil, pack, type Ports, select, type Signal, SInt, type Type, UInt, unsignedWidth, Vec } from "lapa";
import { LibraryModule } from "../lib/library-module";
import { resized } from "../lib/sums";
import { codeLayout } from "./aloc-format";
import { selectionOf } from "./code-selection";
import type { AlocFormat, LogSide } from "./config";
import { columnLatency, MrsaColumn } from "./mrsa-column";
import { largestCoefficient } from "./speculation-format";

export type MrsaParameters = AlocFormat & {
  readonly logSide: LogSide;
  /** d. */
  readonly headDim: number;
  readonly featuresPerCycle: number;
  /** Keys at a time. */
  readonly lanes: number;
  /** D_r, and p_r = D_1 + .. + D_r. */
  readonly sliceBits: number;
  readonly prefixBits: number;
  /** Of S^r, signed. */
  readonly scoreBits: number;
  /** Of S^(r-1), signed; 0 in the first round. */
  readonly previousBits: number;
  readonly treeRegisters: number;
};

/** Sums of the powers of two that the codes of a vector stand for: of those without a sign, and of those with one. */
export interface PowerSums {
  /** Null where it does not matter: in all rounds but the first. */
  readonly positive: UInt | null;
  readonly negative: UInt;
}

/** Bits of each of the power sums. */
export function powerSumBits(params: AlocFormat & Pick<MrsaParameters, "headDim">): number {
  return unsignedWidth(BigInt(params.headDim) * largestCoefficient(params));
}

/** Bits of what a round has of a key for one cycle: slices, or codes and then power sums. */
export function keyWordBits(params: AlocFormat & Pick<MrsaParameters, "logSide" | "headDim" | "featuresPerCycle" | "sliceBits">): number {
  const { logSide, featuresPerCycle, sliceBits } = params;
  return logSide === "query" ? featuresPerCycle * sliceBits : featuresPerCycle * codeLayout(params).codeBits + 2 * powerSumBits(params);
}

/** Bits of what comes with a row: codes, or features. */
export function rowOperandBits(params: AlocFormat & Pick<MrsaParameters, "logSide" | "headDim">): number {
  return params.headDim * (params.logSide === "query" ? codeLayout(params).codeBits : params.operandBits);
}

/** Cycles from a step's issue to its scores: a cycle to read the keys, and the columns. */
export function mrsaLatency(params: Pick<MrsaParameters, "treeRegisters">): number {
  return 1 + columnLatency(params);
}

/** Slice `slice_r` of a linear operand, as an unsigned number: the first one plus 2^(D-1). */
export function offsetSlice(operand: Bits, { prefixBits, sliceBits }: Pick<MrsaParameters, "prefixBits" | "sliceBits">): Bits {
  const lo = operand.width - prefixBits;
  const slice = operand.bits(lo + sliceBits - 1, lo);
  if (prefixBits > sliceBits) return slice;
  const top = slice.bit(sliceBits - 1).not();
  return sliceBits === 1 ? top.asBits() : concat(top, slice.bits(sliceBits - 2, 0));
}

/**
 * A step is a group of keys, and takes ceil(d / featuresPerCycle) cycles, the folds. `step` and what belongs to it come when
 * it is issued, together with the address to the key memories; `keys` comes one cycle later, as the memories give it.
 */
export class Mrsa extends LibraryModule<MrsaParameters> {
  private readonly isFirst = this.params.prefixBits === this.params.sliceBits;
  private readonly folds = Math.ceil(this.params.headDim / this.params.featuresPerCycle);
  private readonly previousType = this.params.previousBits === 0 ? null : Vec(this.params.lanes, SInt(this.params.previousBits));
  /** Not there where nothing depends on it: with one fold in the first round. */
  readonly step = this.folds === 1 && this.previousType === null ? null : this.input(Bool());
  /** With the step's first cycle, where it is the first of a row: the row's operand is taken. */
  readonly start = this.input(Bool());
  readonly fold = this.folds === 1 ? null : this.input(UInt(log2Ceil(this.folds)));
  readonly row = this.input(Bits(rowOperandBits(this.params)));
  /** Of the row's codes; not there where the keys have the codes, the first one only in the first round. */
  readonly positive = this.params.logSide === "query" && this.isFirst ? this.input(UInt(powerSumBits(this.params))) : null;
  readonly negative = this.params.logSide === "query" ? this.input(UInt(powerSumBits(this.params))) : null;
  /** S^(r-1) of the keys; not there in the first round. */
  readonly previous = this.previousType === null ? null : this.input(this.previousType);
  readonly keys = this.input(Vec(this.params.lanes, Bits(keyWordBits(this.params))));
  readonly score = this.output(Vec(this.params.lanes, SInt(this.params.scoreBits)));

  override get doc(): string {
    const { lanes, headDim, sliceBits } = this.params;
    return `One round of MRSA: adds ${sliceBits} bits of ${headDim} features to the scores of ${lanes} keys.`;
  }

  override get latency(): number {
    return mrsaLatency(this.params);
  }

  build(): void {
    const fold = this.foldOfKeys();
    const operands = this.params.logSide === "query" ? this.byQuery(fold) : this.byKey(fold);
    const first = fold === null ? null : this.delayed(fold.eq(0n));
    for (let k = 0; k < this.params.lanes; k++) {
      const { slices, selections, correction } = operands(k);
      const column = this.column();
      const base = this.base(k, correction);
      column.slices.set(slices);
      column.selections.set(selections);
      column.base.set(this.delayed(base));
      if (first !== null) column.first!.set(first);
      this.score[k]!.set(column.score);
    }
  }

  private column(): Ports<MrsaColumn> {
    const { operandBits, rounding, terms, window, featuresPerCycle, sliceBits, scoreBits, treeRegisters } = this.params;
    return this.instance(MrsaColumn, { operandBits, rounding, terms, window, features: featuresPerCycle, sliceBits, scoreBits, folds: this.folds, treeRegisters });
  }

  /** Which features the keys are of; null where they are always all. */
  private foldOfKeys(): UInt | null {
    if (this.fold === null) return null;
    const keysFold = this.reg(this.fold.type, { reset: "none", enable: this.step! });
    keysFold.set(this.fold);
    return keysFold;
  }

  /** The row has the codes: all columns share their selections and their correction. */
  private byQuery(fold: UInt | null): (lane: number) => Operands {
    const { headDim } = this.params;
    const { codeBits } = codeLayout(this.params);
    const decoded = Array.from({ length: headDim }, (_, i) => selectionOf(part(this.row, i, codeBits), this.params));
    const all = pack(padded(decoded, this.folds * this.params.featuresPerCycle));
    const rowSelections = this.reg(all.type, { reset: "none", enable: this.start });
    rowSelections.set(all);
    const rowCorrection = this.reg(SInt(this.params.scoreBits), { reset: "none", enable: this.start });
    rowCorrection.set(this.correction({ positive: this.positive, negative: this.negative! }));
    const selections = atFold(rowSelections, fold, this.folds);
    return (k) => ({ slices: this.keys[k]!, selections, correction: rowCorrection });
  }

  /** The keys have the codes: all columns share the slices of the row. */
  private byKey(fold: UInt | null): (lane: number) => Operands {
    const { headDim, operandBits, featuresPerCycle } = this.params;
    const { codeBits } = codeLayout(this.params);
    const sliced = Array.from({ length: headDim }, (_, i) => offsetSlice(part(this.row, i, operandBits), this.params));
    const all = pack(padded(sliced, this.folds * featuresPerCycle));
    const rowSlices = this.reg(all.type, { reset: "none", enable: this.start });
    rowSlices.set(all);
    const slices = atFold(rowSlices, fold, this.folds);
    return (k) => {
      const key = this.keys[k]!;
      const selections = pack(Array.from({ length: featuresPerCycle }, (_, i) => selectionOf(part(key, i, codeBits), this.params)));
      const sums = powerSumBits(this.params);
      const [positive, negative] = [0, 1].map((i) => key.bits(featuresPerCycle * codeBits + (i + 1) * sums - 1, featuresPerCycle * codeBits + i * sums).asUInt());
      return { slices, selections, correction: this.correction({ positive: positive!, negative: negative! }) };
    };
  }

  /** What the columns leave out of a key's sum: see MrsaColumn. Modulo 2^scoreBits, as all scores are. */
  private correction({ positive, negative }: PowerSums): SInt {
    const { sliceBits, scoreBits } = this.params;
    const inversions = resized(negative, scoreBits);
    const excess = this.isFirst ? positive!.add(negative).shl(sliceBits - 1) : negative.shl(sliceBits);
    return inversions.subWrap(resized(excess, scoreBits)).asSInt();
  }

  /** What a key's score starts from, one cycle after the step. */
  private base(k: number, correction: SInt): SInt {
    if (this.previous === null) return correction;
    const { scoreBits, sliceBits } = this.params;
    const isKeys = this.fold === null ? this.step! : this.step!.and(this.fold.eq(0n));
    const previous = this.reg(this.previous[k]!.type, { reset: "none", enable: isKeys });
    previous.set(this.previous[k]!);
    return previous.sext(scoreBits - sliceBits).shl(sliceBits).addWrap(correction);
  }

  /** From beside the keys to beside the last level of the columns' trees. */
  private delayed<T extends Signal>(signal: T): T {
    let stage = signal;
    for (let i = 0; i < 1 + this.params.treeRegisters; i++) {
      const next = this.reg<Type>(stage.type, { reset: "none" }) as Signal as T;
      next.set(stage);
      stage = next;
    }
    return stage;
  }
}

interface Operands {
  readonly slices: Bits;
  readonly selections: Bits;
  readonly correction: SInt;
}

/** Part i of equal parts. */
function part(bits: Bits, i: number, width: number): Bits {
  return bits.bits((i + 1) * width - 1, i * width);
}

/** Zeros behind the last item, which contribute nothing: no exponent is selected, or no bit is shifted. */
function padded(items: readonly Bits[], length: number): Bits[] {
  return [...items, ...Array.from({ length: length - items.length }, () => literal(items[0]!.type, 0n))];
}

function atFold(all: Bits, fold: UInt | null, folds: number): Bits {
  if (fold === null) return all;
  return select(Array.from({ length: folds }, (_, i) => part(all, i, all.width / folds)), fold);
}
