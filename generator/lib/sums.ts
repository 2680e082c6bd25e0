import { type Bits, type Bool, mask, mux, type SInt, type UInt, unsignedWidth } from "lapa";
import { treeLevels } from "./adder-tree";

/** An unsigned number and the largest value that it takes, which decides the widths of the sums that it enters. */
export interface Bounded {
  readonly value: UInt;
  readonly max: bigint;
}

/** A number that takes all values of its width. */
export function bounded(value: UInt): Bounded {
  return { value, max: mask(value.width) };
}

/**
 * The sum of unsigned numbers, exact, in a binary tree of adders; every sum is as wide as its largest value asks for.
 * @param after what becomes of the sums of a level, such as being held in registers; level 0 are the numbers themselves,
 *   the last level, ceil(log2(n)), is the complete sum.
 * @throws RangeError when there is no number.
 */
export function unsignedSum(numbers: readonly Bounded[], after: (sums: readonly Bounded[], level: number) => readonly Bounded[] = (sums) => sums): UInt {
  let sums = after(numbers, 0);
  if (sums.length === 0) throw new RangeError("there is nothing to add");
  for (let level = 1; level <= treeLevels(numbers.length); level++) sums = after(inPairs(sums, added), level);
  return sums[0]!.value;
}

function added(a: Bounded, b: Bounded): Bounded {
  const max = a.max + b.max;
  const width = unsignedWidth(max);
  return { value: resized(a.value, width).addWrap(resized(b.value, width)), max };
}

/** The value modulo 2^width. */
export function resized(value: UInt, width: number): UInt {
  return width < value.width ? value.trunc(width) : value.zext(width);
}

/** How many bits are set. */
export function popcount(bits: Bits): UInt {
  return unsignedSum(Array.from({ length: bits.width }, (_, i) => ({ value: bits.bits(i, i).asUInt(), max: 1n })));
}

/** The largest of numbers of one type, in a binary tree. @throws RangeError when there is none. */
export function largest(numbers: readonly SInt[]): SInt {
  return tree(numbers, (a, b) => mux(a.ge(b), a, b));
}

/** The smallest of numbers of one type, in a binary tree. @throws RangeError when there is none. */
export function smallest(numbers: readonly SInt[]): SInt {
  return tree(numbers, (a, b) => mux(a.le(b), a, b));
}

/** Whether any of these is 1. */
export function any(bits: readonly Bool[]): Bool {
  return tree(bits, (a, b) => a.or(b));
}

/** Whether all of these are 1. */
export function every(bits: readonly Bool[]): Bool {
  return tree(bits, (a, b) => a.and(b));
}

/** Joins all items two by two until one is left. @throws RangeError when there is none. */
export function tree<T>(items: readonly T[], join: (a: T, b: T) => T): T {
  if (items.length === 0) throw new RangeError("there is nothing to join");
  let level = items;
  while (level.length > 1) level = inPairs(level, join);
  return level[0]!;
}

/** Two by two; an odd last one stays. */
function inPairs<T>(items: readonly T[], join: (a: T, b: T) => T): T[] {
  return Array.from({ length: Math.ceil(items.length / 2) }, (_, i) => {
    const [a, b] = [items[2 * i]!, items[2 * i + 1]];
    return b === undefined ? a : join(a, b);
  });
}
