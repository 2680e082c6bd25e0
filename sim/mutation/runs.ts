/** Faults against the vectors of `lapa verify`, in Verilator: one build for many, each until a run notices it. */

import { UserError } from "../../generator/errors";
import type { Circuit } from "../../generator/ir/types";
import type { Engine } from "../engines/engine";
import { type Simulate, verilatorEngine, withSimulator } from "../engines/verilator";
import { setsOf, type VectorSource } from "../unit-vectors";
import { type Run, verify } from "../verify";
import type { Stalls } from "../vectors/stalls";
import type { Fault } from "./fault";
import { eachInParallel } from "./parallel";
import { faultArgument, selectableDesign } from "./selector";

/** What runs have in common. */
export interface RunSetting {
  readonly stalls: Stalls;
  readonly initSeed: number;
  /** At most so many vectors of a source. */
  readonly limit: number;
}

/** The run that noticed a fault, and how; null where none did. */
export type Noticed = Pick<Run, "source" | "stalled" | "verdict"> | null;

export interface Figures {
  readonly builds: number;
  readonly buildMs: number;
  readonly runMs: number;
}

/** A design without a fault never waits for so long; `lapa verify` itself waits for 10,000 cycles. */
const hangCycles = 2000;

/** Faults in one build: more make a build that takes long, fewer make more builds. */
const batch = 512;

/**
 * Seeds every fault and tells what happens.
 * @param tell hears of each as it is known.
 * @throws UserError when the design does not pass without a fault, or Verilator is missing.
 */
export async function runFaults(circuit: Circuit, sources: readonly VectorSource[], faults: readonly Fault[], setting: RunSetting, tell: (done: number) => void): Promise<{ readonly noticed: Noticed[]; readonly figures: Figures }> {
  const taken = sources.filter((s) => s.skipped === null).map((s) => memoised(s, setting.limit));
  const sets = taken.flatMap(({ make }) => setsOf(make(setting.limit)));
  const noticed: Noticed[] = [];
  let figures: Figures = { builds: 0, buildMs: 0, runMs: 0 };
  for (let from = 0; from < faults.length; from += batch) {
    const seeded = faults.slice(from, from + batch);
    const design = selectableDesign(circuit, seeded);
    const start = performance.now();
    await withSimulator(design, sets, { stalls: setting.stalls }, async (simulate) => {
      const built = performance.now();
      const first = (n: number): Promise<Noticed> => firstFailure(design, taken, setting, engineWith(simulate, n));
      const without = await first(0);
      if (without !== null) throw new UserError(`without any fault, ${circuit.top} does not pass ${without.source} ${without.stalled ? "with" : "without"} stalls: ${without.verdict}`, "lapa verify says more");
      noticed.push(...await eachInParallel(seeded, (_, i) => first(i + 1), (done) => tell(from + done)));
      figures = { builds: figures.builds + 1, buildMs: figures.buildMs + built - start, runMs: figures.runMs + performance.now() - built };
    });
  }
  return { noticed, figures };
}

/** The same vectors for every fault. */
function memoised(source: VectorSource, limit: number): VectorSource {
  const made = source.make(limit);
  return { ...source, make: () => made };
}

/** Verilator with one of the faults. */
function engineWith(simulate: Simulate, fault: number): Engine {
  return { ...verilatorEngine, run: (_, vectors, options) => simulate(vectors, { ...options, hangCycles }, [faultArgument(fault), "+first"]) };
}

/** What `lapa verify` would run, up to the first run that it would call failed. */
async function firstFailure(design: Parameters<typeof verify>[0], sources: readonly VectorSource[], { stalls, initSeed, limit }: RunSetting, engine: Engine): Promise<Noticed> {
  for await (const { ok, source, stalled, verdict } of verify(design, sources, { engines: [engine], run: { stalls, initSeed }, limit: () => limit })) {
    if (!ok) return { source, stalled, verdict };
  }
  return null;
}
