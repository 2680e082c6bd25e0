/**
 * 5. A unit of the library inside a design: which key does a query attend to most?
 *
 * The query comes as leading-one codes, the keys one after the other. Each dot product is predicted by shifts and adds;
 * after `keys` of them the best one's index and score leave. The two units are joined by streams, so either may wait.
 */
import { Bits, Bool, connect, log2Ceil, Module, signedWidth, SInt, UInt, when } from "lapa";
import { AlocDot, type AlocDotParameters, codeLayout, largestTerm } from "lapa/units";

export class BestKey extends Module<{ headDim: number; keys: number }> {
  static readonly defaults = { headDim: 16, keys: 8 };

  private readonly dot: AlocDotParameters = {
    operandBits: 8, rounding: "floor", terms: 1, window: null, logSide: "query", headDim: this.params.headDim, treeRegisters: 2,
  };
  readonly in = this.inputStream({
    operands: Bits(this.dot.operandBits * this.dot.headDim),
    codes: Bits(codeLayout(this.dot).codeBits * this.dot.headDim),
  });
  /** Of the sum of headDim terms, each of which may be the largest. */
  private readonly score = SInt(signedWidth(BigInt(this.dot.headDim) * largestTerm(this.dot)));
  readonly out = this.outputStream({ index: UInt(Math.max(1, log2Ceil(this.params.keys))), score: this.score });

  override get doc(): string {
    return `The key of ${this.params.keys} with the highest predicted score; the first of several.`;
  }

  build(): void {
    const predictor = this.instance(AlocDot, this.dot);
    connect(this.in, predictor.in);

    const index = this.reg(this.out.payload.index.type, { reset: 0n });
    const bestIndex = this.reg(this.out.payload.index.type, { reset: "none" });
    const bestScore = this.reg(this.score, { reset: "none" });
    const done = this.reg(Bool(), { reset: 0n });

    // The next query's first score may come in the cycle in which the result leaves.
    predictor.out.ready.set(done.not().or(this.out.ready));
    const scored = predictor.out.fire();
    const score = predictor.out.payload.sum;
    const isLast = index.eq(BigInt(this.params.keys - 1));
    const isBetter = index.eq(0n).or(score.gt(bestScore));

    when(this.out.ready, () => done.set(0n));
    when(scored, () => {
      index.set(index.addWrap(1n));
      when(isBetter, () => {
        bestIndex.set(index);
        bestScore.set(score);
      });
      when(isLast, () => {
        index.set(0n);
        done.set(1n);
      });
    });
    this.out.valid.set(done);
    this.out.payload.index.set(bestIndex);
    this.out.payload.score.set(bestScore);
  }
}
