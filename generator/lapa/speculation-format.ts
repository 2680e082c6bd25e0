/** What follows from a speculation unit's parameters: the shape of each round, and the widths of everything in it. */

import { log2Ceil, signedWidth, unsignedWidth, UserError } from "lapa";
import { checkWindowSide, codeLayout } from "./aloc-format";
import type { AlocFormat, LogSide } from "./config";
import type { KeyBanks } from "./head-stages";

export type SpeculationParameters = AlocFormat & {
  readonly logSide: LogSide;
  /** d: features of a vector. 1 .. 256. */
  readonly headDim: number;
  /** n: keys that fit in the memories. 1 .. 8,192. */
  readonly maxKeys: number;
  /** D_1, D_2, ..: bits of the linear operand that each round takes, most significant first; their sum is operandBits. */
  readonly slices: readonly number[];
  /** Keys a cycle, of each round. */
  readonly keysPerCycle: readonly number[];
  /** Features of a key that are taken in one cycle; a key takes ceil(headDim / featuresPerCycle) cycles. */
  readonly featuresPerCycle: number;
  /** How survivors leave: a key a word, or a group of keysPerCycle[0] neighbouring keys as a mask. */
  readonly survivorForm: SurvivorForm;
  /** Heads whose keys there is memory for. */
  readonly keyBanks: KeyBanks;
  /** Whether rows are numbered, and what each filter knows of them leaves; otherwise only how many keys come into a round. */
  readonly reports: boolean;
  /** Whether numbers of keys above n are taken as n; otherwise whoever gives a head has checked them. */
  readonly clampsKeys: boolean;
  /** Leave all memories to SRAM macros. */
  readonly blackBoxMemories: boolean;
};

/** What the shape of its rounds depends on. */
export type PredictionParameters = Omit<SpeculationParameters, "survivorForm" | "keyBanks" | "reports" | "clampsKeys">;

export type SurvivorForm = "keys" | "groups";

/** Bits of a row's index: a head may have 65,536 queries. */
export const rowBits = 16;

/** One round of MRSA and DDF. */
export interface RoundFormat {
  /** r, from 0. */
  readonly round: number;
  readonly isLast: boolean;
  /** D_r. */
  readonly sliceBits: number;
  /** p_r = D_1 + .. + D_r. */
  readonly prefixBits: number;
  /** Of S^r, signed. */
  readonly scoreBits: number;
  /** Of rho_r, unsigned: whatever two scores of a row can differ by, before the window divides it. */
  readonly rhoBits: number;
  /** K_r. */
  readonly lanes: number;
  /** For each lane, which lanes of round 0 its keys come from, ascending. Key j is in lane j mod K_0 of round 0. */
  readonly sources: readonly (readonly number[])[];
  /** The most sources that a lane has. */
  readonly mostSources: number;
}

export interface SpeculationFormat {
  readonly rounds: readonly RoundFormat[];
  /** Cycles that a group of keys takes: ceil(headDim / featuresPerCycle). */
  readonly folds: number;
  /** Groups of K_0 neighbouring keys that maxKeys make. */
  readonly groups: number;
  /** Of a key's index. */
  readonly keyBits: number;
  /** Of a number of keys, 0 .. maxKeys. */
  readonly countBits: number;
  /** Of a group's index, and of a number of groups. */
  readonly groupBits: number;
  readonly groupCountBits: number;
  /** Of the index of a lane of round 0. */
  readonly laneBits: number;
  /** Of G, the sum of a row's powers of two, and of the number of its negative codes. */
  readonly guardSumBits: number;
  readonly negativeBits: number;
  /** Of b, the row's window base; 0 where it is always 0. */
  readonly baseBits: number;
}

/** @throws UserError naming the parameter that is out of range. */
export function speculationFormat(params: PredictionParameters): SpeculationFormat {
  checkParameters(params);
  const { headDim, maxKeys, keysPerCycle, featuresPerCycle } = params;
  const first = Math.min(keysPerCycle[0]!, maxKeys);
  const groups = Math.ceil(maxKeys / first);
  return {
    rounds: roundsOf(params, first),
    folds: Math.ceil(headDim / featuresPerCycle),
    groups,
    keyBits: Math.max(1, log2Ceil(maxKeys)),
    countBits: log2Ceil(maxKeys + 1),
    groupBits: Math.max(1, log2Ceil(groups)),
    groupCountBits: log2Ceil(groups + 1),
    laneBits: Math.max(1, log2Ceil(first)),
    guardSumBits: unsignedWidth(BigInt(headDim) * largestCoefficient(params)),
    negativeBits: log2Ceil(headDim + 1),
    baseBits: baseBitsOf(params),
  };
}

