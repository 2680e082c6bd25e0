/** What a designer extends: parameters, ports, wires, registers. Elaboration runs `build()` once a shape. */

import { createHash } from "node:crypto";
import type { Json } from "../ir/types";
import { type Fields, type Hardware, hardware, type Shape } from "./aggregates";
import { Body } from "./body";
import { mirror, type Ports } from "./instance";
import { makeMemory, type Memory, type MemoryOptions } from "./memory";
import { report } from "./problem";
import { type BoolSignal, type Declared, EnumSignal, make, type Signal } from "./signal";
import { snakeCase } from "./snake-case";
import { Stream } from "./stream";
import { boolType, checkLiteral, type Type } from "./types";

export type Parameters = { readonly [key: string]: Json };

/** A value after reset: of a signal, of each field or item of an aggregate, or one for all of them. */
export type Reset = bigint | "none" | EnumSignal | readonly Reset[] | { readonly [field: string]: Reset };

export interface RegOptions {
  /** Value after reset, or "none" for a register that is deliberately not reset. */
  readonly reset?: Reset;
  /** When given, the register changes only where this is 1. */
  readonly enable?: BoolSignal;
}

export abstract class Module<P extends Parameters = Parameters> {
  constructor(readonly params: P) {
    Body.current();
  }

  /** Describes the module's logic. Ports are fields, made before it runs. */
  abstract build(): void;

  /**
   * Module name in Verilog; by default the prefix, the class's name and, below the top, its parameters and a reset other
   * than `sync-high`: all that its content depends on, so that designs which share modules can be used together.
   */
  get moduleName(): string | null {
    return null;
  }

  /** What a name that nobody chose starts with; for libraries, whose modules must not meet others of their name. */
  get modulePrefix(): string {
    return "";
  }

  /** What the module is for; printed above it. */
  get doc(): string {
    return "";
  }

  /** Clock cycles from input to output, where that is one number. */
  get latency(): number | null {
    return null;
  }

  protected input<T extends Shape>(type: T): Hardware<T> {
    return declare(type, "input");
  }

  protected output<T extends Shape>(type: T): Hardware<T> {
    return declare(type, "output");
  }

  /** A stream that the module consumes: it drives `ready`. */
  protected inputStream<T extends Fields>(payload: T): Stream<T> {
    return enter(new Stream<T>(declare(boolType(), "input"), declare(boolType(), "output"), declare(payload, "input"), "input"));
  }

  /** A stream that the module produces: it drives `valid` and the payload. */
  protected outputStream<T extends Fields>(payload: T): Stream<T> {
    return enter(new Stream<T>(declare(boolType(), "output"), declare(boolType(), "input"), declare(payload, "output"), "output"));
  }

  /** A stream inside the module, driven on both sides in it. */
  protected stream<T extends Fields>(payload: T): Stream<T> {
    return new Stream<T>(declare(boolType(), "wire"), declare(boolType(), "wire"), declare(payload, "wire"), null);
  }

  /** Combinational signals to be assigned later. */
  protected wire<T extends Shape>(type: T): Hardware<T> {
    return declare(type, "wire");
  }

  /**
   * A register: reads as its current value; `set` gives its next one; unassigned, it holds. Without `reset` it is not
   * reset, and warning LAPA-W001 asks whether that is meant.
   */
  protected reg<T extends Shape>(type: T, { reset, enable }: RegOptions = {}): Hardware<T> {
    if (reset === undefined) report("LAPA-W001", "a register says nothing of its reset", 'Give a value, { reset: 0n }, or say { reset: "none" } if it needs none.');
    return declare(type, "reg", (t, path) => ({ reset: resetOf(t, reset ?? "none", path), enable }));
  }

  /** A memory with synchronous read and write. @throws DiagnosticError LAPA-E004 for an illegal depth, width or number of lanes. */
  protected memory<T extends Shape>(item: T, options: MemoryOptions): Memory<T> {
    return makeMemory(item, options);
  }

  /**
   * A child module; equal parameters share one. Its ports are properties of the result: inputs to be set, outputs to
   * be read.
   */
  protected instance<Q extends Parameters, M extends Module<Q>>(module: ModuleClass<Q, M>, params: NoInfer<Q>): Ports<M> {
    const body = Body.current();
    const { made, name } = body.design.shape(module, params);
    const instance = mirror(made, name, (wire) => body.declared.push(wire));
    body.instances.push(instance);
    return instance.ports as Ports<M>;
  }
}

/** How a module is made: a class that takes its parameters. */
export type ModuleClass<P extends Parameters, M extends Module<P>> = new (params: P) => M;

function declare<T extends Shape>(
  shape: T,
  as: Declared["as"],
  register?: (type: Type, path: readonly (string | number)[]) => Pick<Declared, "reset" | "enable">,
): Hardware<T> {
  return hardware(shape, (type, path) => {
    const signal = make(type, { kind: "declared", as, ...(register ? register(type, path) : { reset: null }) }) as Signal;
    Body.current().declared.push(signal);
    return signal;
  });
}

function enter<T extends Fields>(stream: Stream<T>): Stream<T> {
  Body.current().streams.push(stream as Stream);
  return stream;
}

/** The reset value of the signal at a path of an aggregate; null for none. */
function resetOf(type: Type, reset: Reset | undefined, path: readonly (string | number)[]): bigint | null {
  if (reset === "none") return null;
  if (reset instanceof EnumSignal) return type === reset.type && reset.origin.kind === "literal" ? reset.origin.value : wrongReset(type);
  if (typeof reset === "bigint") {
    checkLiteral(reset, type);
    return reset;
  }
  const [key, ...rest] = path;
  if (typeof reset !== "object" || key === undefined) return wrongReset(type);
  return resetOf(type, (reset as { readonly [key: string]: Reset })[key], rest);
}

function wrongReset(type: Type): null {
  report("LAPA-E002", `the reset value does not suit a register of type ${type}`, "Give a bigint, a member of the register's own enumeration, or a value for every field.");
  return null;
}

/** Characters of a name that says its parameters: file systems take 255, and not every tool as many. */
const longestName = 110;

/**
 * The module's name in Verilog: of the class, and of the parameters where `detailed`. Where that becomes too long, a digest
 * stands for the parameters: the same in every design.
 */
export function moduleNameOf(made: Module, detailed: boolean): string {
  if (made.moduleName !== null) return made.moduleName;
  const base = made.modulePrefix + snakeCase(made.constructor.name);
  if (!detailed) return base;
  const parameters = Object.entries(made.params);
  const shown = parameters.slice(0, parameters.findLastIndex(([, value]) => value !== null) + 1);
  const name = [base, ...shown.flatMap(([key, value]) => parameterText(key, value))].join("_");
  return name.length <= longestName ? name : `${base}_${createHash("sha256").update(JSON.stringify(made.params)).digest("hex").slice(0, 12)}`;
}

/**
 * How a parameter shows in a name: numbers and words by value, switches by key when they are on, lists by their items.
 * Null shows as well, where others follow: they would seem to be in its place.
 */
function parameterText(key: string, value: Json): string[] {
  if (typeof value === "boolean") return value ? [snakeCase(key)] : [];
  if (typeof value === "number" || typeof value === "string") return [snakeCase(String(value).replace("-", "m"))];
  if (value === null) return [`no_${snakeCase(key)}`];
  return Object.entries(value).flatMap(([inner, item]) => parameterText(inner, item as Json));
}
