/**
 * The intermediate representation: plain JSON data between elaboration and everything that follows.
 *
 * Rules the verifier holds (see verify.ts):
 * - every operand carries its width (1 or more) and sign; nothing is extended or truncated implicitly;
 * - literals are unsigned bit patterns in hexadecimal, so that a circuit survives `JSON.stringify` unchanged;
 * - a reference yields the *final* value of a combinational signal, and the current value of a register;
 * - modules are listed children first; `top` is the last one.
 */

/** A bit pattern: `0x` and lower-case hexadecimal digits, never wider than the node that holds it. */
export type Hex = string;

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A place in the designer's TypeScript. Lines and columns count from 1. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** How every register in a circuit is reset. The reset port is `rst`, or `rst_n` when it is active low. */
export type ResetKind = "sync-high" | "sync-low" | "async-high" | "async-low";

export interface Circuit {
  readonly schema: "lapa-ir/1";
  readonly top: string;
  readonly reset: ResetKind;
  readonly modules: readonly Module[];
}

export type Module = LogicModule | MemoryModule;

interface ModuleBase {
  readonly name: string;
  /** What the module is for, in a sentence or a few lines; printed above it. */
  readonly doc: string;
  readonly parameters: { readonly [key: string]: Json };
  readonly loc: Location | null;
}

export interface LogicModule extends ModuleBase {
  readonly kind: "logic";
  /** Whether the module has a port `clk` (it, or something below it, holds state). */
  readonly clocked: boolean;
  /** Whether the module has a port `rst` or `rst_n`. */
  readonly resettable: boolean;
  /** Ports other than clock and reset, inputs first. */
  readonly ports: readonly Port[];
  /** Streams of the module, over ports listed in `ports`. */
  readonly streams: readonly Stream[];
  /** Wires and registers, without ports. An output port is assigned like a wire. */
  readonly signals: readonly Signal[];
  readonly instances: readonly Instance[];
  /** Executed in order, as one process: the last assignment to a bit wins. */
  readonly body: readonly Stmt[];
  /** Clock cycles from input to output where that is one number; null where it is not. */
  readonly latency: number | null;
}

/**
 * A memory with one write port and one read port, both synchronous. Its ports are fixed (see memoryPorts):
 * inputs `clk`, `wr_en` (a bit a lane), `wr_addr`, `wr_data`, `rd_en`, `rd_addr`; output `rd_data`.
 * At a rising edge `rd_data` becomes the word at `rd_addr` as it was before the edge, if `rd_en`; lane i of the
 * word at `wr_addr` becomes lane i of `wr_data` if `wr_en[i]`. An address not below `depth` reads an
 * unspecified value and writes nothing.
 */
export interface MemoryModule extends ModuleBase {
  readonly kind: "memory";
  readonly width: number;
  readonly depth: number;
  /** Bits a write-enable lane; divides `width`; equal to `width` when there is one enable. */
  readonly laneWidth: number;
  /** When true only a stub is known: whoever uses the design provides the module (an SRAM macro's wrapper). */
  readonly blackBox: boolean;
}

export interface Port {
  readonly name: string;
  readonly direction: "input" | "output";
  readonly width: number;
  readonly signed: boolean;
  /** The designer's name, such as `scores.valid` or `lanes[3]`. */
  readonly source: string;
  readonly loc: Location | null;
}

export interface Stream {
  readonly name: string;
  readonly direction: "input" | "output";
  readonly valid: string;
  readonly ready: string;
  readonly fields: readonly { readonly name: string; readonly port: string }[];
}

export interface Signal {
  readonly name: string;
  readonly kind: "wire" | "reg";
  readonly width: number;
  readonly signed: boolean;
  /** Registers: the value after reset, or null for a register that is deliberately not reset. Wires: null. */
  readonly reset: Hex | null;
  readonly source: string;
  readonly loc: Location | null;
}

export interface Instance {
  readonly name: string;
  readonly module: string;
  /** One entry an input port (clock and reset excluded: they connect by name). */
  readonly inputs: readonly { readonly port: string; readonly value: Expr }[];
  /** One entry an output port: the parent's wire that it drives. Several instances never share a wire. */
  readonly outputs: readonly { readonly port: string; readonly signal: string }[];
  readonly loc: Location | null;
}

export type UnaryOp = "not" | "redand" | "redor" | "redxor";
export type BinaryOp =
  | "add" | "sub" | "mul" | "and" | "or" | "xor" | "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "shl" | "shr";

interface Typed {
  readonly width: number;
  readonly signed: boolean;
}

/** A port or signal of the module. */
export interface Ref extends Typed { readonly kind: "ref"; readonly name: string }
/** A constant; `label` is a name for the reader (an enumeration's state). */
export interface Lit extends Typed { readonly kind: "lit"; readonly value: Hex; readonly label?: string }
/** `not`: same type as `a`. Reductions: one unsigned bit. */
export interface Unary extends Typed { readonly kind: "unary"; readonly op: UnaryOp; readonly a: Expr }
/**
 * - add, sub, and, or, xor: operands and result of one type; the carry is dropped.
 * - mul: operands of one sign; the result is as wide as both together: exact.
 * - eq, ne, lt, le, gt, ge: operands of one type; one unsigned bit.
 * - shl, shr: `b` unsigned, of any width; the result is of `a`'s type; shr of a signed value copies the sign
 *   bit. Shifting by the width or more gives 0 (or all sign bits).
 */
export interface Binary extends Typed { readonly kind: "binary"; readonly op: BinaryOp; readonly a: Expr; readonly b: Expr }
/** `cond` is one unsigned bit; `a` (taken when it is 1) and `b` are of the result's type. */
export interface Mux extends Typed { readonly kind: "mux"; readonly cond: Expr; readonly a: Expr; readonly b: Expr }
/** Concatenation, most significant part first; unsigned. */
export interface Cat extends Typed { readonly kind: "cat"; readonly parts: readonly Expr[] }
/** Bits hi..lo of `a`; unsigned. */
export interface Slice extends Typed { readonly kind: "slice"; readonly a: Expr; readonly hi: number; readonly lo: number }
/** `a` extended to `width` by zeros, or by its sign bit when it is signed; keeps the sign; never narrower than `a`. */
export interface Extend extends Typed { readonly kind: "extend"; readonly a: Expr }
/** The same bits under the other sign. */
export interface Cast extends Typed { readonly kind: "cast"; readonly a: Expr }
/** `items[index]`; an index past the end takes the last item. Items are of the result's type; index is unsigned. */
export interface Select extends Typed { readonly kind: "select"; readonly index: Expr; readonly items: readonly Expr[] }

export type Expr = Ref | Lit | Unary | Binary | Mux | Cat | Slice | Extend | Cast | Select;

/** Assigns `value` to bits lo .. lo + value.width - 1 of a wire, register or output. */
export interface Assign {
  readonly kind: "assign";
  readonly target: string;
  readonly lo: number;
  readonly value: Expr;
  readonly loc: Location | null;
}
export interface If {
  readonly kind: "if";
  readonly cond: Expr;
  readonly then: readonly Stmt[];
  readonly else: readonly Stmt[];
  readonly loc: Location | null;
}
export interface Switch {
  readonly kind: "switch";
  readonly on: Expr;
  readonly cases: readonly { readonly values: readonly Lit[]; readonly body: readonly Stmt[]; readonly loc: Location | null }[];
  readonly default: readonly Stmt[];
  readonly loc: Location | null;
}
export type Stmt = Assign | If | Switch;
