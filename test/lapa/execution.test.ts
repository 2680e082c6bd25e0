import { build } from "../../generator/build";
import { elaborate } from "lapa";
import { Execution } from "../../generator/lapa/execution";
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

test.each([[8, 16, 4, 4, 4], [5, 13, 3, 3, 5], [20, 30, 2, 5, 9], [8, 16, 1, 1, 3], [3, 40, 4, 7, 30], [17, 40, 5, 2, 11]])("d %d, n %d, %d x %d, %d queries", async (headDim, maxKeys, rows, columns, nQ) => {
  const { design } = build(elaborate(Execution, { operandBits: 8, headDim, maxKeys, rows, columns, blackBoxMemories: false }), { configuration: null, dialect: "verilog" });
  const heads = [randomHead(5, headDim, nQ, maxKeys, 8, 40), randomHead(6, headDim, nQ + 1, Math.ceil(maxKeys / 2), 8, 10), randomHead(8, headDim, 2, 1, 8, 0)];
  const { vectors } = executionVectors({ design: "lapa_execution", headDim, maxKeys, operandBits: 8, columns }, heads);
  for (const stalls of [{ seed: 1, input: 0, output: 0 }, { seed: 2, input: 90, output: 90 }]) {
    expect(await builtinEngine.run(design, vectors, { stalls })).toMatchObject({ verdict: "pass", mismatches: [] });
  }
});
