/** What the cycle model says of the array, beside what the array does. */

import { attentionParts } from "../../generator/lapa/attention";
import { executionFormat } from "../../generator/lapa/execution-format";
import { attentionParameters } from "../../generator/lapa/units";
import { attentionCycles } from "../../sim/attention-cycles";
import { arrayCycles, cyclesOf, elementWork } from "../../sim/cycles/array-account";
import { type AttentionHeadWork, attentionTimes } from "../../sim/cycles/attention";
import { AttentionWork, type CountedHeadWork } from "../../sim/cycles/attention-work";
import { Simulator } from "../../sim/engines/builtin";
import { bundledTraces } from "../../sim/traces/bundled";
import { readTrace } from "../../sim/traces/trace";
import { type AttentionHead, attentionVectors } from "../../sim/vectors/attention-vectors";
import type { Channel } from "../../sim/vectors/vectors";
import { wordField } from "../../sim/vectors/words";
import { configOf, designOf, headsFor } from "../lapa/attention-cases";

const config = configOf({ headDim: 6, maxKeys: 40, keysPerCycle: [4, 2], peRows: 3 });
const params = attentionParameters(config);

function worksOf(heads: readonly AttentionHead[]): { readonly works: readonly CountedHeadWork[]; readonly channels: readonly Channel[] } {
  const works = heads.map(({ parameters }) => new AttentionWork(params, parameters));
  const { headDim, maxKeys, name: design } = config;
  const { vectors } = attentionVectors({ design, headDim, maxKeys, format: config }, heads, (row, h) => works[h]!.add(row));
  return {
    channels: vectors.channels,
    works: heads.map((head, h) => works[h]!.ofHead(head)),
  };
}

/** Cycles in which the array has operands, until all outputs have left. */
function activeCycles(channels: readonly Channel[], cycles: number): number {
  const sim = new Simulator(designOf(config).circuit);
  sim.reset();
  sim.poke("outputs_ready", 1n);
  const next = new Map(channels.filter((c) => c.direction === "input").map((c) => [c, 0]));
  let active = 0;
  for (let t = 0; t < cycles; t++) {
    for (const [c, at] of next) {
      sim.poke(`${c.name}_valid`, at < c.count ? 1n : 0n);
      c.fields.forEach((f, i) => sim.poke(f.port, at < c.count ? wordField(c, at, i) : 0n));
    }
    active += Number(sim.peek("active"));
    for (const [c, at] of next) if (at < c.count && sim.peek(`${c.name}_ready`) === 1n) next.set(c, at + 1);
    sim.step();
  }
  return active;
}

test("the array works in as many cycles as its port `active` says, and the parts of a head's cycles are all of them", () => {
  for (const seed of [3, 4, 5, 6, 7, 8]) {
    const { works, channels } = worksOf(headsFor(config, seed));
    const { heads, cycles } = attentionTimes(params, works);
    const parts = heads.map((head, h) => arrayCycles(head, heads[h - 1] ?? null));
    expect(parts.reduce((sum, p) => sum + p.working, 0)).toBe(activeCycles(channels, cycles));
    expect(parts.reduce((sum, p) => sum + cyclesOf(p), 0)).toBe(cycles);
    parts.forEach((p) => Object.values(p).forEach((n) => expect(n).toBeGreaterThanOrEqual(0)));
  }
});

test("runs of the array do not overlap, and what their elements have time for is needed, masked or ragged", () => {
  const { works } = worksOf(headsFor(config, 11));
  const { execution } = attentionParts(params);
  const { heads } = attentionTimes(params, works);
  heads.forEach(({ array, runs, ends }, h) => {
    array.forEach(({ begins, length, working }, i) => {
      expect(begins).toBeGreaterThanOrEqual(i === 0 ? runs : array[i - 1]!.begins + array[i - 1]!.length);
      expect(working).toBeLessThanOrEqual(length);
      expect(begins + length).toBeLessThanOrEqual(ends);
    });
    const { needed, masked, ragged } = elementWork(execution, works[h]!.tiles, config.headDim);
    const working = array.reduce((sum, run) => sum + run.working, 0);
    expect(needed + masked + ragged).toBe(working * execution.rows * execution.columns);
    expect(Math.min(needed, masked, ragged)).toBeGreaterThanOrEqual(0);
  });
});

test("tiles of rows that need all keys take as many runs as their products do", () => {
  const { execution } = attentionParts(params);
  const { scoreSteps, featureTiles } = executionFormat(execution);
  const rows = Array.from({ length: 90 }, () => ({ steps: [10, 20], words: 10 }));
  const tiles = Array.from({ length: 30 }, () => ({ rows: 3, steps: 10, words: 40 }));
  const work: AttentionHeadWork = { keys: 40, mode: "radius", rows, tiles };
  const array = attentionTimes(params, [work]).heads.flatMap((head) => head.array);
  const lengths = (of: string): number[] => array.filter(({ kind }) => kind === of).map(({ length }) => length);
  expect(lengths("scores")).toEqual(tiles.map(() => 10 * scoreSteps));
  expect(lengths("values")).toEqual(tiles.map(() => 40 * featureTiles));
});

test("a head of a trace: dense attention in a stream keeps the array at least 85 % busy, and no filter is faster than what it drops", () => {
  const trace = readTrace(bundledTraces().find((t) => t.name === "use_in0_L00_H0")!.path, { operandBits: 8 });
  const base = configOf({ headDim: 64, maxKeys: 1024, keysPerCycle: 16, peRows: 16 });
  const steps = attentionCycles(trace, base, { mode: "radius", margins: [4, 4], guards: [6, 6] });
  let step = steps.next();
  while (!step.done) step = steps.next();
  const { kept, filtered, dense } = step.value;
  expect(dense.stream.busy).toBeGreaterThan(0.85);
  // Every pair is needed, and every element works in every step.
  expect(dense.stream.utilisation).toBeCloseTo(dense.stream.busy, 12);
  expect(dense.stream.cycles).toBeLessThan(dense.alone.cycles);
  expect(filtered.stream.cycles).toBeLessThan(dense.stream.cycles);
  expect(dense.stream.cycles / filtered.stream.cycles).toBeLessThan(1 / kept);
});
