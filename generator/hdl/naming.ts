/** Names given to signals by bindings (instrumented code) and by properties of the module (any code). */

import { type Instance, instanceOf } from "./instance";
import { Memory } from "./memory";
import { Signal } from "./signal";
import { snakeCase } from "./snake-case";
import { Stream } from "./stream";
import { setNamer } from "./trace";

/** Told of a thing that can have a name: the name in Verilog, and what the designer calls it. */
type Visit = (made: Signal | Instance | Stream, name: string, source: string) => void;

const joined = (path: string, key: string): string => (path === "" ? key : `${path}_${key}`);
const dotted = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);

/** Fields as names in Verilog: there are few, and a large array has each of them a thousand times. */
const fieldNames = new Map<string, string>();

function fieldName(field: string): string {
  const name = fieldNames.get(field) ?? snakeCase(field);
  fieldNames.set(field, name);
  return name;
}

/** Visits what a value holds: itself, list items by index, record fields by key. `path` is a name in Verilog already. */
function visitHardware(value: unknown, path: string, source: string, visit: Visit): void {
  if (value instanceof Signal) visit(value, path, source);
  else if (value instanceof Memory) visit(value.instance, path, source);
  else if (value instanceof Stream) visitStream(value, path, source, visit);
  else if (Array.isArray(value)) value.forEach((item, i) => visitHardware(item, joined(path, String(i)), `${source}[${i}]`, visit));
  else if (isRecord(value)) {
    const instance = instanceOf(value);
    if (instance) visit(instance, path, source);
    for (const key in value) visitHardware(value[key], joined(path, fieldName(key)), dotted(source, key), visit);
  }
}

function visitStream(stream: Stream, path: string, source: string, visit: Visit): void {
  visit(stream, path, source);
  visit(stream.valid, joined(path, "valid"), dotted(source, "valid"));
  visit(stream.ready, joined(path, "ready"), dotted(source, "ready"));
  visitHardware(stream.payload, path, dotted(source, "payload"), visit);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype;

function give(made: Signal | Instance | Stream, name: string, source: string): void {
  made.name = name;
  if (made instanceof Signal) made.source = source;
}

/** Names what a binding made; an outer binding has the last word, and an alias of an older signal changes nothing. */
function nameBound(value: unknown, path: string, binding: string, createdSince: number): void {
  visitHardware(value, snakeCase(path), binding, (made, name, source) => {
    if (made.created >= createdSince) give(made, name, source);
  });
}

/** Names what a module's properties hold, where no binding has. */
export function nameProperties(module: object): void {
  for (const [key, value] of Object.entries(module)) {
    visitHardware(value, snakeCase(key), key, (made, name, source) => {
      if (made.name === null) give(made, name, source);
    });
  }
}

setNamer(nameBound);
