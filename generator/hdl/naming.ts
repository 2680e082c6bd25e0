/** Names given to signals by bindings (instrumented code) and by properties of the module (any code). */

import { type Instance, instanceOf } from "./instance";
import { Memory } from "./memory";
import { Signal } from "./signal";
import { snakeCase } from "./snake-case";
import { Stream } from "./stream";
import { setNamer } from "./trace";

/** Something that has a name, its name in Verilog, and what the designer calls it. */
type Found = readonly [made: Signal | Instance | Stream, name: string, source: string];

const joined = (path: string, key: string): string => (path === "" ? key : `${path}_${key}`);
const dotted = (path: string, key: string): string => (path === "" ? key : `${path}.${key}`);

/** What a value holds: itself, list items by index, record fields by key. */
function* hardwareIn(value: unknown, path: string, source: string): Generator<Found> {
  if (value instanceof Signal) yield [value, path, source];
  else if (value instanceof Memory) yield [value.instance, path, source];
  else if (value instanceof Stream) yield* streamIn(value, path, source);
  else if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) yield* hardwareIn(item, joined(path, String(i)), `${source}[${i}]`);
  } else if (isRecord(value)) {
    const instance = instanceOf(value);
    if (instance) yield [instance, path, source];
    for (const [key, item] of Object.entries(value)) yield* hardwareIn(item, joined(path, key), dotted(source, key));
  }
}

function* streamIn(stream: Stream, path: string, source: string): Generator<Found> {
  yield [stream, path, source];
  yield [stream.valid, joined(path, "valid"), dotted(source, "valid")];
  yield [stream.ready, joined(path, "ready"), dotted(source, "ready")];
  yield* hardwareIn(stream.payload, path, dotted(source, "payload"));
}

const isRecord = (value: unknown): value is object =>
  value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype;

function give(made: Found[0], name: string, source: string): void {
  made.name = snakeCase(name);
  if (made instanceof Signal) made.source = source;
}

/** Names what a binding made; an outer binding has the last word, and an alias of an older signal changes nothing. */
function nameBound(value: unknown, path: string, binding: string, createdSince: number): void {
  for (const [made, name, source] of hardwareIn(value, path, binding)) if (made.created >= createdSince) give(made, name, source);
}

/** Names what a module's properties hold, where no binding has. */
export function nameProperties(module: object): void {
  for (const [key, value] of Object.entries(module)) {
    for (const [made, name, source] of hardwareIn(value, key, key)) if (made.name === null) give(made, name, source);
  }
}

setNamer(nameBound);
