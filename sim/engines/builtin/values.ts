/**
 * JavaScript text for values of any width: a text a limb, canonical as in limbs.ts.
 *
 * A text is free of side effects and of mutable names, so it may be dropped, but it costs what it computes each time
 * it is written down: a text used twice is first given a name (Code.atom).
 */

import type { Shape } from "./limbs";
import { canonical, limbCount, limbOf, limbWidth } from "./limbs";

export interface Value extends Shape {
  /** Limb texts, least significant first. Entries are replaced by names as they are shared. */
  readonly limbs: string[];
}

/** Statements under construction. */
export class Code {
  readonly lines: string[] = [];
  private names = 0;

  line(text: string): void {
    this.lines.push(text);
  }

  fresh(): string {
    return `t${this.names++}`;
  }

  /** A name or number for `text`, computed before whatever follows. */
  atom(text: string): string {
    if (isAtom(text)) return text;
    const name = this.fresh();
    this.line(`const ${name} = ${text};`);
    return name;
  }

  /** A value all of whose limbs can be used any number of times. */
  shared(v: Value): Value {
    v.limbs.forEach((text, i) => (v.limbs[i] = this.atom(text)));
    return v;
  }
}

const isAtom = (text: string): boolean => /^(\w+|-\d+)$/.test(text);

/** Text for the low `width` bits, canonical, of a text whose value is exact below 2^53. */
export function canonicalText(text: string, width: number, signed: boolean): string {
  if (width === 32) return `(${text} | 0)`;
  return signed ? `(${text} << ${32 - width} >> ${32 - width})` : `(${text} & ${2 ** width - 1})`;
}

export function literal(value: bigint, shape: Shape): Value {
  const limbs = Array.from({ length: limbCount(shape.width) }, (_, i) => String(limbOf(value, shape, i)));
  return { ...typeOf(shape), limbs };
}

export const typeOf = ({ width, signed }: Shape): Shape => ({ width, signed });

/** Limb i as the JavaScript number that it stands for in an order comparison. */
export function comparable(v: Value, i: number): string {
  const isTop = i === v.limbs.length - 1;
  return limbWidth(v.width, i) === 32 && !(isTop && v.signed) ? `(${v.limbs[i]!} >>> 0)` : v.limbs[i]!;
}

export function bit(condition: string): Value {
  return { width: 1, signed: false, limbs: [`(${condition} ? 1 : 0)`] };
}

/** The same bits under a sign. */
export function cast(v: Value, signed: boolean): Value {
  if (v.signed === signed) return v;
  const top = v.limbs.length - 1;
  const width = limbWidth(v.width, top);
  const limbs = [...v.limbs];
  if (width < 32) limbs[top] = canonicalText(limbs[top]!, width, signed);
  return { width: v.width, signed, limbs };
}

export function extend(code: Code, v: Value, width: number): Value {
  const missing = limbCount(width) - v.limbs.length;
  if (missing === 0) return { width, signed: v.signed, limbs: [...v.limbs] };
  const top = v.limbs.length - 1;
  if (v.signed) v.limbs[top] = code.atom(v.limbs[top]!);
  const fill = v.signed ? code.atom(`(${v.limbs[top]!} >> 31)`) : "0";
  return { width, signed: v.signed, limbs: [...v.limbs, ...Array.from({ length: missing }, () => fill)] };
}

/** Bits hi .. lo, unsigned. */
export function slice(code: Code, v: Value, hi: number, lo: number): Value {
  const width = hi - lo + 1;
  const count = limbCount(width);
  const source = (k: number): string => (count === 1 ? v.limbs[k]! : (v.limbs[k] = code.atom(v.limbs[k]!)));
  const limbs: string[] = [];
  for (let i = 0; i < count; i++) {
    const n = limbWidth(width, i);
    const k = (lo >> 5) + i;
    const shift = lo & 31;
    const topOfSource = k === v.limbs.length - 1;
    const low = shift === 0 ? source(k) : `(${source(k)} >>> ${shift})`;
    if (shift + n > 32) {
      limbs.push(canonicalOr(`${low} | ${source(k + 1)} << ${32 - shift}`, n));
    } else {
      // Nothing above the wanted bits: the end of a full limb, or the zeros of an unsigned top limb.
      const exact = shift + n === (topOfSource && !v.signed ? limbWidth(v.width, k) : 32);
      limbs.push(exact ? low : canonicalText(low, n, false));
    }
  }
  return { width, signed: false, limbs };
}

/** An `|` expression is a 32-bit integer as it stands. */
const canonicalOr = (text: string, width: number): string => (width === 32 ? `(${text})` : `((${text}) & ${2 ** width - 1})`);

/** Concatenation, most significant part first; unsigned. */
export function cat(code: Code, parts: readonly Value[]): Value {
  const width = parts.reduce((sum, p) => sum + p.width, 0);
  const pieces: string[][] = Array.from({ length: limbCount(width) }, () => []);
  let at = 0;
  for (const part of [...parts].reverse()) {
    const v = cast(part, false);
    for (let i = 0; i < v.limbs.length; i++) {
      const shift = (at + 32 * i) & 31;
      const k = (at + 32 * i) >> 5;
      const spills = shift + limbWidth(v.width, i) > 32;
      const text = spills ? code.atom(v.limbs[i]!) : v.limbs[i]!;
      if (text === "0") continue;
      pieces[k]!.push(shift === 0 ? text : `(${text} << ${shift})`);
      if (spills) pieces[k + 1]!.push(`(${text} >>> ${32 - shift})`);
    }
    at += v.width;
  }
  const limbs = pieces.map((p) => (p.length === 0 ? "0" : p.length === 1 ? p[0]! : `(${p.join(" | ")})`));
  return { width, signed: false, limbs };
}

/**
 * The limbs that change when `v` replaces bits lo .. of a value of type `whole`.
 * @param old the text of a limb as it was
 */
export function insert(code: Code, whole: Shape, old: (limb: number) => string, lo: number, v: Value): [limb: number, text: string][] {
  const end = lo + v.width;
  const changed: [number, string][] = [];
  if (limbCount(end) > (lo >> 5) + 1) code.shared(v);
  for (let k = lo >> 5; k < limbCount(end); k++) {
    const from = Math.max(lo, 32 * k);
    const to = Math.min(end, 32 * k + 32);
    const width = limbWidth(whole.width, k);
    const signed = whole.signed && k === limbCount(whole.width) - 1;
    const piece = slice(code, v, to - 1 - lo, from - lo);
    if (to - from === width) {
      changed.push([k, cast(piece, signed).limbs[0]!]);
    } else {
      const shift = from - 32 * k;
      const hole = ~(canonical(-1, to - from, false) << shift);
      const merged = `(${old(k)} & ${hole} | ${piece.limbs[0]!} << ${shift})`;
      changed.push([k, signed && width < 32 ? canonicalText(merged, width, true) : merged]);
    }
  }
  return changed;
}
