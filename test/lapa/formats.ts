/** Every format without a window, of given widths. */

import type { AlocFormat } from "lapa";

/** The three kinds of format: one term of either rounding, and two terms. */
const kinds = [
  { rounding: "floor", terms: 1 },
  { rounding: "nearest", terms: 1 },
  { rounding: "floor", terms: 2 },
] as const;

export function formats(widths: readonly number[], windows: (operandBits: number) => readonly (number | null)[] = () => [null]): AlocFormat[] {
  return widths.flatMap((operandBits) => kinds.flatMap((kind) => windows(operandBits).map((window) => ({ operandBits, ...kind, window }))));
}

export function named({ operandBits, rounding, terms, window }: AlocFormat): string {
  return `W = ${operandBits}, ${rounding}, ${terms} term${terms === 1 ? "" : "s"}${window === null ? "" : `, window ${window}`}`;
}

/** first .. last */
export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** A way to write `total` as an ordered sum: a cut between bits i and i + 1 where bit i of `cuts` is set. */
export function composition(total: number, cuts: number): number[] {
  const parts = [1];
  for (let i = 0; i < total - 1; i++) {
    if ((cuts >> i) & 1) parts.push(1);
    else parts[parts.length - 1]!++;
  }
  return parts;
}
