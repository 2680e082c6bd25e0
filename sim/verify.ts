/** Runs a design on golden vectors, in every engine, and explains the first difference. */

import type { Design, Engine, InitialState, RunOptions, RunResult } from "./engines/engine";
import { type MadeVectors, setsOf, type VectorSource } from "./unit-vectors";
import type { DescribedVectors, WordOrigin } from "./vectors/described";
import { paceNames, pacesIn, stallSeed, type Stalls } from "./vectors/stalls";
import { roomFor } from "./vectors/testbench";
import type { VectorSet } from "./vectors/vectors";
import type { Coverage } from "./verification/coverage";

const stallKind = "stalls of streams";

/** The first output that was not as expected, and the inputs that it was made from. */
export interface Difference {
  readonly channel: string;
  readonly index: number;
  readonly cycle: number;
  readonly field: string;
  /** Decimal where every bit is known, otherwise the bits in hexadecimal with x and z. */
  readonly expected: string;
  readonly got: string;
  /** Null where the difference is in a handshake, which belongs to no word. */
  readonly origin: WordOrigin | null;
}

export interface Run extends Pick<RunResult, "engine" | "version" | "verdict" | "compared" | "cycles" | "buildMs" | "runMs"> {
  readonly source: string;
  /** Words that the source has; a run may take fewer. */
  readonly available: number;
  readonly vectors: number;
  /** Whether streams paused. */
  readonly stalled: boolean;
  /** What the cycle model says of a run without stalls; null where there is no model, or there are stalls. */
  readonly modelCycles: number | null;
  /** Whether what the unit itself counts of its cycles was compared. */
  readonly isCounted: boolean;
  /** The verdict is `pass`, something was compared, and the cycles are those of the model. */
  readonly ok: boolean;
  readonly difference: Difference | null;
}

export interface VerifyOptions {
  readonly engines: readonly Engine[];
  /** How many vectors of a source an engine is given, at most. */
  readonly limit: (engine: Engine) => number;
  /** For about how many cycles an engine is given queries of a source, in units that take heads (default: for any number). */
  readonly cycles?: (engine: Engine) => number;
  /** Takes up what the vectors of runs that are ok have exercised, and how their streams stalled. */
  readonly coverage?: Coverage;
  readonly run: Omit<RunOptions, "progress">;
  readonly progress?: (source: string, engine: string, done: number, total: number) => void;
}

/**
 * Every engine on a source, then the next source; skipped sources are left out. Where there is a model of the cycles, a run
 * with stalls is followed by one without, except for a waveform. Verilator, which has to build a program first, does so while
 * the others run; runs come in the order of the engines nevertheless.
 */
export async function* verify(design: Design, sources: readonly VectorSource[], options: VerifyOptions): AsyncGenerator<Run> {
  const stop = new AbortController();
  const { signal } = options.run;
  const run = { ...options.run, signal: signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]) };
  const rooms = new Map<string, readonly number[]>();
  for (const source of sources.filter((s) => s.skipped === null)) {
    const made = new Map<string, MadeVectors>();
    const runs = options.engines.map((engine) => {
      const [limit, cycles] = [options.limit(engine), options.cycles?.(engine) ?? Infinity];
      const vectors = made.get(`${limit} ${cycles}`) ?? source.make(limit, cycles);
      made.set(`${limit} ${cycles}`, vectors);
      // One build for all sources: the first one has the most words, as a rule.
      const room = roomFor(setsOf(vectors), rooms.get(engine.name));
      rooms.set(engine.name, room);
      return engineRuns(design, source, vectors, engine, { ...options, run: { ...run, room } });
    });
    yield* inTurn(runs, options.engines.findIndex((e) => e.name === "verilator"), stop);
  }
}

/** What all of them give, one after the other; one of them begins at once. When nobody wants more, it is stopped. */
async function* inTurn<T>(all: readonly AsyncGenerator<T>[], early: number, stop: AbortController): AsyncGenerator<T> {
  const ahead = all[early]?.next();
  ahead?.catch(() => undefined);
  let isWhole = false;
  try {
    for (const [i, generator] of all.entries()) {
      if (i === early) {
        const first = await ahead!;
        if (!first.done) yield first.value;
      }
      yield* generator;
    }
    isWhole = true;
  } finally {
    if (!isWhole) stop.abort();
    await ahead?.catch(() => undefined);
  }
}

/** One engine's runs on a source. */
async function* engineRuns(design: Design, source: VectorSource, vectors: MadeVectors, engine: Engine, options: VerifyOptions): AsyncGenerator<Run> {
  const woken = { name: source.name, wakes: source.wakes?.[engine.name] ?? 1 };
  yield verifyOne(design, woken, vectors, engine, options);
  if (source.wakes !== undefined) return;
  const { run } = options;
  const isModelled = vectors.cycles !== undefined || vectors.unstalled !== undefined;
  if (isModelled && isStalled(run.stalls) && run.wave === undefined) {
    yield verifyOne(design, woken, vectors, engine, { ...options, run: { ...run, stalls: { ...run.stalls, input: 0, output: 0 } } });
  }
}