/** The largest 2^e (+ 2^e2) that a code of a format stands for. */
export function largestCoefficient(format: AlocFormat): bigint {
  const { maxExponent } = codeLayout(format);
  return (1n << BigInt(maxExponent)) + (format.terms === 2 && maxExponent > 0 ? 1n << BigInt(maxExponent - 1) : 0n);
}

/** Bits of the base of a row of windowed codes, 0 where it is always 0. */
export function baseBitsOf(format: AlocFormat): number {
  return log2Ceil(codeLayout({ ...format, window: null }).maxExponent - codeLayout(format).maxExponent + 1);
}

/**
 * For each lane of the last of some rounds, which lanes of the first its keys come from, ascending. Lane l of one round
 * feeds lane l mod K of the next.
 * @param lanes of each round; none has more than the one before.
 */
export function laneSources([first, ...later]: readonly number[]): readonly (readonly number[])[] {
  const start: readonly (readonly number[])[] = Array.from({ length: first! }, (_, i) => [i]);
  return later.reduce((before, lanes) =>
    Array.from({ length: lanes }, (_, i) => before.flatMap((s, lane) => (lane % lanes === i ? s : [])).sort((a, b) => a - b)), start);
}

/** Bits of the index of a lane's source. */
export function sourceBitsOf(sources: readonly (readonly number[])[]): number {
  return log2Ceil(Math.max(...sources.map((s) => s.length)));
}

function roundsOf(params: PredictionParameters, first: number): RoundFormat[] {
  const { headDim, slices, keysPerCycle, logSide } = params;
  const rounds: RoundFormat[] = [];
  let [prefixBits, lanes] = [0, first];
  for (const [round, sliceBits] of slices.entries()) {
    prefixBits += sliceBits;
    // More lanes than the round before would stay empty.
    lanes = Math.min(lanes, keysPerCycle[round] ?? keysPerCycle.at(-1)!);
    const sources = laneSources([...rounds.map((r) => r.lanes), lanes]);
    const largestScore = BigInt(headDim) * largestCoefficient(params) << BigInt(prefixBits - 1);
    // Linear operands differ by less than 2^p in what is read of them; the negated -2^(p - 1) of a log key by as much.
    const span = (1n << BigInt(prefixBits)) - (logSide === "query" ? 1n : 0n);
    const largestDifference = BigInt(headDim) * largestCoefficient({ ...params, window: null }) * span;
    rounds.push({
      round, isLast: round === slices.length - 1, sliceBits, prefixBits, lanes, sources,
      mostSources: Math.max(...sources.map((s) => s.length)),
      scoreBits: signedWidth(largestScore), rhoBits: unsignedWidth(largestDifference),
    });
  }
  return rounds;
}

function checkParameters(params: PredictionParameters): void {
  const { operandBits, headDim, maxKeys, slices, keysPerCycle, featuresPerCycle, logSide } = params;
  checkWindowSide(params, logSide);
  checkInteger("operandBits", operandBits, 4, 16);
  checkInteger("headDim", headDim, 1, 256);
  checkInteger("maxKeys", maxKeys, 1, 8192);
  checkInteger("featuresPerCycle", featuresPerCycle, 1, headDim);
  slices.forEach((s) => checkInteger("a slice", s, 1, operandBits));
  if (slices.reduce((sum, s) => sum + s, 0) !== operandBits) {
    throw new UserError(`speculation: slices ${slices.join(", ")} do not make ${operandBits} bits`, "Their sum has to be operandBits.");
  }
  keysPerCycle.forEach((k) => checkInteger("keysPerCycle", k, 1, 8192));
  if (keysPerCycle.length < 1 || keysPerCycle.length > slices.length) {
    throw new UserError(`speculation: keysPerCycle has ${keysPerCycle.length} numbers`, `Give one for all rounds, or one for each of ${slices.length}.`);
  }
}

function checkInteger(what: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max) throw new UserError(`speculation: ${what} is ${value}`, `Choose an integer from ${min} to ${max}.`);
}
