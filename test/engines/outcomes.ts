/** One design in every engine, and vectors for the FIFO of the examples. */

import type { Design, Engine, RunResult } from "../../sim/engines/engine";
import { builtinEngine } from "../../sim/engines/builtin";
import { icarusEngine } from "../../sim/engines/icarus";
import { verilatorEngine } from "../../sim/engines/verilator";
import type { Stalls } from "../../sim/vectors/stalls";
import type { VectorSet } from "../../sim/vectors/vectors";
import { channel } from "./duts";

const all: readonly Engine[] = [builtinEngine, icarusEngine, verilatorEngine];

/** Each engine's result without what may differ: who ran, and how long. */
export async function outcomes(design: Design, vectors: VectorSet, stalls: Stalls, engines = all): Promise<unknown[]> {
  const runs: RunResult[] = [];
  for (const engine of engines) runs.push(await engine.run(design, vectors, { stalls, hangCycles: 300 }));
  return runs.map(({ verdict, compared, cycles, mismatches }) => ({ verdict, compared, cycles, mismatches }));
}

/** Words of `width` bits and a flag, the flag on top, sent and expected. */
export function fifoVectors(width: number, sent: readonly bigint[], expected = sent): VectorSet {
  const values = (words: readonly bigint[]): bigint[][] => words.map((w) => [w, w >> BigInt(width)]);
  const fields = (name: string): [string, number][] => [[`${name}_data`, width], [`${name}_last`, 1]];
  return {
    schema: "lapa-vectors/1", design: "fifo", mode: "streams", constants: [],
    channels: [channel("in", "input", fields("in"), values(sent)), channel("out", "output", fields("out"), values(expected))],
  };
}
