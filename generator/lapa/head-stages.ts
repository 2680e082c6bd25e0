/** One head runs while the next one is loaded. */

import { Bool, when } from "lapa";
import { LibraryModule } from "../lib/library-module";

export type HeadStagesParameters = {
  /** Heads that there is memory for: with two, one is loaded while the other runs; with one, after it has left. */
  readonly keyBanks: KeyBanks;
};

export type KeyBanks = 1 | 2;

/**
 * A head is taken when the stage that loads is idle. When all that it brings is there and the head before has left, it
 * begins: registers go over to the stage that runs, and the next head may be taken. A head that brings keys goes into the
 * bank that does not run; one without has those that were loaded last.
 */
export class HeadStages extends LibraryModule<HeadStagesParameters> {
  private readonly isDouble = this.params.keyBanks === 2;
  readonly head = this.inputStream({});
  readonly bringsKeys = this.isDouble ? this.input(Bool()) : null;
  /** All that the head brings is written; read while `loads`. */
  readonly written = this.input(Bool());
  /** All rows have left; read while `runs`. */
  readonly left = this.input(Bool());
  readonly loads = this.output(Bool());
  readonly runs = this.output(Bool());
  /** The head that was loaded runs from the next cycle on. */
  readonly begins = this.output(Bool());
  /** The banks of the two stages. */
  readonly loadBank = this.isDouble ? this.output(Bool()) : null;
  readonly runBank = this.isDouble ? this.output(Bool()) : null;

  override get doc(): string {
    return this.isDouble ? "Loads a head while another one runs." : "Loads a head, then runs it.";
  }

  build(): void {
    const loads = this.reg(Bool(), { reset: 0n });
    const runs = this.reg(Bool(), { reset: 0n });
    const begins = loads.and(this.written).and(runs.not());
    when(begins, () => loads.set(0n));
    when(this.head.fire(), () => loads.set(1n));
    when(this.left, () => runs.set(0n));
    when(begins, () => runs.set(1n));
    this.head.ready.set(this.isDouble ? loads.not() : loads.or(runs).not());
    this.loads.set(loads);
    this.runs.set(runs);
    this.begins.set(begins);
    this.banks(begins);
  }

  private banks(begins: Bool): void {
    if (this.loadBank === null) return;
    const loadBank = this.reg(Bool(), { reset: 0n });
    const runBank = this.reg(Bool(), { reset: "none", enable: begins });
    when(this.head.fire().and(this.bringsKeys!), () => loadBank.set(loadBank.not()));
    runBank.set(loadBank);
    this.loadBank.set(loadBank);
    this.runBank!.set(runBank);
  }
}
