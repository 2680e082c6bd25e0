/** Signals and their operators. An operator makes a new signal; nothing is extended or truncated unless it says so. */

import { mask, toHex } from "../ir/bits";
import type { BinaryOp, Expr, Location, UnaryOp } from "../ir/types";
import { Body } from "./body";
import { fail, report } from "./problem";
import { bitsType, boolType, checkLiteral, EnumType, sameType, sintType, type Sort, type Type, uintType } from "./types";
import { currentLocation, nextCreated } from "./trace";

/** A signal of the module itself; `feeding`: an instance's input; `driven`: by an instance. `enable` gates every assignment to a register. */
export interface Declared {
  readonly kind: "declared";
  readonly as: "input" | "output" | "wire" | "reg" | "feeding" | "driven";
  readonly reset: bigint | null;
  readonly enable?: BoolSignal | undefined;
}

/** How a signal comes about: declared in the module, or computed from operands when the module is lowered. */
export type Origin =
  | Declared
  | { readonly kind: "literal"; readonly value: bigint }
  | {
    readonly kind: "computed";
    readonly operands: readonly Signal[];
    /** How many operators are on the longest way to what is not computed. */
    readonly depth: number;
    readonly build: (operands: readonly Expr[]) => Expr;
  };

export abstract class Signal<S extends Sort = Sort> {
  /** Position in the order of creation, over the whole process. */
  readonly created = nextCreated();
  readonly loc: Location | null = currentLocation();
  /** The name in Verilog, once a binding or a property gave it one. */
  name: string | null = null;
  /** What the designer calls it, such as `lanes[3]`. */
  source: string | null = null;
  /** The module body the signal belongs to; a literal belongs to none. */
  readonly owner: Body | null;

  constructor(readonly type: Type<S>, readonly origin: Origin) {
    this.owner = origin.kind === "literal" ? null : Body.current();
  }

  get width(): number {
    return this.type.width;
  }

  /**
   * Drives the signal, in the `when` and `switchOn` branches around this line; the last assignment wins.
   * @throws DiagnosticError LAPA-E001 or E002 when the types differ, E013 when the signal cannot be assigned.
   */
  set(value: this | bigint): void {
    if (this.assignable()) Body.current().assign(this, 0, this.operand(value));
  }

  /**
   * Drives bits hi .. lo and leaves the others as they are.
   * @throws DiagnosticError LAPA-E001, E002, E005 or E013, as `set` and `bits` do.
   */
  setBits(hi: number, lo: number, value: BitsSignal | bigint): void {
    const part = this.bits(hi, lo);
    if (this.assignable()) Body.current().assign(this, lo, part.operand(value));
  }

  /** Drives one bit, as `setBits` does. */
  setBit(index: number, value: BoolSignal | bigint): void {
    this.setBits(index, index, typeof value === "bigint" ? value : value.asBits());
  }

  private assignable(): boolean {
    const origin = this.origin;
    if (origin.kind === "declared" && origin.as !== "input" && origin.as !== "driven") return true;
    report("LAPA-E013", `${this.describe()} cannot be assigned`, "Only wires, registers, output ports and inputs of instances can.");
    return false;
  }

  /** The other operand of a binary operator, or what is assigned; a literal takes this signal's type. */
  operand(value: Signal | bigint): Signal {
    // Not only bigint: whoever writes plain JavaScript may pass a number, and is told.
    if (!(value instanceof Signal)) return literal(this.type, value);
    if (value.type.sort !== this.type.sort) {
      report("LAPA-E002", `${this.describe()} and ${value.describe()} are of different types`, "Convert one of them: asUInt(), asSInt(), asBits(), asBool().");
    } else if (!sameType(value.type, this.type)) {
      report("LAPA-E001", `${this.describe()} and ${value.describe()} differ in width`, "Use zext, sext or trunc on one of them.");
    } else return value;
    return literal(this.type, 0n);
  }

  /** How the signal is called in a message. */
  describe(): string {
    return `${this.name === null ? "a signal" : `'${this.name}'`} of type ${this.type}`;
  }

  eq(other: this | bigint): BoolSignal {
    return compare("eq", this, this.operand(other));
  }

  ne(other: this | bigint): BoolSignal {
    return compare("ne", this, this.operand(other));
  }

