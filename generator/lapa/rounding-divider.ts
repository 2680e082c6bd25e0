/** The division at the end of attention: exact, to the nearest integer, halves away from zero. */

import { Bool, concat, literal, mux, SInt, UInt, UserError } from "lapa";
import { LibraryModule } from "../lib/library-module";

export type RoundingDividerParameters = {
  /** W: bits of the quotient, 2 or more. */
  readonly operandBits: number;
  /** 2 or more. */
  readonly denominatorBits: number;
  /** Bits of the quotient that are found in one cycle. */
  readonly bitsPerStage: number;
};

/** Bits of a numerator whose magnitude is at most 2^(W-1) denominators. */
export function numeratorBits({ operandBits, denominatorBits }: Pick<RoundingDividerParameters, "operandBits" | "denominatorBits">): number {
  return denominatorBits + operandBits;
}

/** Cycles, those with `enable`, from operands to quotient: one before and one after those in which its bits are found. */
export function dividerLatency({ operandBits, bitsPerStage }: Pick<RoundingDividerParameters, "operandBits" | "bitsPerStage">): number {
  return 2 + Math.ceil(operandBits / bitsPerStage);
}

/**
 * numerator, denominator -> sign(n) * floor((2 * |n| + d) / (2 * d)), one a cycle; 0 for 0 / 0. The quotient must fit: from
 * -2^(W-1) * d to (2^(W-1) - 1) * d, as sums of d weights times operands of W bits are.
 *
 * As floor(floor(x / 2) / d) = floor(x / (2 * d)), it is floor((|n| + (d >> 1)) / d), by a restoring division: a bit of the
 * quotient is 1 where the divisor goes into what is left.
 * @throws UserError when quotient or denominator has fewer than two bits, or a stage finds no whole number of them.
 */
export class RoundingDivider extends LibraryModule<RoundingDividerParameters> {
  private readonly denominatorType = UInt(checked(this.params).denominatorBits);
  /** Where it is 0, all stages hold, the last one with them. */
  readonly enable = this.input(Bool());
  readonly valid = this.input(Bool());
  readonly numerator = this.input(SInt(numeratorBits(this.params)));
  readonly denominator = this.input(this.denominatorType);
  readonly quotientValid = this.output(Bool());
  readonly quotient = this.output(SInt(this.params.operandBits));

  override get doc(): string {
    return "Division to the nearest integer, halves away from zero; 0 / 0 is 0.";
  }

  override get latency(): number {
    return dividerLatency(this.params);
  }

  build(): void {
    const isNegative = this.numerator.bit(this.numerator.width - 1);
    // To negate is to invert and to add one, which the adder of the half takes as its carry.
    const inverted = this.numerator.asBits().xor(isNegative.repeat(this.numerator.width)).asUInt();
    const half = this.denominator.shr(1).zext(inverted.width);
    const dividend = inverted.addWrap(half).addWrap(isNegative.asUInt().zext(inverted.width));
    // 0 / 0 is 0 / 1.
    const divisor = mux(this.denominator.eq(0n), literal(this.denominatorType, 1n), this.denominator);
    const magnitude = this.magnitude(this.held(dividend), this.held(divisor)).asSInt();
    const stages = dividerLatency(this.params) - 1;
    const negates = this.later(isNegative, stages, "none");
    this.quotient.set(this.held(mux(negates, magnitude.neg().trunc(magnitude.width), magnitude)));
    this.quotientValid.set(this.later(this.valid, stages + 1, 0n));
  }

  /** The quotient of dividend and divisor, `bitsPerStage` bits a cycle. */
  private magnitude(dividend: UInt, divisor: UInt): UInt {
    const { operandBits, bitsPerStage } = this.params;
    let rest = dividend;
    let divisorHeld = divisor;
    for (let toFind = operandBits; toFind > 0; toFind -= bitsPerStage) {
      const isLast = toFind <= bitsPerStage;
      for (let i = 0; i < Math.min(bitsPerStage, toFind); i++) rest = this.divided(rest, divisorHeld);
      rest = this.held(isLast ? rest.trunc(operandBits) : rest);
      if (!isLast) divisorHeld = this.held(divisorHeld);
    }
    return rest;
  }

  /** One step: the bit of the quotient enters below, what is left of the dividend moves up. */
  private divided(rest: UInt, divisor: UInt): UInt {
    const lowBits = this.params.operandBits - 1;
    const partial = rest.shr(lowBits);
    const wide = divisor.zext(partial.width);
    const goesIn = partial.ge(wide);
    const left = mux(goesIn, partial.subWrap(wide), partial).trunc(divisor.width);
    return concat(left, rest.bits(lowBits - 1, 0), goesIn).asUInt();
  }

  private held<T extends Bool | UInt | SInt>(value: T, reset: 0n | "none" = "none"): T {
    const register = this.reg(value.type as never, { reset, enable: this.enable }) as T;
    register.set(value as never);
    return register;
  }

  private later(signal: Bool, cycles: number, reset: 0n | "none"): Bool {
    let stage = signal;
    for (let i = 0; i < cycles; i++) stage = this.held(stage, reset);
    return stage;
  }
}

/** @throws UserError naming the parameter that is out of range. */
function checked(params: RoundingDividerParameters): RoundingDividerParameters {
  for (const [name, least] of [["operandBits", 2], ["denominatorBits", 2], ["bitsPerStage", 1]] as const) {
    const value = params[name];
    if (!Number.isInteger(value) || value < least) throw new UserError(`divider: ${name} is ${value}`, `Choose an integer from ${least} on.`);
  }
  return params;
}
