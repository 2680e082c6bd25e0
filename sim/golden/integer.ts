/**
 * Division, the one operation that can leave the integers, and so the only file of the golden model that divides: bigints
 * only, whose quotient is an integer.
 */

/** floor(dividend / divisor). @throws RangeError unless divisor > 0. */
export function floorDivide(dividend: bigint, divisor: bigint): bigint {
  if (divisor <= 0n) throw new RangeError(`the divisor must be positive, not ${divisor}`);
  const towardsZero = dividend / divisor;
  return towardsZero * divisor > dividend ? towardsZero - 1n : towardsZero;
}

/** ceil(dividend / divisor). @throws RangeError unless divisor > 0. */
export function ceilDivide(dividend: bigint, divisor: bigint): bigint {
  return -floorDivide(-dividend, divisor);
}
