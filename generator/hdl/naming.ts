/** Names given to signals by bindings (instrumented code) and by properties of the module (any code). */

import { type Instance, instanceOf } from "./instance";
import { snakeCase } from "./module";
import { Signal } from "./signal";
import { setNamer } from "./trace";

/** Signals and instances in a value with the path to each: itself, list items by index, record fields by key. */
function* hardwareIn(value: unknown, path: string): Generator<[Signal | Instance, string]> {
  if (value instanceof Signal) yield [value, path];
  else if (Array.isArray(value)) for (const [i, item] of value.entries()) yield* hardwareIn(item, `${path}_${i}`);
  else if (value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    const instance = instanceOf(value);
    if (instance) yield [instance, path];
    for (const [key, item] of Object.entries(value)) yield* hardwareIn(item, path === "" ? key : `${path}_${key}`);
  }
}

/** Names what a binding made; an outer binding has the last word, and an alias of an older signal changes nothing. */
function nameBound(value: unknown, path: string, _binding: string, createdSince: number): void {
  for (const [made, name] of hardwareIn(value, path)) if (made.created >= createdSince) made.name = snakeCase(name);
}

/** Names the signals that a module's properties hold, where no binding has. */
export function nameProperties(module: object): void {
  for (const [key, value] of Object.entries(module)) {
    for (const [made, name] of hardwareIn(value, key)) made.name ??= snakeCase(name);
  }
}

setNamer(nameBound);
