/** The configuration type alone. It has no imports, so that the golden model can share it and stay independent. */

/** Which operand of a product is replaced by its leading one. */
export type LogSide = "query" | "key";
export type Rounding = "floor" | "nearest";

/** The arithmetic of ALOC: see docs/arithmetic.md. (Not an interface: those cannot be parameters of a module.) */
export type AlocFormat = {
  /** W: bits of an operand, two's complement. 2 .. 16. */
  readonly operandBits: number;
  readonly rounding: Rounding;
  /** 2 only with rounding "floor". */
  readonly terms: 1 | 2;
  /** L: how many exponents of a row are kept, 1 .. W, or null for all. Only where the query is the log operand. */
  readonly window: number | null;
};
