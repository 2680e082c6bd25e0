/** One ALOC product: encoder and shifter, combinational. */

import { Bits, SInt, signedWidth } from "lapa";
import { adderTree } from "../lib/adder-tree";
import { LibraryModule } from "../lib/library-module";
import { AlocEncoder } from "./aloc-encoder";
import { codeLayout, largestTerm } from "./aloc-format";
import { AlocShifter, productOf } from "./aloc-shifter";
import type { AlocFormat, LogSide } from "./config";

export type AlocParameters = AlocFormat & {
  /** Which operand of attention x is. The arithmetic is the same. */
  readonly logSide: LogSide;
};

/**
 * x, y -> code of x, product of y and x's leading one.
 * @throws UserError when the format is illegal or has a window, which belongs to a row.
 */
export class Aloc extends LibraryModule<AlocParameters> {
  readonly x = this.input(SInt(this.params.operandBits));
  readonly y = this.input(SInt(this.params.operandBits));
  readonly code = this.output(Bits(codeLayout(this.params).codeBits));
  readonly product = this.output(SInt(signedWidth(largestTerm(this.params))));

  override get doc(): string {
    const [log, linear] = this.params.logSide === "query" ? ["query", "key"] : ["key", "query"];
    return `y (an element of a ${linear}) times the signed leading one of x (an element of a ${log}).`;
  }

  override get latency(): number {
    return 0;
  }

  build(): void {
    const { operandBits, rounding, terms, window } = this.params;
    const format = { operandBits, rounding, terms, window };
    const encoder = this.instance(AlocEncoder, format);
    encoder.x.set(this.x);
    this.code.set(encoder.code);

    const shifter = this.instance(AlocShifter, format);
    shifter.y.set(this.y);
    shifter.code.set(encoder.code);
    this.product.set(adderTree([productOf(shifter, format)]));
  }
}
