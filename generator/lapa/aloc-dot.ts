/** ALOC's dot product: d shifters and an adder tree, pipelined. */

import { Bits, Bool, type Ports, SInt, signedWidth, UserError } from "lapa";
import { adderTree, type Summand, treeLevels } from "../lib/adder-tree";
import { LibraryModule } from "../lib/library-module";
import { PipelineControl } from "../lib/pipeline";
import { checkWindowSide, codeLayout, largestTerm } from "./aloc-format";
import { AlocShifter, productOf } from "./aloc-shifter";
import type { AlocFormat, LogSide } from "./config";

export type AlocDotParameters = AlocFormat & {
  /** Which of query and key the codes belong to. The arithmetic is the same. */
  readonly logSide: LogSide;
  /** d: lanes, 1 .. 256. */
  readonly headDim: number;
  /**
   * Register levels, 0 .. ceil(log2(d)) + 1. They cut the path (shifters, then the tree's levels) into as many pieces as
   * equal as may be, each of which ends in registers; the last ones hold the sum. With 0 the unit is combinational.
   */
  readonly treeRegisters: number;
};

/**
 * Operands and codes -> their sum of products, one word a cycle. Lane i has operand bits i*W and up, and code bits
 * i*codeBits and up.
 * @throws UserError when a parameter is out of range.
 */
export class AlocDot extends LibraryModule<AlocDotParameters> {
  private readonly codeBits = codeLayout(this.params).codeBits;
  private readonly registered = registerLevels(this.params);
  readonly in = this.inputStream({
    operands: Bits(this.params.headDim * this.params.operandBits),
    codes: Bits(this.params.headDim * this.codeBits),
  });
  readonly out = this.outputStream({ sum: SInt(signedWidth(BigInt(this.params.headDim) * largestTerm(this.params))) });

  override get doc(): string {
    const { headDim, logSide } = this.params;
    const [log, linear] = logSide === "query" ? ["query", "key"] : ["key", "query"];
    return `Sum over ${headDim} lanes of an operand (of a ${linear}) times the power of two that a code (of a ${log}) stands for.`;
  }

  override get latency(): number {
    return this.params.treeRegisters;
  }

  build(): void {
    const { headDim } = this.params;
    const lane = Array.from({ length: headDim }, (_, i) => this.lane(i));
    const control = this.control();
    const products = lane.map((shifter) => productOf(shifter, this.params));
    this.out.payload.sum.set(adderTree(products, (sums, level) => {
      const enable = control?.advance[this.registered.indexOf(level)];
      return enable === undefined ? sums : sums.map((sum) => this.held(sum, enable));
    }));
  }

  private lane(i: number): Ports<AlocShifter> {
    const { operandBits, rounding, terms, window } = this.params;
    const { operands, codes } = this.in.payload;
    const shifter = this.instance(AlocShifter, { operandBits, rounding, terms, window });
    shifter.y.set(operands.bits((i + 1) * operandBits - 1, i * operandBits).asSInt());
    shifter.code.set(codes.bits((i + 1) * this.codeBits - 1, i * this.codeBits));
    return shifter;
  }

  /** Drives both handshakes. Without registers each side simply sees the other. */
  private control(): Ports<PipelineControl> | null {
    const stages = this.registered.length;
    if (stages === 0) {
      this.in.ready.set(this.out.ready);
      this.out.valid.set(this.in.valid);
      return null;
    }
    const control = this.instance(PipelineControl, { stages });
    control.in.valid.set(this.in.valid);
    this.in.ready.set(control.in.ready);
    this.out.valid.set(control.out.valid);
    control.out.ready.set(this.out.ready);
    return control;
  }

  private held(sum: Summand, enable: Bool): Summand {
    const value = this.reg(sum.value.type, { reset: "none", enable });
    value.set(sum.value);
    if (sum.carry === null) return { ...sum, value };
    const carry = this.reg(Bool(), { reset: "none", enable });
    carry.set(sum.carry);
    return { ...sum, value, carry };
  }
}

/** After which levels of the tree there are registers; level 0 are the shifters. @throws UserError. */
function registerLevels({ headDim, treeRegisters, logSide, ...format }: AlocDotParameters): readonly number[] {
  checkWindowSide(format, logSide);
  if (!Number.isInteger(headDim) || headDim < 1 || headDim > 256) throw new UserError(`ALOC: headDim is ${headDim}`, "Choose an integer from 1 to 256.");
  const pieces = treeLevels(headDim) + 1;
  if (!Number.isInteger(treeRegisters) || treeRegisters < 0 || treeRegisters > pieces) {
    throw new UserError(`ALOC: treeRegisters is ${treeRegisters}`, `Choose an integer from 0 to ${pieces}: ${headDim} lanes have ${pieces} levels.`);
  }
  return Array.from({ length: treeRegisters }, (_, i) => Math.ceil(((i + 1) * pieces) / treeRegisters) - 1);
}
