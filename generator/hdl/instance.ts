/** Instances: what the parent sees of a child module is its ports, as wires of the parent. */

import type { Location } from "../ir/types";
import { make, Signal } from "./signal";
import { currentLocation, nextCreated } from "./trace";

/** A child module inside its parent. `Ports` are its ports under the child's own property names. */
export class Instance {
  readonly created = nextCreated();
  readonly loc: Location | null = currentLocation();
  /** The designer's name. */
  name: string | null = null;
  /** The parent's wire of each port, by the port's name in Verilog. */
  readonly wires = new Map<string, Signal>();

  constructor(readonly module: string, readonly ports: Readonly<Record<string, unknown>>) {}
}

/** Which instance an object of ports belongs to. */
const owners = new WeakMap<object, Instance>();

/** The instance whose ports a value is, if it is that. */
export function instanceOf(ports: object): Instance | undefined {
  return owners.get(ports);
}

/** The port fields of a module class: signals, and lists and records of signals. */
export type Ports<M> = { readonly [K in keyof M as M[K] extends Signal | readonly Signal[] ? K : never]: M[K] };

/**
 * The parent's side of a child's ports: every port replaced by a new wire of the parent.
 * @param child the child module as it was built; `declare` makes a wire and enters it in the parent.
 */
export function mirror(child: object, module: string, declare: (s: Signal) => void): Instance {
  const wires = new Map<string, Signal>();
  const copy = (value: unknown): unknown => {
    if (value instanceof Signal) return port(value);
    if (Array.isArray(value)) return value.map(copy);
    return undefined;
  };
  const port = (s: Signal): Signal | undefined => {
    if (s.origin.kind !== "declared" || (s.origin.as !== "input" && s.origin.as !== "output")) return undefined;
    const direction = s.origin.as;
    const wire = make(s.type, { kind: "declared", as: direction === "input" ? "wire" : "driven", reset: null }) as Signal;
    wires.set(s.name!, wire);
    declare(wire);
    return wire;
  };
  const ports = Object.fromEntries(Object.entries(child).map(([key, value]) => [key, copy(value)]).filter(([, v]) => v !== undefined));
  const instance = new Instance(module, ports);
  for (const [name, wire] of wires) instance.wires.set(name, wire);
  owners.set(ports, instance);
  return instance;
}
