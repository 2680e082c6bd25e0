import { Bool, when } from "lapa";
import { LibraryModule } from "./library-module";

/**
 * Two consumers of one stream, each of which takes every word, when it can; the word goes when both have it. What belongs to
 * the word goes past: it stays until then.
 */
export class Fork extends LibraryModule {
  readonly in = this.inputStream({});
  readonly a = this.outputStream({});
  readonly b = this.outputStream({});

  override get doc(): string {
    return "Hands every word to two consumers.";
  }

  build(): void {
    /** The word at hand has been taken there. */
    const aHas = this.reg(Bool(), { reset: 0n });
    const bHas = this.reg(Bool(), { reset: 0n });
    this.a.valid.set(this.in.valid.and(aHas.not()));
    this.b.valid.set(this.in.valid.and(bHas.not()));
    const aDone = aHas.or(this.a.ready);
    const bDone = bHas.or(this.b.ready);
    const goes = aDone.and(bDone);
    this.in.ready.set(goes);
    when(this.in.valid, () => {
      aHas.set(aDone.and(goes.not()));
      bHas.set(bDone.and(goes.not()));
    });
  }
}
