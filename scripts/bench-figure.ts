/** What the parts of the benchmark share. */

import { engines } from "../sim/engines";
import type { Design, Engine, RunResult } from "../sim/engines/engine";
import type { Trace } from "../sim/traces/trace";
import type { VectorSet } from "../sim/vectors/vectors";

const stalls = { seed: 1, input: 0, output: 0 };

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it is to be compared with. */
  readonly beside: string;
}

export const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** A run without stalls. @throws Error where it does not pass, or nothing is compared that should be. */
export async function checked(engine: Engine, design: Design, vectors: VectorSet, compare = true): Promise<RunResult> {
  const result = await engine.run(design, vectors, { stalls, compare });
  if (result.verdict !== "pass" || (compare && result.compared === 0)) throw new Error(`${engine.name} on ${vectors.design}: ${result.verdict}`);
  return result;
}

/** Engines that are installed. */
export async function present(): Promise<Engine[]> {
  const versions = await Promise.all(engines().map((e) => e.version()));
  return engines().filter((_, i) => versions[i] !== null);
}

/** Of the processor, in seconds. */
export function busy(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** A head whose operands look random: a linear congruential generator's upper bits. */
export function randomTrace(size: number, dim: number): Trace {
  let state = 1;
  const operands = (): Int16Array => Int16Array.from({ length: size * dim }, () => ((state = (Math.imul(state, 1103515245) + 12345) | 0) >> 24));
  return {
    name: "random", operandBits: 8, q: operands(), k: operands(), v: operands(), nQ: size, nK: size, dim, scaleQ: 1 / 64, scaleK: 1 / 64, scaleV: 1, attnScale: 1 / 8, causal: false, meta: new Map(),
  };
}
