/** What a command is, and what it is given. */

import type { InferredOptionTypes, Options } from "yargs";

/** Where a command's words go. The real one is the process; tests have their own. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether a person watches `err`: only then is progress shown. */
  readonly watched: boolean;
}

export interface Context {
  /** A line for people, on standard output; nothing with --json. */
  readonly say: (line: string) => void;
  /** A line on standard error; nothing with --json, where results carry warnings. */
  readonly warn: (line: string) => void;
  /** A line on standard error that the next one replaces; nothing unless somebody watches. An empty one clears it. */
  readonly progress: (line: string) => void;
}

export const exitCodes = { ok: 0, failed: 1, mistake: 2, internal: 70, interrupted: 130 } as const;

export interface Outcome {
  /** Whether what was to be checked holds: exit code 0 or 1. */
  readonly ok: boolean;
  /** What --json prints, beside `ok`. */
  readonly result: object;
}

export interface Positional {
  readonly name: string;
  readonly describe: string;
  readonly required: boolean;
}

/** A command as main.ts runs it. */
export interface Command {
  readonly positional: Positional | null;
  readonly options: Readonly<Record<string, Options>>;
  /** Command line (without `lapa`) and what it does. */
  readonly examples: readonly (readonly [line: string, meaning: string])[];
  readonly run: (args: Readonly<Record<string, unknown>>, context: Context) => Promise<Outcome>;
}

export type Arguments<O extends Readonly<Record<string, Options>>> = InferredOptionTypes<O> & { readonly operand?: string };

/**
 * A command whose `run` sees the types that its options declare, and the positional argument as `operand`. main.ts holds
 * the arguments against the declarations before it calls `run`, which is what makes the types true.
 */
export function command<const O extends Readonly<Record<string, Options>>>(
  definition: Omit<Command, "options" | "run"> & { readonly options: O; readonly run: (args: Arguments<O>, context: Context) => Promise<Outcome> },
): Command {
  return { ...definition, run: (args, context) => definition.run(args as Arguments<O>, context) };
}
