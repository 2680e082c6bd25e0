/** The words of a channel as `$readmemh` reads them: one a line, fixed width, lower case, most significant digit first. */

import { UserError } from "../../generator/errors";

type Shape = { readonly width: number; readonly limbs: number; readonly count: number };

const digitCodes = Buffer.from("0123456789abcdef");

/** @returns ASCII, ceil(width / 4) digits and a newline a word. */
export function toHexLines({ width, limbs, count, data }: Shape & { readonly data: Uint32Array }): Buffer {
  const digits = Math.ceil(width / 4);
  const text = Buffer.allocUnsafe(count * (digits + 1));
  for (let word = 0; word < count; word++) {
    const end = word * (digits + 1) + digits;
    text[end] = 0x0a;
    for (let d = 0; d < digits; d++) {
      const limb = data[word * limbs + (d >>> 3)];
      text[end - 1 - d] = digitCodes[(limb >>> (4 * (d & 7))) & 15];
    }
  }
  return text;
}

/**
 * The inverse of `toHexLines`.
 * @param file the file's name, for the message.
 * @throws UserError for another number of lines, a line of another length, other characters, or a word that is too wide.
 */
export function fromHexLines(text: Uint8Array, { width, limbs, count }: Shape, file: string): Uint32Array {
  const digits = Math.ceil(width / 4);
  const hint = "the file is damaged: make the vectors again";
  if (text.length !== count * (digits + 1)) {
    throw new UserError(`${file}: ${count} lines of ${digits} digits take ${count * (digits + 1)} bytes; there are ${text.length}`, hint);
  }
  const data = new Uint32Array(count * limbs);
  for (let word = 0; word < count; word++) {
    const end = word * (digits + 1) + digits;
    let sound = text[end] === 0x0a;
    for (let d = 0; d < digits; d++) {
      const value = digitValue(text[end - 1 - d]);
      sound &&= value >= 0;
      data[word * limbs + (d >>> 3)] |= value << (4 * (d & 7));
    }
    const top = width % 32;
    if (!sound || (top !== 0 && data[(word + 1) * limbs - 1] >>> top !== 0)) {
      throw new UserError(`${file}:${word + 1}: not a word of ${width} bits in ${digits} hexadecimal digits`, hint);
    }
  }
  return data;
}

/** The value of an ASCII hexadecimal digit, or -1. */
function digitValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code >= 0x61 && code <= 0x66) return code - 0x57;
  return -1;
}
