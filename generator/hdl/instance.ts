/** Instances: what the parent sees of a child module is its ports, as wires of the parent. */

import type { Location } from "../ir/types";
import { type Declared, make, Signal } from "./signal";
import { Stream } from "./stream";
import { currentLocation, nextCreated } from "./trace";

/** A child module inside its parent. */
export class Instance {
  readonly created = nextCreated();
  readonly loc: Location | null = currentLocation();
  /** The designer's name. */
  name: string | null = null;
  /** The parent's wire of each port, by the port's name in Verilog. */
  readonly wires = new Map<string, Signal>();

  constructor(readonly module: string) {}
}

/** Which instance an object of ports belongs to. */
const owners = new WeakMap<object, Instance>();

/** The instance whose ports a value is, if it is that. */
export function instanceOf(ports: object): Instance | undefined {
  return owners.get(ports);
}

/** The port fields of a module class: signals, streams, and lists and records of them; null for a port that these parameters leave out. */
export type Ports<M> = { readonly [K in keyof M as M[K] extends PortField | null ? (K extends "params" ? never : K) : never]: M[K] };
type PortField = Signal | StreamPorts | readonly PortField[] | { readonly [field: string]: PortField };
/** What a stream of any payload has. */
type StreamPorts = { readonly [K in keyof Stream]: K extends "payload" ? unknown : Stream[K] };

/** How the parent's wires come about. */
const feeding: Declared = { kind: "declared", as: "feeding", reset: null };
const driven: Declared = { kind: "declared", as: "driven", reset: null };

/**
 * The parent's side of a child's ports: every port replaced by a new wire of the parent.
 * @param child the child module as it was built; `declare` makes a wire and enters it in the parent.
 */
export function mirror(child: object, module: string, declare: (s: Signal) => void): { readonly instance: Instance; readonly ports: object } {
  const instance = new Instance(module);
  const port = (s: Signal): Signal | undefined => {
    if (s.origin.kind !== "declared" || (s.origin.as !== "input" && s.origin.as !== "output")) return undefined;
    const wire = make(s.type, s.origin.as === "input" ? feeding : driven) as Signal;
    instance.wires.set(s.name!, wire);
    declare(wire);
    return wire;
  };
  const ports = fieldsOf(child, (value) => copyPorts(value, port));
  owners.set(ports, instance);
  return { instance, ports };
}

/** A value with every port in it replaced; undefined when it holds none, null where a port is left out. */
function copyPorts(value: unknown, port: (s: Signal) => Signal | undefined): unknown {
  if (value === null) return null;
  if (value instanceof Signal) return port(value);
  if (value instanceof Stream) {
    if (value.direction === null) return undefined;
    const [valid, ready] = [port(value.valid), port(value.ready)];
    return new Stream(valid as Stream["valid"], ready as Stream["ready"], copyPorts(value.payload, port) as Stream["payload"], null);
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => copyPorts(item, port));
    // A list without items has no ports, but a payload's shape has it.
    return items.length > 0 && items.every((item) => item === undefined) ? undefined : items;
  }
  if (typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype || instanceOf(value)) return undefined;
  const fields = fieldsOf(value, (item) => copyPorts(item, port));
  return Object.keys(fields).length > 0 ? fields : undefined;
}

function fieldsOf(value: object, copy: (item: unknown) => unknown): object {
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const copied = copy(value[key as never]);
    if (copied !== undefined) fields[key] = copied;
  }
  return fields;
}
