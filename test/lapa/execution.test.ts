import fc from "fast-check";
import { build } from "../../generator/build";
import { elaborate } from "lapa";
import { Execution } from "../../generator/lapa/execution";
import type { ExecutionParameters } from "../../generator/lapa/execution-format";
import { executionCycles, type ExecutionHeadWork } from "../../sim/cycles/execution";
import { tileWorks } from "../../sim/cycles/execution-work";
import { builtinEngine } from "../../sim/engines/builtin/engine";
import { executionVectors, type ExecutedHead } from "../../sim/vectors/execution-vectors";
import { advanceStall } from "../../sim/vectors/stalls";

function randomHead(seed: number, dim: number, nQ: number, nK: number, W: number, density: number, loads = true): ExecutedHead {
  let state = seed;
  const below = (n: number): number => (state = advanceStall(state)) % n;
  const matrix = (n: number): Int16Array => Int16Array.from({ length: n * dim }, () => below(2 ** W) - 2 ** (W - 1));
  return {
    label: "random", queries: matrix(nQ), keys: matrix(nK), values: matrix(nK), dim, loads, parameters: { c: 40000, s: 22 },
    survivors: Array.from({ length: nQ }, () => Uint16Array.from(Array.from({ length: nK }, (_, j) => j).filter(() => below(100) < density))),
  };
}

/** What a head asks of the unit. Its masks come as `executionVectors` has them: a word a group with a key, or one for none. */
function workOf(params: ExecutionParameters, { keys, dim, loads, survivors }: ExecutedHead): ExecutionHeadWork {
  const masks = survivors.map((row) => Math.max(1, new Set(Array.from(row, (key) => Math.floor(key / params.columns))).size));
  return { keys: loads ? keys.length / dim : 0, tiles: tileWorks(params, survivors), masks };
}

test.each([[8, 16, 4, 4, 4], [5, 13, 3, 3, 5], [20, 30, 2, 5, 9], [8, 16, 1, 1, 3], [3, 40, 4, 7, 30], [17, 40, 5, 2, 11]])("d %d, n %d, %d x %d, %d queries", async (headDim, maxKeys, rows, columns, nQ) => {
  const params: ExecutionParameters = { operandBits: 8, headDim, maxKeys, rows, columns, masksFollow: false, blackBoxMemories: false };
  const { design } = build(elaborate(Execution, params), { configuration: null, dialect: "verilog" });
  const heads = [randomHead(5, headDim, nQ, maxKeys, 8, 40), randomHead(6, headDim, nQ + 1, Math.ceil(maxKeys / 2), 8, 10), randomHead(8, headDim, 2, 1, 8, 0)];
  const { vectors } = executionVectors({ design: "lapa_execution", headDim, maxKeys, operandBits: 8, columns }, heads);
  const cycles = executionCycles(params, heads.map((head) => workOf(params, head)));
  expect(await builtinEngine.run(design, vectors, { stalls: { seed: 1, input: 0, output: 0 } })).toMatchObject({ verdict: "pass", mismatches: [], cycles });
  expect(await builtinEngine.run(design, vectors, { stalls: { seed: 2, input: 90, output: 90 } })).toMatchObject({ verdict: "pass", mismatches: [] });
});

const units: fc.Arbitrary<{ readonly params: ExecutionParameters; readonly seed: number }> = fc.record({
  headDim: fc.integer({ min: 1, max: 20 }), maxKeys: fc.integer({ min: 1, max: 60 }), rows: fc.integer({ min: 1, max: 6 }), columns: fc.integer({ min: 1, max: 9 }),
  seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
}).map(({ seed, columns, ...unit }) => ({ params: { ...unit, operandBits: 8, columns: Math.min(columns, unit.maxKeys), masksFollow: false, blackBoxMemories: false }, seed }));

/** Three heads of any density: keys that stay or are loaded anew; the one in the middle without a row, sometimes. */
function randomHeads({ headDim, maxKeys }: ExecutionParameters, seed: number): ExecutedHead[] {
  let state = seed;
  const below = (n: number): number => (state = advanceStall(state)) % n;
  let before = randomHead(seed, headDim, 1 + below(25), 1 + below(maxKeys), 8, below(101));
  return [before, ...[1, 2].map((h) => {
    const loads = below(2) === 0;
    const nK = loads ? 1 + below(maxKeys) : before.keys.length / headDim;
    const head = randomHead(seed + h, headDim, h === 1 && below(3) === 0 ? 0 : 1 + below(25), nK, 8, below(101), loads);
    return (before = loads ? head : { ...head, keys: before.keys, values: before.values });
  })];
}

test("random units, without stalls: every cycle", async () => {
  await fc.assert(fc.asyncProperty(units, async ({ params, seed }) => {
    const { headDim, maxKeys, columns } = params;
    const { design } = build(elaborate(Execution, params), { configuration: null, dialect: "verilog" });
    const heads = randomHeads(params, seed);
    const { vectors } = executionVectors({ design: "lapa_execution", headDim, maxKeys, operandBits: 8, columns }, heads);
    const cycles = executionCycles(params, heads.map((head) => workOf(params, head)));
    expect(await builtinEngine.run(design, vectors, { stalls: { seed: 1, input: 0, output: 0 } })).toMatchObject({ verdict: "pass", mismatches: [], cycles });
  }), { numRuns: 20, seed: 4 });
}, 120_000);
