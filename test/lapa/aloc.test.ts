import { elaborate } from "lapa";
import { Aloc } from "../../generator/lapa/aloc";
import { builtinEngine } from "../../sim/engines/builtin";
import { icarusEngine } from "../../sim/engines/icarus";
import { bundledTraces } from "../../sim/traces/bundled";
import { readTrace } from "../../sim/traces/trace";
import { alocVectors } from "../../sim/vectors/aloc-vectors";
import { requireTool } from "../engines/engine-suite";
import { build } from "./build";
import { formats, named, range } from "./formats";

const free = { stalls: { seed: 1, input: 0, output: 0 } };
const use = bundledTraces().find((t) => t.name === "use_in0_L00_H0")!.path;

requireTool(icarusEngine, "apt-get install iverilog");

test.each(formats(range(2, 16)).map((f) => [named(f), f] as const))("%s: corners and pairs of a real head", async (_, format) => {
  const vectors = alocVectors({ design: "lapa_aloc", logSide: "query", format }, readTrace(use, { operandBits: format.operandBits })).vectors;
  const design = build(Aloc, { ...format, logSide: "query" });
  const expected = { verdict: "pass", mismatches: [], compared: vectors.channels[0]!.count };
  expect(await builtinEngine.run(design, vectors, free)).toMatchObject(expected);
  if (format.operandBits % 4 === 0) expect(await icarusEngine.run(design, vectors, free)).toMatchObject(expected);
});

test("which side is encoded changes what x and y are called, not the hardware", () => {
  const format = { operandBits: 8, rounding: "floor", terms: 1, window: null } as const;
  const bodies = (["query", "key"] as const).map((logSide) => elaborate(Aloc, { ...format, logSide }).modules.at(-1)!);
  const [query, key] = bodies.map((m) => ({ ...m, parameters: {}, doc: "" }));
  expect(query).toEqual(key);
  expect(bodies.map((m) => m.doc)).toEqual([expect.stringContaining("x (an element of a query)"), expect.stringContaining("x (an element of a key)")]);
});

test("a window is refused: it belongs to a row", () => {
  expect(() => elaborate(Aloc, { operandBits: 8, rounding: "floor", terms: 1, window: 4, logSide: "query" })).toThrow("window");
});
