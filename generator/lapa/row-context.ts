/** What a query row brings along from round to round. */

import { Bits, pack, type Signal, UInt, unpack } from "lapa";
import { powerSumBits, rowOperandBits } from "./mrsa";
import { baseBitsOf, type SpeculationParameters } from "./speculation-format";

/** Null where a unit of these parameters has no use for it. */
export interface RowContext {
  /** Codes where the query is the log operand, otherwise features. */
  readonly operand: Bits;
  /** Sums of the powers of two of the row's codes, of those without a sign and of those with one. */
  readonly positive: UInt | null;
  readonly negative: UInt | null;
  /** b, the window's base. */
  readonly base: UInt | null;
}

function typesOf(params: SpeculationParameters) {
  const isLog = params.logSide === "query";
  const baseBits = isLog ? baseBitsOf(params) : 0;
  const sum = UInt(powerSumBits(params));
  return { operand: Bits(rowOperandBits(params)), positive: isLog ? sum : null, negative: isLog ? sum : null, base: baseBits > 0 ? UInt(baseBits) : null };
}

/** Bits of a packed context. */
export function rowContextBits(params: SpeculationParameters): number {
  return Object.values(typesOf(params)).reduce((bits, type) => bits + (type?.width ?? 0), 0);
}

export function packRowContext({ operand, positive, negative, base }: RowContext): Bits {
  return pack([operand, positive, negative, base].filter((s): s is Bits | UInt => s !== null));
}

export function unpackRowContext(packed: Bits, params: SpeculationParameters): RowContext {
  const types = Object.entries(typesOf(params)).filter(([, type]) => type !== null);
  const parts = unpack(types.map(([, type]) => type!), packed) as readonly Signal[];
  const part = (name: string): Signal | null => parts[types.findIndex(([key]) => key === name)] ?? null;
  return { operand: part("operand") as Bits, positive: part("positive") as UInt | null, negative: part("negative") as UInt | null, base: part("base") as UInt | null };
}
