import { adder, adderVectors } from "./duts";
import type { Engine, RunOptions } from "../../sim/engines/engine";
import type { VectorSource } from "../../sim/unit-vectors";
import { verify } from "../../sim/verify";

test("state without reset starts differently in every source, and the same way whenever one is run", async () => {
  const seeds: RunOptions["initSeed"][] = [];
  const engine: Engine = {
    name: "builtin", waves: [], version: async () => "",
    run: async (_design, _vectors, { initSeed }: RunOptions) => {
      seeds.push(initSeed);
      return { engine: "builtin", version: "", verdict: "pass", compared: 1, cycles: 1, mismatches: [], buildMs: 0, runMs: 0 };
    },
  };
  const source = (name: string): VectorSource => ({ name, skipped: null, make: () => ({ vectors: adderVectors(1), available: 1, describe: () => { throw new Error("nothing differs"); } }) });
  const run = async (names: string[], initSeed: number): Promise<void> => {
    const runs = verify(adder, names.map(source), { engines: [engine], limit: () => 1, run: { stalls: { seed: 1, input: 0, output: 0 }, initSeed } });
    for await (const { ok } of runs) expect(ok).toBe(true);
  };
  await run(["corners", "a", "b"], 1);
  await run(["a"], 1);
  await run(["a"], 2);
  expect(seeds[3]).toBe(seeds[1]);
  expect(new Set(seeds).size).toBe(4);
  seeds.length = 0;
  const waking = { ...source("wakes"), wakes: { builtin: 4, icarus: 1, verilator: 1 } };
  for await (const { ok } of verify(adder, [waking], { engines: [engine], limit: () => 1, run: { stalls: { seed: 1, input: 0, output: 0 }, initSeed: 1 } })) expect(ok).toBe(true);
  expect(seeds).toEqual([expect.any(Number), "zeros", "ones", expect.any(Number)]);
});
