/** What follows from an execution unit's parameters: the widths and depths of everything in it. */

import { log2Ceil, signedWidth, UserError } from "lapa";

export type ExecutionParameters = {
  /** W: bits of queries, keys, values and outputs. 4 .. 16. */
  readonly operandBits: number;
  /** d: features of a vector. 1 .. 256. */
  readonly headDim: number;
  /** n: keys that there is memory for. 1 .. 8,192. */
  readonly maxKeys: number;
  /** R: queries of a tile, rows of the array. */
  readonly rows: number;
  /** C: columns of the array, and keys of a group. Key j is in column j mod C, as group j div C. */
  readonly columns: number;
  /** Whether masks of a tile are complete only after its queries have been taken, of which there are two tiles at most. */
  readonly masksFollow: boolean;
  /** Leave all memories to SRAM macros. */
  readonly blackBoxMemories: boolean;
};

/** Features of a word of the memories, and of the output: what a bus brings in a cycle. */
export const wordFeatures = 8;
/** Bits of an output that its divider finds in a cycle. */
export const quotientBitsPerStage = 2;
/** The array's left operands are queries, or probabilities of 8 bits without sign. */
const probabilityOperandBits = 9;

export interface ExecutionFormat {
  readonly groups: number;
  /** Of a group's index, and of a number of groups. */
  readonly groupBits: number;
  readonly groupCountBits: number;
  /** Of a key's index, and of a number of keys. */
  readonly keyBits: number;
  readonly countBits: number;
  /** The most words that a row of a tile has: a key for each column and group. Its last one is there even where no key is. */
  readonly tileWords: number;
  /** Of a number of these. */
  readonly wordCountBits: number;
  /** Of a row's index in its tile, and of a number of them. */
  readonly rowBits: number;
  readonly rowCountBits: number;
  /** Words of a vector, and bits of a word's index; at least 1. */
  readonly words: number;
  readonly wordBits: number;
  /** F: tiles of P.V, each of C features; and bits of their index, at least 1. */
  readonly featureTiles: number;
  readonly featureTileBits: number;
  /** Cycles of a step of scores: d, and at least C. */
  readonly scoreSteps: number;
  readonly aBits: number;
  /** Of a score; of the array's sums, which hold a numerator, too. */
  readonly scoreBits: number;
  readonly accumulatorBits: number;
}

/** @throws UserError naming the parameter that is out of range. */
export function executionFormat(params: ExecutionParameters): ExecutionFormat {
  checkParameters(params);
  const { operandBits, headDim, maxKeys, rows, columns } = params;
  const groups = Math.ceil(maxKeys / columns);
  const scoreBits = signedWidth(BigInt(headDim) << BigInt(2 * (operandBits - 1)));
  const words = Math.ceil(headDim / wordFeatures);
  const featureTiles = Math.ceil(headDim / columns);
  // |sum of P * V| <= 255 * n * 2^(W-1).
  const numeratorBits = signedWidth(255n * BigInt(maxKeys) << BigInt(operandBits - 1));
  const aBits = Math.max(operandBits, probabilityOperandBits);
  return {
    groups, groupBits: Math.max(1, log2Ceil(groups)), groupCountBits: log2Ceil(groups + 1),
    keyBits: Math.max(1, log2Ceil(maxKeys)), countBits: log2Ceil(maxKeys + 1),
    tileWords: groups * columns, wordCountBits: log2Ceil(groups * columns + 1),
    rowBits: Math.max(1, log2Ceil(rows)), rowCountBits: log2Ceil(rows + 1),
    words, wordBits: Math.max(1, log2Ceil(words)), featureTiles, featureTileBits: Math.max(1, log2Ceil(featureTiles)),
    scoreSteps: Math.max(headDim, columns), aBits, scoreBits, accumulatorBits: Math.max(scoreBits, numeratorBits, aBits + operandBits),
  };
}

function checkParameters({ operandBits, headDim, maxKeys, rows, columns }: ExecutionParameters): void {
  checkInteger("operandBits", operandBits, 4, 16);
  checkInteger("headDim", headDim, 1, 256);
  checkInteger("maxKeys", maxKeys, 1, 8192);
  checkInteger("rows", rows, 1, 64);
  checkInteger("columns", columns, 1, Math.min(64, maxKeys));
}

function checkInteger(what: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) throw new UserError(`execution: ${what} is ${value}`, `Choose an integer from ${min} to ${max}.`);
}