  /** Bits hi .. lo. @throws DiagnosticError LAPA-E005 when they are not in the signal. */
  bits(hi: number, lo: number): BitsSignal {
    if (!Number.isInteger(hi) || !Number.isInteger(lo) || lo < 0 || hi < lo || hi >= this.width) {
      fail("LAPA-E005", `bits ${hi}..${lo} are not in ${this.describe()}`, `Bits are numbered ${this.width - 1}..0.`);
    }
    return new BitsSignal(bitsType(hi - lo + 1), computed([this], ([a]) => ({ kind: "slice", a: a!, hi, lo, width: hi - lo + 1, signed: false })));
  }

  /** One bit; where `index` is a signal and past the end, the top bit. */
  bit(index: number | UIntSignal): BoolSignal {
    if (typeof index === "number") return this.bits(index, index).asBool();
    return choose(index, Array.from({ length: this.width }, (_, i) => this.bit(i)));
  }

  /** The signal `times` times side by side. */
  repeat(times: number): BitsSignal {
    const width = bitsType(this.width * times).width;
    return new BitsSignal(bitsType(width), computed([this], ([a]) => ({ kind: "cat", parts: Array<Expr>(times).fill(a!), width, signed: false })));
  }

  asUInt(): UIntSignal {
    return new UIntSignal(uintType(this.width), recast(this, false));
  }

  asSInt(): SIntSignal {
    return new SIntSignal(sintType(this.width), recast(this, true));
  }

  asBits(): BitsSignal {
    return new BitsSignal(bitsType(this.width), recast(this, false));
  }

  /** @throws DiagnosticError LAPA-E001 when the signal has more than one bit. */
  asBool(): BoolSignal {
    if (this.width !== 1) fail("LAPA-E001", `${this.describe()} has more than one bit`, "Compare it, or reduce it with andR, orR or xorR.");
    return new BoolSignal(boolType(), recast(this, false));
  }

  /** The bits as a member of an enumeration; a pattern that is no member stays what it is. @throws DiagnosticError LAPA-E001 when the widths differ. */
  asEnum<N extends string>(type: EnumType<N>): EnumSignal<N> {
    if (this.width !== type.width) fail("LAPA-E001", `${this.describe()} and the enumeration ${type} of ${type.width} bits differ in width`, "Make both of one width.");
    return make(type, recast(this, false)) as Signal as EnumSignal<N>;
  }

  andR(): BoolSignal {
    return reduce("redand", this);
  }

  orR(): BoolSignal {
    return reduce("redor", this);
  }

  xorR(): BoolSignal {
    return reduce("redxor", this);
  }
}

/** Bitwise operators: operands of one type. */
abstract class Logic<S extends Sort> extends Signal<S> {
  and(other: this | bigint): this {
    return this.logic("and", other);
  }

  or(other: this | bigint): this {
    return this.logic("or", other);
  }

  xor(other: this | bigint): this {
    return this.logic("xor", other);
  }

  not(): this {
    const { width, signed } = this.type;
    return like(this, computed([this], ([a]) => ({ kind: "unary", op: "not", a: a!, width, signed })));
  }

  protected logic(op: BinaryOp, other: this | bigint): this {
    return like(this, binary(op, this.type, this, this.operand(other)));
  }
}

/** Numbers: arithmetic grows as far as the result can, wrapping arithmetic keeps the width. */
abstract class Numeric<S extends "uint" | "sint"> extends Logic<S> {
  /** Sum, exact: one bit wider than the wider operand. */
  add(other: this | bigint): this {
    const [a, b] = this.both(other, 1);
    return like(a, binary("add", a.type, a, b));
  }

  /** Product, exact: as wide as both operands together. */
  mul(other: this | bigint): this {
    const b = this.number(other);
    const type = this.type.resized(this.width + b.width);
    return make(type, binary("mul", type, this, b)) as Signal as this;
  }

  addWrap(other: this | bigint): this {
    return this.logic("add", other);
  }

  subWrap(other: this | bigint): this {
    return this.logic("sub", other);
  }

  lt(other: this | bigint): BoolSignal {
    return compare("lt", ...this.both(other, 0));
  }

  le(other: this | bigint): BoolSignal {
    return compare("le", ...this.both(other, 0));
  }

  gt(other: this | bigint): BoolSignal {
    return compare("gt", ...this.both(other, 0));
  }

  ge(other: this | bigint): BoolSignal {
    return compare("ge", ...this.both(other, 0));
  }

  /** Times 2^amount, exact: `amount` bits wider. */
  shl(amount: number): this {
    if (amount === 0) return this;
    const joined = concat(this, literal(bitsType(amount), 0n));
    return make(this.type.resized(joined.width), recast(joined, this.type.signed)) as Signal as this;
  }

