/** The built-in engine: needs nothing installed. */

import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { VectorSet } from "../../vectors/vectors";
import { checkOptions } from "../check-options";
import type { Design, Engine, RunOptions, RunResult } from "../engine";
import { runBench } from "./bench";
import { Simulator } from "./simulator";

export const builtinEngine: Engine = {
  name: "builtin",
  waves: ["vcd"],
  version: () => Promise.resolve(packageVersion()),
  run,
};

async function run(design: Design, vectors: VectorSet, options: RunOptions): Promise<RunResult> {
  await checkOptions(builtinEngine, options);
  options.signal?.throwIfAborted();
  const start = performance.now();
  const sim = new Simulator(design.circuit, options.initSeed === undefined ? {} : { initSeed: options.initSeed });
  const built = performance.now();
  const closeWave = openWave(sim, options.wave);
  try {
    const outcome = await runBench(sim, vectors, options);
    return { engine: "builtin", version: packageVersion(), ...outcome, buildMs: built - start, runMs: performance.now() - built };
  } finally {
    closeWave();
  }
}

/** Starts the waveform, if one is wanted; the result finishes it. */
function openWave(sim: Simulator, wave: RunOptions["wave"]): () => void {
  if (wave === undefined) return () => undefined;
  const file = openSync(wave.file, "w");
  sim.traceVcd({ write: (text) => writeSync(file, text) });
  return () => {
    sim.endTrace();
    closeSync(file);
  };
}

/** The version of this package: its manifest lies beside `dist`. */
function packageVersion(): string {
  const manifest = JSON.parse(readFileSync(join(__dirname, "../../../../package.json"), "utf8")) as { version: string };
  return manifest.version;
}
