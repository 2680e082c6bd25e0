/** Sized constants. */

import { fromHex } from "../ir/bits";
import type { Lit } from "../ir/types";

/** Values from here on are hexadecimal. */
const decimalLimit = 65536n;

/**
 * A sized constant: a single bit in binary, small values in decimal, others in hexadecimal with an underscore every
 * four digits. A negative value is its bit pattern: `-8'sd128` would negate a number that 8 bits do not hold.
 */
export function literalText({ value, width, signed }: Pick<Lit, "value" | "width" | "signed">): string {
  const bits = BigInt(value);
  const sign = signed ? "s" : "";
  if (width === 1) return `1'${sign}b${bits}`;
  if (bits < decimalLimit && fromHex(value, width, signed) >= 0n) return `${width}'${sign}d${bits}`;
  return `${width}'${sign}h${bits.toString(16).replace(/\B(?=(.{4})+$)/g, "_")}`;
}
