import { type Circuit, elaborate, emitFolder, runPasses } from "lapa";
import type { Design, Engine, RunResult } from "../../sim/engines/engine";
import { builtinEngine } from "../../sim/engines/builtin";
import { icarusEngine } from "../../sim/engines/icarus";
import { verilatorEngine } from "../../sim/engines/verilator";
import type { Channel, VectorSet } from "../../sim/vectors/vectors";
import { Counter } from "../../examples/1-counter";
import { Fifo } from "../../examples/4-fifo";

const engines: readonly Engine[] = [builtinEngine, icarusEngine, verilatorEngine];

function designOf(elaborated: Circuit): Design {
  const { circuit } = runPasses(elaborated);
  const files = [...emitFolder(circuit)].filter(([name]) => name.endsWith(".v")).map(([name, text]) => ({ name, text }));
  return { circuit, files };
}

function channel(name: string, direction: Channel["direction"], fields: Channel["fields"], words: readonly number[]): Channel {
  const width = fields.reduce((n, f) => n + f.width, 0);
  return { name, direction, fields, width, limbs: 1, count: words.length, data: Uint32Array.from(words) };
}

/** The engines' results without what may differ: who ran, and how long. */
async function results(design: Design, vectors: VectorSet, stalls: { seed: number; input: number; output: number }): Promise<unknown[]> {
  const runs: RunResult[] = [];
  for (const engine of engines) runs.push(await engine.run(design, vectors, { stalls, hangCycles: 300 }));
  return runs.map(({ verdict, compared, cycles, mismatches }) => ({ verdict, compared, cycles, mismatches }));
}

describe("a FIFO", () => {
  const design = designOf(elaborate(Fifo, { width: 8, depth: 5, macro: false }));
  const fields = (name: string): Channel["fields"] =>
    [{ name: "data", port: `${name}_data`, width: 8, signed: false }, { name: "last", port: `${name}_last`, width: 1, signed: false }];
  const sent = Array.from({ length: 150 }, (_, i) => (i * 73) % 512);
  const vectors = (expected: readonly number[]): VectorSet => ({
    schema: "lapa-vectors/1", design: "fifo", mode: "streams", constants: [],
    channels: [channel("in", "input", fields("in"), sent), channel("out", "output", fields("out"), expected)],
  });

  test.each([[1, 0, 0], [2, 100, 100], [3, 200, 20], [4, 20, 200]])("seed %s, stalls %s and %s: all pass in as many cycles", async (seed, input, output) => {
    const [first, ...others] = await results(design, vectors(sent), { seed, input, output });
    expect(first).toMatchObject({ verdict: "pass", compared: 150 });
    for (const other of others) expect(other).toEqual(first);
  });

  test.each<[string, readonly number[], string]>([
    ["a wrong word", sent.map((w, i) => (i === 77 ? w ^ 0x81 : w)), "mismatch"],
    ["a word too few", sent.slice(0, -1), "extra"],
    ["a word too many", [...sent, 5], "hang"],
  ])("%s is found by all, in the same place", async (_, expected, verdict) => {
    const [first, ...others] = await results(design, vectors(expected), { seed: 9, input: 60, output: 60 });
    expect(first).toMatchObject({ verdict });
    for (const other of others) expect(other).toEqual(first);
  });
});

test.each(["sync-high", "sync-low", "async-high", "async-low"] as const)("a counter in cycles mode, reset %s", async (reset) => {
  const design = designOf(elaborate(Counter, { width: 4 }, { reset }));
  const inputs = Array.from({ length: 60 }, (_, i) => ((i * 7) % 5 > 0 ? 1 : 0) + (i % 23 === 22 ? 2 : 0));
  let count = 0;
  const outputs = inputs.map((word) => {
    const seen = count + ((word & 1) === 1 && count === 15 ? 16 : 0);
    count = word & 2 ? 0 : (count + (word & 1)) % 16;
    return seen;
  });
  const one = (name: string, port: string, width: number) => ({ name, port, width, signed: false });
  const vectors: VectorSet = {
    schema: "lapa-vectors/1", design: "counter", mode: "cycles", constants: [],
    channels: [
      channel("in", "input", [one("enable", "enable", 1), one("clear", "clear", 1)], inputs),
      channel("out", "output", [one("count", "count", 4), one("wrapped", "wrapped", 1)], outputs),
    ],
  };
  const [first, ...others] = await results(design, vectors, { seed: 1, input: 0, output: 0 });
  expect(first).toMatchObject({ verdict: "pass", compared: 60, cycles: 60 });
  for (const other of others) expect(other).toEqual(first);
});
