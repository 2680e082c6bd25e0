/** What a designer extends: parameters, ports, wires, registers. Elaboration runs `build()` once a shape. */

import type { Json } from "../ir/types";
import { Body } from "./body";
import { mirror, type Ports } from "./instance";
import { make, type Origin, type SignalOf } from "./signal";
import { checkLiteral, type Type } from "./types";

export type Parameters = { readonly [key: string]: Json };

/** Value after reset, or "none" for a register that is deliberately not reset. */
export interface RegOptions {
  readonly reset: bigint | "none";
}

export abstract class Module<P extends Parameters = Parameters> {
  constructor(readonly params: P) {
    Body.current();
  }

  /** Describes the module's logic. Ports are fields, made before it runs. */
  abstract build(): void;

  /** Module name in Verilog; by default the class's name in snake case. */
  get moduleName(): string {
    return snakeCase(this.constructor.name);
  }

  protected input<T extends Type>(type: T): SignalOf<T> {
    return declare(type, { kind: "declared", as: "input", reset: null });
  }

  protected output<T extends Type>(type: T): SignalOf<T> {
    return declare(type, { kind: "declared", as: "output", reset: null });
  }

  /** A combinational signal to be assigned later. */
  protected wire<T extends Type>(type: T): SignalOf<T> {
    return declare(type, { kind: "declared", as: "wire", reset: null });
  }

  /** A register: reads as its current value; `set` gives its next one; unassigned, it holds. */
  protected reg<T extends Type>(type: T, { reset }: RegOptions): SignalOf<T> {
    if (reset !== "none") checkLiteral(reset, type);
    return declare(type, { kind: "declared", as: "reg", reset: reset === "none" ? null : reset });
  }

  /**
   * A child module; equal parameters share one. Its ports are properties of the result: inputs to be set, outputs to
   * be read.
   */
  protected instance<Q extends Parameters, M extends Module<Q>>(module: ModuleClass<Q, M>, params: Q): Ports<M> {
    const body = Body.current();
    const { made, name } = body.design.shape(module, params);
    const instance = mirror(made, name, (wire) => body.declared.push(wire));
    body.instances.push(instance);
    return instance.ports as Ports<M>;
  }
}

/** How a module is made: a class that takes its parameters. */
export type ModuleClass<P extends Parameters, M extends Module<P>> = new (params: P) => M;

function declare<T extends Type>(type: T, origin: Origin): SignalOf<T> {
  const signal = make(type, origin);
  Body.current().declared.push(signal);
  return signal;
}

/** `scoreMax` and `ScoreMax` become `score_max`; digits stay with the word before them. */
export function snakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9_]/g, "_")
    .toLowerCase();
}