const isStalled = ({ input, output }: Stalls): boolean => input > 0 || output > 0;

/** A source's name, and how often its vectors are run. */
type Woken = { readonly name: string; readonly wakes: number };

async function verifyOne(design: Design, { name: source, wakes }: Woken, given: MadeVectors, engine: Engine, options: VerifyOptions): Promise<Run> {
  const stalled = isStalled(options.run.stalls);
  const set = stalled ? given : given.unstalled ?? given;
  const result = await runWakes(design, { name: source, wakes }, set.vectors, engine, options);
  const { version, verdict, compared, cycles, buildMs, runMs } = result;
  const modelCycles = stalled ? null : given.cycles ?? null;
  const ok = verdict === "pass" && compared > 0 && (modelCycles === null || modelCycles === cycles);
  if (ok && options.coverage !== undefined) exercised(options.coverage, given, set.vectors, options.run.stalls, cycles);
  return {
    source, engine: engine.name, version, verdict, compared, cycles, buildMs, runMs, stalled, modelCycles,
    available: set.available * wakes, isCounted: set === given.unstalled, vectors: set.vectors.channels[0].count,
    ok, difference: firstDifference(result, set),
  };
}

/** Each run from other initial values and with other stalls, until one fails. What they have compared is added up; the cycles are the first one's. */
async function runWakes(design: Design, { name, wakes }: Woken, vectors: VectorSet, engine: Engine, { run, progress }: VerifyOptions): Promise<RunResult> {
  const listener = progress && { progress: (done: number, total: number): void => progress(name, engine.name, done, total) };
  const one = (wake: number): Promise<RunResult> => {
    const stalls = { ...run.stalls, seed: run.stalls.seed + wake };
    return engine.run(design, vectors, { ...run, stalls, initSeed: initialState(wake, run.initSeed ?? 1, name), ...listener });
  };
  let all = await one(0);
  for (let wake = 1; wake < wakes && all.verdict === "pass"; wake++) {
    const { verdict, mismatches, compared, buildMs, runMs } = await one(wake);
    all = { ...all, verdict, mismatches, compared: all.compared + compared, buildMs: all.buildMs + buildMs, runMs: all.runMs + runMs };
  }
  return all;
}

/** @param cycles of the run, which went well. */
function exercised(coverage: Coverage, { coverage: ofWords }: MadeVectors, { channels, mode }: VectorSet, stalls: Stalls, cycles: number): void {
  if (ofWords !== undefined) coverage.include(ofWords);
  if (mode !== "streams") return;
  coverage.declare(stallKind, channels.flatMap(({ direction }) => paceNames.map((pace) => `${direction}: ${pace}`)));
  channels.forEach(({ direction }, k) => {
    const chance = stalls[direction];
    for (const pace of chance > 0 ? pacesIn(stalls.seed, k, cycles) : [paceNames.indexOf("none")]) coverage.hit(stallKind, `${direction}: ${paceNames[pace]}`);
  });
}

/** The second and third time nothing but zeros and ones: a counter that lost its reset stands at either end. */
function initialState(wake: number, seed: InitialState, source: string): InitialState {
  if (wake === 1) return "zeros";
  if (wake === 2) return "ones";
  return typeof seed === "number" ? initialSeed(seed + wake, source) : seed;
}

/**
 * A seed of its own for every source, the same whenever the source is run: a register that lost its reset starts from
 * the right value in half of all runs, and among several one should show it. (The name by FNV-1a, 32 bits.)
 */
function initialSeed(seed: number, source: string): number {
  return stallSeed(seed, [...source].reduce((hash, letter) => Math.imul(hash ^ letter.codePointAt(0)!, 0x01000193), 0x811c9dc5));
}

function firstDifference({ mismatches }: RunResult, { vectors, describe }: DescribedVectors): Difference | null {
  const [first] = mismatches;
  if (first === undefined) return null;
  const { channel, index, cycle, field } = first;
  const words = vectors.channels.find((c) => c.name === channel);
  const described = words?.fields.find((f) => f.name === field);
  const value = (hex: string): string => {
    if (described === undefined || !/^[\da-f]+$/i.test(hex)) return hex;
    const pattern = BigInt(`0x${hex}`);
    return String(described.signed ? BigInt.asIntN(described.width, pattern) : pattern);
  };
  const origin = described !== undefined && index < words!.count ? describe(index, channel) : null;
  return { channel, index, cycle, field, expected: value(first.expected), got: value(first.got), origin };
}
