/** Encodes a vector of log operands: codes, the window's base, and the sums of their powers of two. */

import { Bits, type Bool, concat, literal, mask, mux, pack, type Signal, type Type, UInt } from "lapa";
import { leadingOne } from "../lib/leading-one";
import { LibraryModule } from "../lib/library-module";
import { PipelineControl } from "../lib/pipeline";
import { resized, tree, unsignedSum } from "../lib/sums";
import { AlocEncoder } from "./aloc-encoder";
import { codeLayout } from "./aloc-format";
import { coefficientOf, selectionOf, unpackSelection } from "./code-selection";
import type { AlocFormat } from "./config";
import { powerSumBits } from "./mrsa";
import { baseBitsOf, largestCoefficient } from "./speculation-format";

export type VectorEncoderParameters = AlocFormat & {
  /** d. */
  readonly headDim: number;
};

/** Cycles from features to codes, where nothing stalls: codes, their largest exponent, the window, the sums. */
export function vectorEncoderLatency({ window }: Pick<AlocFormat, "window">): number {
  return window === null ? 2 : 4;
}

/**
 * d features -> d codes, b, and the sums of 2^e (+ 2^e2) over the codes without a sign and with one. A vector a cycle.
 */
export class VectorEncoder extends LibraryModule<VectorEncoderParameters> {
  private readonly layout = codeLayout(this.params);
  private readonly whole: AlocFormat = { ...formatOf(this.params), window: null };
  private readonly sum = UInt(powerSumBits(this.params));
  readonly in = this.inputStream({ features: Bits(this.params.headDim * this.params.operandBits) });
  readonly out = this.outputStream({
    codes: Bits(this.params.headDim * this.layout.codeBits),
    positive: this.sum, negative: this.sum,
  });
  /** b; it comes with `out`. Not there where it is always 0. */
  readonly base = baseBitsOf(this.params) === 0 ? null : this.output(UInt(baseBitsOf(this.params)));

  override get doc(): string {
    return `Codes of ${this.params.headDim} features, and the sums of the powers of two that they stand for.`;
  }

  override get latency(): number {
    return vectorEncoderLatency(this.params);
  }

  build(): void {
    const { window } = this.params;
    const control = this.instance(PipelineControl, { stages: this.latency });
    control.in.valid.set(this.in.valid);
    this.in.ready.set(control.in.ready);
    this.out.valid.set(control.out.valid);
    control.out.ready.set(this.out.ready);
    const stage = [...control.advance];

    const encoded = this.held(pack(this.encoders()), stage[0]!);
    const [codes, base] = window === null ? [encoded, null] : this.windowed(encoded, stage.slice(1));
    const { positive, negative } = this.powerSums(codes);
    const last = stage.at(-1)!;
    const [codesOut, positiveOut, negativeOut] = [this.held(codes, last), this.held(positive, last), this.held(negative, last)];
    const baseOut = base === null ? null : this.held(base, last);
    this.out.payload.codes.set(codesOut);
    this.out.payload.positive.set(positiveOut);
    this.out.payload.negative.set(negativeOut);
    this.base?.set(baseOut!);
  }

  private encoders(): Bits[] {
    const { headDim, operandBits } = this.params;
    return Array.from({ length: headDim }, (_, i) => {
      const encoder = this.instance(AlocEncoder, this.whole);
      encoder.x.set(this.in.payload.features.bits((i + 1) * operandBits - 1, i * operandBits).asSInt());
      return encoder.code;
    });
  }

  /** Two stages: the base, then the codes that it leaves. */
  private windowed(encoded: Bits, stage: readonly Bool[]): [Bits, UInt | null] {
    const [toBase, toCodes] = [stage[0]!, stage[1]!];
    const waiting = this.held(encoded, toBase);
    const base = this.base === null ? null : this.held(this.baseOf(encoded), toBase);
    const codes = pack(this.each(waiting, this.whole).map((code) => this.lowered(code, base)));
    return [this.held(codes, toCodes), base === null ? null : this.held(base, toCodes)];
  }

  /** e_max is where the highest one of all selections is. */
  private baseOf(encoded: Bits): UInt {
    const firsts = this.each(encoded, this.whole).map((code) => unpackSelection(selectionOf(code, this.whole), this.whole).first);
    const { index } = leadingOne(tree(firsts, (a, b) => a.or(b)));
    const kept = BigInt(this.params.window! - 1);
    const type = this.base!.type;
    return mux(index.gt(kept), index.subWrap(kept).trunc(type.width), literal(type, 0n));
  }

  /** A code whose exponents count from the base; zero where the first one is below it. */
  private lowered(code: Bits, base: UInt | null): Bits {
    const { fieldBits } = codeLayout(this.whole);
    const top = code.width - 1;
    const lower = (field: Bits): Bits => {
      const zero = literal(Bits(this.layout.fieldBits), mask(this.layout.fieldBits));
      const exponent = field.asUInt();
      const isGone = base === null ? field.andR() : field.andR().or(exponent.lt(base));
      const left = base === null ? exponent : exponent.subWrap(base.zext(fieldBits));
      return mux(isGone, zero, resized(left, this.layout.fieldBits).asBits());
    };
    const first = lower(code.bits(top - 1, top - fieldBits));
    const sign = code.bit(top).and(first.andR().not());
    return this.params.terms === 1 ? concat(sign, first) : concat(sign, first, lower(code.bits(fieldBits - 1, 0)));
  }

  private powerSums(codes: Bits): { readonly positive: UInt; readonly negative: UInt } {
    const format = formatOf(this.params);
    const selections = this.each(codes, format).map((code) => unpackSelection(selectionOf(code, format), format));
    const max = largestCoefficient(format);
    const sumOf = (negative: boolean): UInt => {
      const powers = selections.map((s) => {
        const coefficient = coefficientOf(s);
        return { value: mux(negative ? s.negative : s.negative.not(), coefficient, literal(coefficient.type, 0n)), max };
      });
      return resized(unsignedSum(powers), this.sum.width);
    };
    return { positive: sumOf(false), negative: sumOf(true) };
  }

  private each(codes: Bits, format: AlocFormat): Bits[] {
    const { codeBits } = codeLayout(format);
    return Array.from({ length: this.params.headDim }, (_, i) => codes.bits((i + 1) * codeBits - 1, i * codeBits));
  }

  private held<T extends Bits | UInt>(signal: T, enable: Bool): T {
    const register = this.reg<Type>(signal.type, { reset: "none", enable }) as Signal as T;
    register.set(signal as never);
    return register;
  }
}

/** The format alone, out of parameters that have more. */
export function formatOf({ operandBits, rounding, terms, window }: AlocFormat): AlocFormat {
  return { operandBits, rounding, terms, window };
}
