import { type Bool, type SInt } from "../hdl";
import { fits, log2Ceil, signedWidth } from "../ir/bits";

/**
 * A number on its way to a sum: `value + carry`. An adder has a carry input that costs next to nothing, so whoever has
 * to add a one (to finish a negation, say) leaves it to the tree as a carry.
 */
export interface Summand {
  readonly value: SInt;
  /** Still to be added; null for none. */
  readonly carry: Bool | null;
  /** The range of `value` alone: it decides the widths of the sums. */
  readonly min: bigint;
  readonly max: bigint;
}

/**
 * A summand of the given range; by default that of its type.
 * @throws RangeError when the range is empty, or the value's type cannot hold it.
 */
export function summand(value: SInt, carry: Bool | null = null, range: Partial<Pick<Summand, "min" | "max">> = {}): Summand {
  const top = 1n << BigInt(value.width - 1);
  const { min = -top, max = top - 1n } = range;
  if (min > max || !fits(min, value.width, true) || !fits(max, value.width, true)) {
    throw new RangeError(`${min} .. ${max} is no range of a value of ${value.width} bits`);
  }
  return { value, carry, min, max };
}

/** Levels of adders over `n` summands: ceil(log2(n)). */
export function treeLevels(n: number): number {
  return log2Ceil(n);
}

/**
 * The sum of all summands and their carries, exact, in a binary tree of adders. Every sum is as wide as its range asks
 * for. A carry enters the next adder that its summand meets; since n summands meet n - 1 adders, one carry is left
 * where each of them has one, and only that one is added for itself, to the last sum.
 * @param after what becomes of the sums after each level, such as being held in registers; level 0 are the summands.
 * @throws RangeError when there are no summands.
 */
export function adderTree(summands: readonly Summand[], after: (sums: readonly Summand[], level: number) => readonly Summand[] = (sums) => sums): SInt {
  const levels = treeLevels(summands.length);
  let sums = summands;
  for (let level = 0; level <= levels; level++) {
    if (level > 0) sums = addPairs(sums);
    if (level === levels) sums = sums.map(complete);
    sums = after(sums, level);
  }
  return sums[0]!.value;
}

/** One level of a tree; an odd summand passes. */
function addPairs(summands: readonly Summand[]): Summand[] {
  const pairs = Array.from({ length: Math.ceil(summands.length / 2) }, (_, i) => [summands[2 * i]!, summands[2 * i + 1]] as const);
  return pairs.map(([a, b]) => {
    const sum = b === undefined ? a : add(a, b);
    return sum;
  });
}

function add(a: Summand, b: Summand): Summand {
  const [carryIn, carry] = a.carry === null ? [b.carry, null] : [a.carry, b.carry];
  return { ...sumOf([a, b], carryIn), carry };
}

/** A summand without a carry. */
function complete(a: Summand): Summand {
  return a.carry === null ? a : sumOf([a], a.carry);
}

function sumOf(terms: readonly [Summand, ...Summand[]], carryIn: Bool | null): Summand {
  const min = terms.reduce((n, t) => n + t.min, 0n);
  const max = terms.reduce((n, t) => n + t.max, carryIn === null ? 0n : 1n);
  const width = Math.max(signedWidth(min), signedWidth(max));
  // Wrapping addition is exact here: the result is in range, whatever happens on the way.
  const [first, ...rest] = terms.map((t) => resized(t.value, width));
  const sum = rest.reduce((s, t) => s.addWrap(t), first!);
  return { value: carryIn === null ? sum : sum.addWrap(carryIn.asUInt().zext(width).asSInt()), carry: null, min, max };
}

function resized(value: SInt, width: number): SInt {
  return width < value.width ? value.trunc(width) : value.sext(width);
}
