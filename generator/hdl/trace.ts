/**
 * What instrumented TypeScript calls (see ../source): it keeps the designer's current line, and the scope and
 * name of the binding that is being initialised. Uninstrumented code simply never calls it.
 *
 * One scope path is kept for the whole process, because elaboration is synchronous.
 */

import type { Location } from "../ir/types";

/** A node of the scope path: a binding, a loop pass, a call. Children with the same key are numbered in order. */
class Scope {
  /** Made when it is first needed: few scopes have loops in them. */
  private counts: Map<string, number> | null = null;
  constructor(
    readonly parent: Scope | null,
    readonly segment: string,
    readonly kind: "root" | "binding" | "index" | "function",
  ) {}
  /** How many times `key` has been asked for before, in this scope. */
  next(key: string): number {
    this.counts ??= new Map();
    const n = this.counts.get(key) ?? 0;
    this.counts.set(key, n + 1);
    return n;
  }
}

/** Names a value once its binding is complete; the DSL sets it (see naming.ts). */
type Namer = (value: unknown, path: string, binding: string, createdSince: number) => void;

/** What runs while no module's body does: the top level of files. */
const outermost = new Scope(null, "", "root");
let scope = outermost;
let current: Location | null = null;
let created = 0;
let namer: Namer = () => undefined;

/** The position the designer's code is at, if the code is instrumented. */
export function currentLocation(): Location | null {
  return current;
}

/** Counts a created signal; a binding renames only what was created while it was initialised. */
export function nextCreated(): number {
  return created++;
}

export function setNamer(f: Namer): void {
  namer = f;
}

/**
 * A name in the current scope: the segments around it, outermost first, then the name itself. Passes of loops
 * that no named scope encloses come last, so that `tap` in pass 3 of a plain loop is `tap_3`.
 */
export function qualify(name: string): string {
  let named = name;
  let passes = "";
  let trailing = "";
  for (let s: Scope | null = scope; s !== null && s.kind !== "root"; s = s.parent) {
    if (s.segment === "") continue;
    if (s.kind === "index") {
      passes = `${s.segment}_${passes}`;
      trailing = `_${s.segment}${trailing}`;
    } else {
      named = `${s.segment}_${passes}${named}`;
      passes = "";
      trailing = "";
    }
  }
  return named + trailing;
}

/** What a module's body threw last, and where that body was. */
let thrown: { readonly error: unknown; readonly at: Location | null } = { error: null, at: null };

/** Where the body was that threw this; for what carries no stack. */
export function placeOfThrow(error: unknown): Location | null {
  return thrown.error === error ? thrown.at : null;
}

/** Runs `f` in a fresh scope (a module's body); restores scope and place even when it throws. */
export function isolated<T>(f: () => T): T {
  const before: Mark = { scope, current };
  scope = new Scope(null, "", "root");
  try {
    return f();
  } catch (error) {
    // An outer body throws the same again: the innermost knows best.
    if (thrown.error !== error) thrown = { error, at: current };
    throw error;
  } finally {
    leave(before);
  }
}

interface Mark {
  readonly scope: Scope;
  readonly current: Location | null;
}

/** A binding whose initialiser has begun. */
interface Binding extends Mark {
  readonly name: string;
  readonly place: Location;
  readonly since: number;
}

function leave(mark: Mark): void {
  scope = mark.scope;
  current = mark.current;
}

/** The calls that instrumentation inserts into one file. Lines and columns count from 1. */
export class FileTrace {
  /** The last place in each line: a loop comes to the same ones again and again, and they should be one object. */
  private readonly places: Location[] = [];

  constructor(private readonly file: string) {}

  private place(line: number, column: number): Location {
    const known = this.places[line];
    return known?.column === column ? known : (this.places[line] = { file: this.file, line, column });
  }

  /** Before a statement: where it is. */
  at(line: number, column: number): void {
    current = this.place(line, column);
  }

  /** Before the next link of a chain of calls, such as `.otherwise(...)`: where that link is. */
  link<T>(value: T, line: number, column: number): T {
    this.at(line, column);
    return value;
  }

  /** Before the initialiser of `const name = ...` or of a class field; `close` ends it. A pattern has the name "". */
  open(name: string, line: number, column: number): Binding {
    const place = this.place(line, column);
    const binding: Binding = { scope, current, name, place, since: created };
    current = place;
    scope = new Scope(scope, name, "binding");
    return binding;
  }

  /** After the initialiser: names what it made, and returns it. */
  close<T>(binding: Binding, value: T): T {
    scope = binding.scope;
    if (binding.name !== "" && created !== binding.since) this.name(binding, binding.name, value);
    // Uninstrumented code that runs after a file was loaded is not at that file's last binding.
    current = scope === outermost ? binding.current : binding.place;
    return value;
  }

  /** After `const { a, b } = ...`: names each part that the initialiser made. */
  names(binding: Binding, parts: Readonly<Record<string, unknown>>): void {
    if (created === binding.since) return;
    for (const [name, value] of Object.entries(parts)) this.name(binding, name, value);
  }

  private name(binding: Binding, name: string, value: unknown): void {
    const before = current;
    current = binding.place;
    namer(value, qualify(name), name, binding.since);
    current = before;
  }

  /** At the start of a loop's or a callback's body: one numbered pass of the site. Ends with `leave`. */
  pass(site: string, index?: unknown): Mark {
    const mark = this.mark();
    const count = scope.next(`${this.file} ${site}`);
    scope = new Scope(scope, String(typeof index === "number" || typeof index === "bigint" ? index : count), "index");
    return mark;
  }

  /** At the start of a named function: its name qualifies, unless a binding that calls it already does. */
  call(name: string): Mark {
    const mark = this.mark();
    scope = new Scope(scope, scope.kind === "binding" && scope.segment !== "" ? "" : name, "function");
    return mark;
  }

  /** At the start of what neither numbers nor qualifies: other functions, and statements that may catch a throw. */
  mark(): Mark {
    return { scope, current };
  }

  /** In a `finally`: back to where `pass`, `call` or `mark` was entered. */
  leave(mark: Mark): void {
    leave(mark);
  }
}

/** What an instrumented file calls once, at its head. `file` is the path shown to the designer. */
export function traceFile(file: string): FileTrace {
  return new FileTrace(file);
}
