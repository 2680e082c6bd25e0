/** Keeps the first error until it is cleared. */

import { Bool, literal, mux, UInt, when } from "lapa";
import { LibraryModule } from "../lib/library-module";
import { any } from "../lib/sums";
import { faultCodes, streamCodes, type StreamName } from "./error-codes";
import { codeBits } from "./head-check";

/** What a stream can find: see `AxisVectors`. */
export const streamFaults = { tooShort: Bool(), tooLong: Bool(), hasHole: Bool() };
const codes = { tooShort: faultCodes.short, tooLong: faultCodes.long, hasHole: faultCodes.hole };

/** Of errors in one cycle the lowest code is kept. The flag is that of the registers. */
export class ErrorLatch extends LibraryModule {
  /** A start is refused, and why. */
  readonly refused = this.input(Bool());
  readonly refusedCode = this.input(UInt(codeBits));
  readonly keys = this.input(streamFaults);
  readonly values = this.input(streamFaults);
  readonly queries = this.input(streamFaults);
  /** The sticky flag, and that it is being cleared. */
  readonly flag = this.input(Bool());
  readonly cleared = this.input(Bool());
  readonly raise = this.output(Bool());
  readonly code = this.output(UInt(codeBits));

  override get doc(): string {
    return "Keeps the code of the first error.";
  }

  build(): void {
    const none = literal(UInt(codeBits), 0n);
    const found = (Object.keys(streamCodes) as StreamName[]).flatMap((stream) => (Object.keys(codes) as (keyof typeof codes)[])
      .map((fault) => ({ isFound: this[stream][fault], code: literal(UInt(codeBits), BigInt(streamCodes[stream] + codes[fault])) })));
    const now = [{ isFound: this.refused, code: this.refusedCode }, ...found];
    const raise = any(now.map((e) => e.isFound));
    const code = this.reg(UInt(codeBits), { reset: "none" });
    when(raise.and(this.flag.not().or(this.cleared)), () => code.set(now.reduceRight((rest, e) => mux(e.isFound, e.code, rest), none)));
    this.raise.set(raise);
    this.code.set(mux(this.flag, code, none));
  }
}
