import { Bool, literal, log2Ceil, mux, UInt } from "lapa";
import { LibraryModule } from "../lib/library-module";

/** Which of a step's cycles this is: each takes as many features of the keys as fit. */
export class FoldCounter extends LibraryModule<{ folds: number }> {
  readonly step = this.input(Bool());
  readonly fold = this.output(UInt(log2Ceil(this.params.folds)));
  readonly isLast = this.output(Bool());

  override get doc(): string {
    return `Counts the ${this.params.folds} cycles that a key takes.`;
  }

  build(): void {
    const fold = this.reg(this.fold.type, { reset: 0n, enable: this.step });
    const isLast = fold.eq(BigInt(this.params.folds - 1));
    fold.set(mux(isLast, literal(fold.type, 0n), fold.addWrap(1n)));
    this.fold.set(fold);
    this.isLast.set(isLast);
  }
}
