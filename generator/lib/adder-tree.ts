import { type Bool, fits, log2Ceil, signedWidth, type SInt } from "lapa";

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
 * for. A carry enters the next adder that its summand meets. n summands meet in n - 1 adders, so where each has a carry
 * one is left over: the last adder takes two.
 * @param after what becomes of the sums of a level, such as being held in registers; level 0 are the summands themselves,
 *   the last level is the complete sum.
 * @throws RangeError when there is no summand.
 */
export function adderTree(summands: readonly Summand[], after: (sums: readonly Summand[], level: number) => readonly Summand[] = (sums) => sums): SInt {
  const depth = treeLevels(summands.length);
  const levels: (readonly Summand[])[] = [];
  for (let level = 0; level <= depth; level++) {
    const groups = level === 0 ? summands.map((s) => [s]) : pairs(levels[level - 1]!);
    levels.push(after(groups.map((group) => {
      const carries = group.flatMap((s) => s.carry ?? []);
      const taken = level === depth ? carries : carries.slice(0, group.length - 1);
      if (group.length + taken.length === 1) return group[0]!;
      const min = group.reduce((n, s) => n + s.min, 0n);
      const max = group.reduce((n, s) => n + s.max, BigInt(taken.length));
      const width = Math.max(signedWidth(min), signedWidth(max));
      const sum = wrappingSum([...group.map((s) => resized(s.value, width)), ...taken.map((c) => c.asUInt().zext(width).asSInt())]);
      return { value: sum, carry: carries[taken.length] ?? null, min, max };
    }), level));
  }
  return levels[depth]![0]!.value;
}

/** Two by two; an odd last one is alone. */
function pairs<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / 2) }, (_, i) => items.slice(2 * i, 2 * i + 2));
}

/** Wrapping does no harm where the result is in range, whatever happens on the way. */
function wrappingSum(terms: readonly SInt[]): SInt {
  return terms.reduce((sum, term) => sum.addWrap(term));
}

function resized(value: SInt, width: number): SInt {
  return width < value.width ? value.trunc(width) : value.sext(width);
}
