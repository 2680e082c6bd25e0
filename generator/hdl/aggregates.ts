/** Aggregates: records and lists of types, and of signals. They are flat in the IR; here they keep their shape. */

import { fail } from "./problem";
import { type BitsSignal, type BoolSignal, choose, concat, mux as muxSignals, Signal, type SignalOf, type UIntSignal } from "./signal";
import { switchOn } from "./when";
import { type EnumType, Type } from "./types";

/** A type, or a record or list of them, to any depth. */
export type Shape = Type | readonly Shape[] | Fields;
export interface Fields {
  readonly [field: string]: Shape;
}

/** The signals of a shape. */
export type Hardware<T> = T extends Type
  ? SignalOf<T>
  : T extends readonly (infer U)[]
    ? readonly Hardware<U>[]
    : { readonly [K in keyof T]: Hardware<T[K]> };

/** A signal, or a record or list of them, to any depth. */
export type Value = Signal | readonly Value[] | { readonly [field: string]: Value };

const legal = /^[A-Za-z][A-Za-z0-9_]*$/;

/**
 * A record type. Field `x` of a signal `pair` is `pair.x` in the design and `pair_x` in Verilog.
 * @throws DiagnosticError LAPA-E011 when a field's name cannot be part of a Verilog name.
 */
export function Bundle<T extends Fields>(fields: T): T {
  for (const name of Object.keys(fields)) {
    if (!legal.test(name)) fail("LAPA-E011", `a bundle cannot have a field '${name}'`, "Use letters, digits and underscores, a letter first.");
  }
  return Object.freeze(fields);
}

/** A list type of `length` items. @throws DiagnosticError LAPA-E004 when the length is not a positive integer. */
export function Vec<T extends Shape>(length: number, item: T): readonly T[] {
  if (!Number.isInteger(length) || length < 1) fail("LAPA-E004", `a vector has 1 item or more; this one has ${length}`, "Check the parameter it is computed from.");
  return Object.freeze(Array<T>(length).fill(item));
}

/** The signals of a shape, each made from its type by `leaf`; `path` is the fields and indices that lead to it. */
export function hardware<T extends Shape>(shape: T, leaf: (type: Type, path: readonly (string | number)[]) => Signal): Hardware<T> {
  const visit = (s: Shape, path: readonly (string | number)[]): unknown => {
    if (s instanceof Type) return leaf(s, path);
    if (Array.isArray(s)) return s.map((item: Shape, i) => visit(item, [...path, i]));
    return Object.fromEntries(Object.entries(s).map(([key, item]) => [key, visit(item as Shape, [...path, key])]));
  };
  return visit(shape, []) as Hardware<T>;
}

/** The signals in a value, in order. */
export function leaves(value: Value): Signal[] {
  return value instanceof Signal ? [value] : Object.values(value).flatMap(leaves);
}

/** The types in a shape, in the order of its signals. */
export function leafTypes(shape: Shape): Type[] {
  return shape instanceof Type ? [shape] : Object.values(shape).flatMap(leafTypes);
}

/** Joins values of one shape, signal by signal. @throws DiagnosticError LAPA-E017 when the shapes differ. */
function zip<T extends Value>(values: readonly [T, ...T[]], join: (signals: readonly [Signal, ...Signal[]]) => Signal): T {
  const [first] = values;
  if (values.every((v) => v instanceof Signal)) return join(values as never) as T;
  const shapes = values.map((v) => (v instanceof Signal ? "a signal" : Array.isArray(v) ? `a list of ${v.length}` : `{${Object.keys(v).join(", ")}}`));
  if (new Set(shapes).size > 1) fail("LAPA-E017", `the values are of different shapes: ${shapes.join(" and ")}`, "Make them of one type.");
  const joined = Object.keys(first).map((key) => [key, zip(values.map((v) => v[key as never] as Value) as never, join)] as const);
  return (Array.isArray(first) ? joined.map(([, v]) => v) : Object.fromEntries(joined)) as T;
}

/**
 * Drives every signal of `target` with its counterpart in `value`.
 * @throws DiagnosticError LAPA-E017 when their fields or lengths differ; as `Signal.set` does for each signal.
 */
export function drive<T extends Value>(target: T, value: NoInfer<T>): void {
  zip<Value>([target, value], ([t, v]) => {
    t.set(v!);
    return t;
  });
}

/** `a` where `condition` is 1, else `b`: signals, records or lists of one type. @throws DiagnosticError LAPA-E001, E002 or E017. */
export function mux<T extends Value>(condition: BoolSignal, a: T, b: NoInfer<T>): T {
  return zip<T>([a, b as T], ([x, y]) => muxSignals(condition, x, y!));
}

/** `items[index]`; the last item where `index` is past the end. @throws DiagnosticError LAPA-E001, E002 or E017. */
export function select<T extends Value>(items: readonly T[], index: UIntSignal): T {
  const [first, ...rest] = items;
  if (first === undefined) fail("LAPA-E017", "there is nothing to select from: the list is empty", "Give at least one item.");
  return zip<T>([first, ...rest], (signals) => choose(index, signals));
}

/** Drives `items[index]` and leaves the others as they are; none where `index` is past the end. */
export function assignAt<T extends Value>(items: readonly T[], index: UIntSignal, value: NoInfer<T>): void {
  const cases = switchOn(index);
  for (const [i, item] of items.slice(0, 2 ** Math.min(index.width, 30)).entries()) cases.is(BigInt(i), () => drive(item, value as T));
}

/** All bits of a value, its first signal in the least significant ones. */
export function pack(value: Value): BitsSignal {
  const [first, ...rest] = leaves(value).reverse();
  if (first === undefined) fail("LAPA-E017", "there is nothing to pack: the value holds no signal", "Give it at least one field or item.");
  return rest.length === 0 ? first.asBits() : concat(first, ...rest);
}

/** What `pack` packed. @throws DiagnosticError LAPA-E001 when the widths differ. */
export function unpack<T extends Shape>(shape: T, bits: BitsSignal): Hardware<T> {
  const width = leafTypes(shape).reduce((n, t) => n + t.width, 0);
  if (width !== bits.width) fail("LAPA-E001", `${bits.describe()} is unpacked into ${width} bits`, "Make both of one width.");
  let lo = 0;
  return hardware(shape, (type) => {
    const part = bits.bits(lo + type.width - 1, lo);
    lo += type.width;
    return recastAs(part, type);
  });
}

function recastAs(part: BitsSignal, type: Type): Signal {
  switch (type.sort) {
    case "uint": return part.asUInt();
    case "sint": return part.asSInt();
    case "bool": return part.asBool();
    case "bits": return part;
    case "enum": return part.asEnum(type as EnumType);
  }
}
