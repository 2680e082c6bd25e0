/** What generated code calls for the rarer operations on wide values. Operands and results lie in a scratch area. */

export const { imul } = Math;

/** 1 when an odd number of bits is set. */
export function parity(x: number): number {
  let p = x ^ (x >>> 16);
  p ^= p >>> 8;
  p ^= p >>> 4;
  return (0x6996 >>> (p & 15)) & 1;
}

/** w[n .. 2n) = w[0 .. n) << amount, with n limbs of 32 bits. */
export function shiftLeft(w: Int32Array, n: number, amount: number): void {
  const limbs = amount >>> 5;
  const bits = amount & 31;
  for (let i = n - 1; i >= 0; i--) {
    const high = i >= limbs ? w[i - limbs]! << bits : 0;
    const low = i > limbs && bits > 0 ? w[i - limbs - 1]! >>> (32 - bits) : 0;
    w[n + i] = high | low;
  }
}

/** w[n .. 2n) = w[0 .. n) >> amount; limbs past the end are `fill`: 0, or -1 for a negative value. */
export function shiftRight(w: Int32Array, n: number, amount: number, fill: number): void {
  const limbs = amount >>> 5;
  const bits = amount & 31;
  const limb = (i: number): number => (i < n ? w[i]! : fill);
  for (let i = 0; i < n; i++) {
    const low = limb(i + limbs) >>> bits;
    w[n + i] = bits > 0 ? low | (limb(i + limbs + 1) << (32 - bits)) : low;
  }
}

/**
 * The low 32n bits of a product: w[2n .. 3n) = w[0 .. n) * w[n .. 2n). Operands extended to n limbs by their sign
 * give the signed product, since it fits.
 */
export function multiply(w: Int32Array, n: number): void {
  const digit = (at: number, i: number): number => (w[at + (i >> 1)]! >>> ((i & 1) << 4)) & 0xffff;
  let sum = 0;
  for (let k = 0; k < 2 * n; k++) {
    // At most 2n products below 2^32 and a carry: exact in a double for any width in use.
    for (let i = 0; i <= k; i++) sum += digit(0, i) * digit(n, k - i);
    const low = sum % 65536;
    const at = 2 * n + (k >> 1);
    w[at] = (k & 1) === 0 ? low : w[at]! | (low << 16);
    sum = (sum - low) / 65536;
  }
}
