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

/** The arithmetic of the speculation unit: what a round of MRSA computes and what it reads. */
export type SpeculationFormat = AlocFormat & {
  readonly logSide: LogSide;
  /** D_1 .. D_R: bits of the linear operand that each round reads, most significant first; at least 1 each, operandBits together. */
  readonly slices: readonly number[];
};

/** How DDF decides which keys of a row stay. */
export type FilterMode = "radius" | "blend";

/** A round's registers in mode radius. */
export type RadiusParameters = {
  /** How far below the row's maximum a key may be, in units of 2^(W - p_r). 0 .. the largest difference of two scores, in as many bits. */
  readonly rho: number;
  /** 64ths of what the bits not yet read can move two keys apart, allowed on top. 0 .. 63; 0 where the log operand is the key. */
  readonly guard: number;
};

/** A round's register in mode blend. */
export type BlendParameters = {
  /** The threshold is the mean, moved a/16 of the way to the maximum, or |a|/16 of the way to the minimum. -15 .. 15. */
  readonly a: number;
};

/** What the filters of all rounds are told, the first round's first. */
export type FilterParameters =
  | { readonly mode: "radius"; readonly rounds: readonly RadiusParameters[] }
  | { readonly mode: "blend"; readonly rounds: readonly BlendParameters[] };

/** The run-time registers of a head. They change between heads only. */
export type HeadParameters = FilterParameters & {
  /** Keys from this one on are padding. 0 .. the number of keys. */
  readonly nValid: number;
  /** Whether query i sees only the keys j <= i + offset. */
  readonly causal: boolean;
  /** Negative or positive: where the first query stands among the keys. */
  readonly offset: number;
};

/**
 * How scores become exponents in execution: t = ((M - S) * c) >> s is how far a score is below its row's best, in 64ths of a
 * power of two. Run-time registers of a head.
 */
export type ExecutionParameters = {
  /** 0 .. 65535. */
  readonly c: number;
  /** 0 .. 31. */
  readonly s: number;
};
