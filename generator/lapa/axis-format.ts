/** AXI4-Stream as the accelerator speaks it: a feature a byte, a tensor a packet. */

import { UserError } from "lapa";

export type AxisParameters = {
  /** W: bits of a feature, 1 .. 8. On a stream it has a byte, whose upper bits carry nothing in and its sign out. */
  readonly operandBits: number;
  /** d: features of a row. */
  readonly headDim: number;
  /** B: bytes of a beat, a power of two from 1 to 64. */
  readonly beatBytes: number;
};

/** @throws UserError naming the parameter that is out of range. */
export function checkAxis({ operandBits, headDim, beatBytes }: AxisParameters): void {
  if (![1, 2, 4, 8, 16, 32, 64].includes(beatBytes)) throw new UserError(`stream: beatBytes is ${beatBytes}`, "Choose 1, 2, 4, 8, 16, 32 or 64 bytes.");
  if (!Number.isInteger(operandBits) || operandBits < 1 || operandBits > 8) {
    throw new UserError(`stream: operandBits is ${operandBits}, and a feature is a byte`, "Choose an integer from 1 to 8.");
  }
  if (!Number.isInteger(headDim) || headDim < 1 || headDim > 256) throw new UserError(`stream: headDim is ${headDim}`, "Choose an integer from 1 to 256.");
}