  /** Shifted by a signal; keeps the width. */
  shlWrap(amount: UIntSignal): this {
    return like(this, binary("shl", this.type, this, needs("uint", amount, "the amount of a shift")));
  }

  /**
   * Divided by 2^amount, rounded down. By a constant: the low bits are dropped, so the result is narrower. By a signal:
   * the width stays, and a signed value copies its sign bit.
   * @throws DiagnosticError LAPA-E005 when a constant amount leaves no bit.
   */
  shr(amount: number | UIntSignal): this {
    if (typeof amount !== "number") return like(this, binary("shr", this.type, this, needs("uint", amount, "the amount of a shift")));
    const kept = this.bits(this.width - 1, amount);
    return make(this.type.resized(kept.width), recast(kept, this.type.signed)) as Signal as this;
  }

  /** The value, or the nearest one that fits in `width` bits. @throws DiagnosticError LAPA-E004 for an illegal width. */
  saturate(width: number): this {
    if (width >= this.width) return this.extended(width);
    const type = this.type.resized(width);
    const largest = literal(type, mask(width - (this.type.signed ? 1 : 0)));
    // A signed value fits when all bits that go are copies of the sign that stays.
    const gone = this.bits(this.width - 1, this.type.signed ? width - 1 : width);
    const high = gone.orR();
    if (!this.type.signed) return mux(high, largest, this.trunc(width)) as Signal as this;
    const limit = mux(this.bit(this.width - 1), literal(type, -mask(width - 1) - 1n), largest);
    return mux(high.eq(gone.andR()), this.trunc(width) as Signal, limit) as this;
  }

  /** The low `width` bits. @throws DiagnosticError LAPA-E005 when there are not so many. */
  trunc(width: number): this {
    return make(this.type.resized(width), recast(this.bits(width - 1, 0), this.type.signed)) as Signal as this;
  }

  /** Extended by zeros or by the sign. @throws DiagnosticError LAPA-E001 when the signal is wider already. */
  protected extended(width: number): this {
    if (width === this.width) return this;
    if (width < this.width) fail("LAPA-E001", `${this.describe()} cannot be extended to ${width} bits`, "Use trunc to drop bits.");
    const { signed } = this.type;
    return make(this.type.resized(width), computed([this], ([a]) => ({ kind: "extend", a: a!, width, signed }))) as Signal as this;
  }

  /** An operand of this sort, of any width. */
  private number(other: this | bigint): this {
    if (typeof other === "bigint" || other.type.sort !== this.type.sort) return this.operand(other) as this;
    return other;
  }

  /** Both operands, extended to the wider of them and `growth` bits more. */
  private both(other: this | bigint, growth: number): [this, this] {
    const b = this.number(other);
    const width = Math.max(this.width, b.width) + growth;
    return [this.extended(width), b.extended(width)];
  }
}

export class UIntSignal extends Numeric<"uint"> {
  /** Difference, exact: signed, one bit wider than the wider operand. */
  sub(other: UIntSignal | bigint): SIntSignal {
    const b = typeof other === "bigint" ? (this.operand(other) as UIntSignal) : other;
    const width = Math.max(this.width, b.width) + 1;
    return this.zext(width).asSInt().subWrap(b.zext(width).asSInt());
  }

  zext(width: number): UIntSignal {
    return this.extended(width);
  }
}

export class SIntSignal extends Numeric<"sint"> {
  /** Difference, exact: one bit wider than the wider operand. */
  sub(other: SIntSignal | bigint): SIntSignal {
    const b = typeof other === "bigint" ? (this.operand(other) as SIntSignal) : other;
    const width = Math.max(this.width, b.width) + 1;
    return this.sext(width).subWrap(b.sext(width));
  }

  /** The negated value, exact: one bit wider. */
  neg(): SIntSignal {
    return (literal(this.type, 0n) as SIntSignal).sub(this);
  }

  sext(width: number): SIntSignal {
    return this.extended(width);
  }
}

export class BitsSignal extends Logic<"bits"> {}
export class BoolSignal extends Logic<"bool"> {}
export class EnumSignal<N extends string = string> extends Signal<"enum"> {
  declare readonly type: EnumType<N>;
}

const classes = { uint: UIntSignal, sint: SIntSignal, bits: BitsSignal, bool: BoolSignal, enum: EnumSignal };

/** The class of signal that a type has. */
export type SignalOf<T extends Type> = T extends EnumType<infer N> ? EnumSignal<N> : InstanceType<(typeof classes)[T["sort"]]>;

