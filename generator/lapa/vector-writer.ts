import { Bits, Bool, literal, log2Ceil, pack, select, UInt } from "lapa";
import { LibraryModule } from "../lib/library-module";
import { FoldCounter } from "./fold-counter";

export type VectorWriterParameters = {
  readonly headDim: number;
  readonly operandBits: number;
  /** Features of a memory's word. */
  readonly wordFeatures: number;
};

/** Cuts a vector into a memory's words, one a cycle; the last one is filled up with zeros. The vector is taken with it. */
export class VectorWriter extends LibraryModule<VectorWriterParameters> {
  private readonly words = Math.ceil(this.params.headDim / this.params.wordFeatures);
  readonly vectors = this.inputStream({ features: Bits(this.params.headDim * this.params.operandBits) });
  readonly write = this.output(Bool());
  readonly written = this.output(Bool());
  readonly at = this.words > 1 ? this.output(UInt(log2Ceil(this.words))) : null;
  readonly word = this.output(Bits(this.params.wordFeatures * this.params.operandBits));

  override get doc(): string {
    return `Cuts vectors into words of ${this.params.wordFeatures} features.`;
  }

  build(): void {
    const { headDim, operandBits, wordFeatures } = this.params;
    const folding = this.words > 1 ? this.instance(FoldCounter, { folds: this.words }) : null;
    folding?.step.set(this.vectors.valid);
    const isLast = folding?.isLast ?? literal(Bool(), 1n);
    this.vectors.ready.set(isLast);
    this.write.set(this.vectors.valid);
    this.written.set(this.vectors.valid.and(isLast));
    this.at?.set(folding!.fold);
    const feature = (i: number): Bits => (i < headDim ? this.vectors.payload.features.bits((i + 1) * operandBits - 1, i * operandBits) : literal(Bits(operandBits), 0n));
    const words = Array.from({ length: this.words }, (_, w) => pack(Array.from({ length: wordFeatures }, (_, i) => feature(w * wordFeatures + i))));
    this.word.set(select(words, folding?.fold ?? literal(UInt(1), 0n)));
  }
}
