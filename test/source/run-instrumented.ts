/** Compiles a snippet, instrumented, and runs its default export with stand-ins for hardware. */

import { ts } from "ts-morph";
import { currentLocation, isolated, nextCreated, setNamer } from "../../generator/hdl/trace";
import * as trace from "../../generator/hdl/trace";
import { transpile } from "../../generator/source/transpile";

/** A stand-in for a signal. */
export class Signal {
  readonly id = nextCreated();
  /** Where the designer's code was when it was made. */
  readonly place = place();
  /** Every name it was given, in order. */
  readonly names: string[] = [];
  add(_other: unknown): Signal {
    return new Signal();
  }
  use(..._args: unknown[]): void {
    places.push(place());
  }
}

export interface Run {
  /** The final names of the signals that have one, in order of creation. */
  readonly names: string[];
  readonly signals: Signal[];
  /** Where each call of `here()` and of a signal's `use()` was. */
  readonly places: string[];
  readonly result: unknown;
}

let places: string[] = [];

function place(): string {
  const at = currentLocation();
  return at ? `${at.file}:${at.line}:${at.column}` : "nowhere";
}

function nameAll(signals: Map<number, Signal>, value: unknown, path: string, since: number): void {
  if (value instanceof Signal) {
    signals.set(value.id, value);
    if (value.id >= since) value.names.push(path);
  } else if (Array.isArray(value)) value.forEach((v, i) => nameAll(signals, v, `${path}_${i}`, since));
  else if (typeof value === "object" && value !== null) {
    for (const [k, v] of Object.entries(value)) nameAll(signals, v, `${path}_${k}`, since);
  }
}

/** The DSL's control flow in miniature: runs both branches, as elaboration does. */
function when(_condition: unknown, body: () => void): { otherwise(f: () => void): void } {
  body();
  return {
    otherwise(f) {
      places.push(place());
      f();
    },
  };
}

export const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.NodeNext, strict: true, sourceMap: true,
};

export function compile(source: string): string {
  return transpile(source, "design.ts", options, { file: "design.ts", trace: "lapa/trace" }).js;
}

/** @param source a TypeScript file with a default export to run; it finds `hw`, `here`, `when` and `Signal` as globals. */
export function run(source: string): Run {
  const signals = new Map<number, Signal>();
  places = [];
  setNamer((value, path, _binding, since) => nameAll(signals, value, path, since));
  const exports: { default?: () => unknown } = {};
  const globals = { exports, require: () => trace, hw: () => new Signal(), here: () => places.push(place()), when, Signal };
  try {
    new Function(...Object.keys(globals), compile(source))(...Object.values(globals));
    const result = isolated(() => exports.default?.());
    const ordered = [...signals.values()].sort((a, b) => a.id - b.id);
    return { names: ordered.flatMap((s) => s.names.slice(-1)), signals: ordered, places, result };
  } finally {
    setNamer(() => undefined);
  }
}

/** The names in the body of a module. */
export function namesIn(body: string): string[] {
  return run(`class Body { build() {\n${body}\n} }\nexport default () => new Body().build();`).names;
}