/** A signal of the class that its type says. */
export function make<T extends Type>(type: T, origin: Origin): SignalOf<T> {
  return new (classes[type.sort] as new (t: Type, o: Origin) => Signal)(type, origin) as SignalOf<T>;
}

/** A constant of a type. @throws DiagnosticError LAPA-E003 when the type does not have the value. */
export function literal<T extends Type>(type: T, value: bigint): SignalOf<T> {
  checkLiteral(value, type);
  return make(type, { kind: "literal", value });
}

/**
 * What stands where only one sort of signal can. TypeScript sees to that, unless a design's types were bent.
 * @throws DiagnosticError LAPA-E002 when it is anything else.
 */
export function needs<T extends Signal>(sort: Sort, value: T, what: string): T {
  if (value instanceof Signal && value.type.sort === sort) return value;
  const given = value instanceof Signal ? value.describe() : String(value);
  fail("LAPA-E002", `${what} is ${given}`, sort === "bool" ? "Compare it with something, or say asBool()." : "Convert it: asUInt().");
}

/** `a` where `condition` is 1, else `b`; of one type. @throws DiagnosticError LAPA-E001 or E002 when they are not. */
export function mux<T extends Signal>(condition: BoolSignal, a: T, b: T): T {
  if (!alike(a, b)) return a;
  needs("bool", condition, "the condition of a mux");
  const { width, signed } = a.type;
  return like(a, computed([condition, a, b], ([c, x, y]) => ({ kind: "mux", cond: c!, a: x!, b: y!, width, signed })));
}

/** `items[index]`, the last item where `index` is past the end; of one type. @throws DiagnosticError as `mux` does. */
export function choose<T extends Signal>(index: UIntSignal, items: readonly T[]): T {
  needs("uint", index, "an index");
  const first = items[0] ?? fail("LAPA-E017", "there is nothing to select from: the list is empty", "Give at least one item.");
  if (items.length === 1 || !items.every((item) => alike(first, item))) return first;
  const { width, signed } = first.type;
  return like(first, computed([index, ...items], ([i, ...rest]) => ({ kind: "select", index: i!, items: rest, width, signed })));
}

function alike(a: Signal, b: Signal): boolean {
  if (sameType(a.type, b.type)) return true;
  const code = a.type.sort === b.type.sort && a.type.sort !== "enum" ? "LAPA-E001" : "LAPA-E002";
  report(code, `${a.describe()} and ${b.describe()} cannot be chosen between`, "Convert one of them to the other's type.");
  return false;
}

/** The signals side by side, the first in the most significant bits. */
export function concat(...parts: readonly [Signal, ...Signal[]]): BitsSignal {
  const width = parts.reduce((n, p) => n + p.width, 0);
  return new BitsSignal(bitsType(width), computed(parts, (e) => ({ kind: "cat", parts: e, width, signed: false })));
}

/** The IR's form of a constant. */
export function literalExpr(type: Type, value: bigint): Expr {
  const constant = { kind: "lit", value: toHex(value, type.width), width: type.width, signed: type.signed } as const;
  return type instanceof EnumType ? { ...constant, label: type.label(value) } : constant;
}

function computed(operands: readonly Signal[], build: (operands: readonly Expr[]) => Expr): Origin {
  let depth = 1;
  for (const s of operands) {
    Body.current().checkOwned(s);
    depth = Math.max(depth, depthOf(s) + 1);
  }
  return { kind: "computed", operands, depth, build };
}

/** How many operators a signal is made of, one behind the other. */
export function depthOf({ origin }: Signal): number {
  return origin.kind === "computed" ? origin.depth : 0;
}

function like<T extends Signal>(signal: T, origin: Origin): T {
  return make(signal.type, origin) as Signal as T;
}

function binary(op: BinaryOp, { width, signed }: Pick<Type, "width" | "signed">, a: Signal, b: Signal): Origin {
  return computed([a, b], ([x, y]) => ({ kind: "binary", op, a: x!, b: y!, width, signed }));
}

function compare(op: BinaryOp, a: Signal, b: Signal): BoolSignal {
  return new BoolSignal(boolType(), binary(op, boolType(), a, b));
}

function reduce(op: UnaryOp, a: Signal): BoolSignal {
  return new BoolSignal(boolType(), computed([a], ([x]) => ({ kind: "unary", op, a: x!, width: 1, signed: false })));
}

/** The same bits under the given sign; free when the sign is the same. */
function recast(a: Signal, signed: boolean): Origin {
  return computed([a], ([x]) => (x!.signed === signed ? x! : { kind: "cast", a: x!, width: a.width, signed }));
}
