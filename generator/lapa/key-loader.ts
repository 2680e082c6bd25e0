/** Cuts the keys of a head into what each round reads of them, and says where each goes. */

import { Bits, Bool, concat, literal, log2Ceil, pack, select, UInt, when } from "lapa";
import { LibraryModule } from "../lib/library-module";
import { codeLayout } from "./aloc-format";
import { FoldCounter } from "./fold-counter";
import { keyWordBits, offsetSlice } from "./mrsa";
import { type SpeculationFormat, speculationFormat, type SpeculationParameters } from "./speculation-format";
import { formatOf, VectorEncoder } from "./vector-encoder";

/** Cycles from a key's coming to its first word, where nothing stalls. */
export { vectorEncoderLatency as keyLoaderLatency } from "./vector-encoder";

/**
 * Takes a key every `folds` cycles and writes it into the banks of all rounds at once. Key j goes to lane j mod K_0, as its
 * group j div K_0.
 */
export class KeyLoader extends LibraryModule<SpeculationParameters> {
  private readonly unit: SpeculationFormat = speculationFormat(this.params);
  private readonly firstLanes = this.unit.rounds[0]!.lanes;
  readonly keys = this.inputStream({ features: Bits(this.params.headDim * this.params.operandBits) });
  /** The next key is the head's first. */
  readonly newHead = this.input(Bool());
  readonly write = this.output(Bool());
  /** The key's last word is written. */
  readonly written = this.output(Bool());
  readonly lane = this.output(Bits(this.firstLanes));
  readonly group = this.output(UInt(this.unit.groupBits));
  readonly fold = this.unit.folds > 1 ? this.output(UInt(log2Ceil(this.unit.folds))) : null;
  readonly words = this.unit.rounds.map(({ sliceBits }) => this.output(Bits(keyWordBits({ ...this.params, sliceBits }))));

  override get doc(): string {
    return "Cuts keys into what each round reads of them.";
  }

  build(): void {
    const { folds } = this.unit;
    const source = this.params.logSide === "query" ? this.slices() : this.codes();
    const folding = folds > 1 ? this.instance(FoldCounter, { folds }) : null;
    folding?.step.set(source.valid);
    const written = folding === null ? source.valid : source.valid.and(folding.isLast);
    source.ready.set(folding === null ? literal(Bool(), 1n) : folding.isLast);
    this.write.set(source.valid);
    this.written.set(written);
    this.fold?.set(folding!.fold);
    this.words.forEach((word, r) => word.set(select(source.wordsOf(r), folding?.fold ?? literal(UInt(1), 0n))));
    this.place(written);
  }

  /** One-hot lane and group of the next key. */
  private place(written: Bool): void {
    const lanes = this.firstLanes;
    const lane = this.reg(Bits(lanes), { reset: "none" });
    const group = this.reg(this.group.type, { reset: "none" });
    const around = lanes === 1 ? lane : concat(lane.bits(lanes - 2, 0), lane.bit(lanes - 1));
    when(written, () => {
      lane.set(around);
      when(lane.bit(lanes - 1), () => group.set(group.addWrap(1n)));
    });
    when(this.newHead, () => {
      lane.set(1n);
      group.set(0n);
    });
    this.lane.set(lane);
    this.group.set(group);
  }

  /** Keys are the linear operand: for each round a slice of each feature. */
  private slices(): Source {
    const { operandBits, headDim } = this.params;
    const features = Array.from({ length: headDim }, (_, i) => this.keys.payload.features.bits((i + 1) * operandBits - 1, i * operandBits));
    return {
      valid: this.keys.valid, ready: this.keys.ready,
      wordsOf: (r) => this.byFold(features.map((f) => offsetSlice(f, this.unit.rounds[r]!)), 0n),
    };
  }

  /** Keys are the log operand: codes, and the sums of their powers of two. Every round reads all of it. */
  private codes(): Source {
    const { headDim } = this.params;
    const encoder = this.instance(VectorEncoder, { ...formatOf(this.params), headDim });
    encoder.in.valid.set(this.keys.valid);
    this.keys.ready.set(encoder.in.ready);
    encoder.in.payload.features.set(this.keys.payload.features);
    const { codeBits } = codeLayout(this.params);
    const { codes, positive, negative } = encoder.out.payload;
    const each = Array.from({ length: headDim }, (_, i) => codes.bits((i + 1) * codeBits - 1, i * codeBits));
    // All ones stand for zero, with sign 0.
    const zeroCode = (1n << BigInt(codeBits - 1)) - 1n;
    const words = this.byFold(each, zeroCode).map((word) => concat(negative, positive, word));
    return { valid: encoder.out.valid, ready: encoder.out.ready, wordsOf: () => words };
  }

  /** The words of all folds; the last one is filled up with `padding`. */
  private byFold(items: readonly Bits[], padding: bigint): Bits[] {
    const { featuresPerCycle } = this.params;
    const type = items[0]!.type;
    return Array.from({ length: this.unit.folds }, (_, f) =>
      pack(Array.from({ length: featuresPerCycle }, (_, i) => items[f * featuresPerCycle + i] ?? literal(type, padding))));
  }
}

/** Keys as they are written: for each round a word a fold. */
interface Source {
  readonly valid: Bool;
  readonly ready: Bool;
  readonly wordsOf: (round: number) => readonly Bits[];
}
