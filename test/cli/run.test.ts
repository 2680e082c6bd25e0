/** `lapa run`: outputs against the definition of execution, figures against definitions of their own, and refusals. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SpeculationFormat } from "../../generator/lapa/config";
import { speculate } from "../../sim/golden/speculation";
import type { OutputError } from "../../sim/metrics/output";
import type { RunFigures } from "../../sim/run";
import { resolveTrace } from "../../sim/traces/bundled";
import { readNpy } from "../../sim/traces/npy";
import { readTrace, type Trace } from "../../sim/traces/trace";
import { definedExecution } from "../golden/execution-definition";
import { safetensors } from "../traces/fixtures";
import { expectHead } from "./head-through-rtl";
import { eachFolder, lapa, mistake } from "./lapa";

const folder = eachFolder();
const at = (name: string): string => join(folder.path, name);
const use = ["--trace", "use_in0_L00_H0"];

interface Run {
  readonly ok: boolean;
  readonly setting: object | null;
  readonly heads: readonly (RunFigures & { trace: string; registers: { filter: object | null; execution: { c: number; s: number } } })[];
  readonly total: RunFigures;
  readonly skipped: readonly { trace: string; why: string }[];
  readonly out: string | null;
}

async function json(...args: string[]): Promise<Run> {
  const { code, out, err } = await lapa("run", "--json", ...args);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out) as Run;
}

const rowsOf = (matrix: Int16Array, dim: number): number[][] => Array.from({ length: matrix.length / dim }, (_, i) => [...matrix.subarray(i * dim, (i + 1) * dim)]);

/** O by the definition of execution. @param survivors of each query. @param chosen which rows, all where it is left out. */
function definedOutput({ q, k, v, dim }: Trace, survivors: readonly (readonly number[])[], execution: { c: number; s: number }, chosen?: readonly number[]): number[][] {
  const [queries, keys, values] = [q, k, v!].map((matrix) => rowsOf(matrix, dim));
  return (chosen ?? queries.map((_, i) => i)).map((i) => definedExecution(queries[i], keys, values, survivors[i], execution).output.map(Number));
}

/** Attention in floating point, in V's integers. */
function reference({ q, k, v, dim, scaleQ, scaleK, attnScale }: Trace, alive: readonly number[]): number[][] {
  const [queries, keys, values] = [q, k, v!].map((matrix) => rowsOf(matrix, dim));
  return queries.map((query, i) => {
    const scores = keys.slice(0, alive[i]).map((key) => query.reduce((s, x, c) => s + x * scaleQ * key[c] * scaleK, 0) * attnScale);
    const weights = scores.map((s) => Math.exp(s - Math.max(...scores)));
    const sum = weights.reduce((a, b) => a + b);
    return query.map((_, c) => weights.reduce((s, w, j) => s + (w / sum) * values[j][c], 0));
  });
}

function errorOf(output: readonly number[][], exact: readonly number[][]): OutputError {
  const [o, a] = [output.flat(), exact.flat()];
  const dot = (x: number[], y: number[]): number => x.reduce((s, z, n) => s + z * y[n], 0);
  const difference = o.map((x, n) => x - a[n]);
  return {
    relative: expect.closeTo(Math.sqrt(dot(difference, difference) / dot(a, a)), 9) as number, largest: expect.closeTo(Math.max(...difference.map(Math.abs)), 9) as number,
    cosine: expect.closeTo(dot(o, a) / Math.sqrt(dot(o, o) * dot(a, a)), 9) as number,
  };
}

test("O is what the definition makes of the golden survivors, and the figures are those of O", async () => {
  const { heads: [head], total, out } = await json(...use, "--rho", "40,500", "--guard", "8,0", "--out", at("o.npy"));
  const trace = readTrace(resolveTrace("use_in0_L00_H0"), { operandBits: 8 });
  const format: SpeculationFormat = { operandBits: 8, rounding: "floor", terms: 1, window: 4, logSide: "query", slices: [4, 4] };
  const filter = { mode: "radius" as const, rounds: [{ rho: 40, guard: 8 }, { rho: 500, guard: 0 }] };
  const survivors = [...speculate(trace.q, trace.k, trace.dim, format, { ...filter, nValid: trace.nK, causal: false, offset: 0 })].map((row) => [...row.survivors]);
  expect(head.registers).toEqual({ filter, execution: { c: 50291, s: 21 } });
  const [sparse, dense] = [survivors, survivors.map(() => Array.from({ length: 128 }, (_, j) => j))].map((kept) => definedOutput(trace, kept, head.registers.execution));
  expect(readNpy(at("o.npy"))).toEqual({ dtype: "int8", shape: [128, 64], data: Int8Array.from(sparse.flat()) });
  const exact = reference(trace, sparse.map(() => 128));
  const count = survivors.flat().length;
  expect(head).toMatchObject({
    rows: 128, pairs: 128 * 128, survivors: count, kept: expect.closeTo(count / 128 / 128, 9) as number, macs: count * 128, denseMacs: 128 ** 3,
    error: errorOf(sparse, exact), denseError: errorOf(dense, exact),
  });
  expect(total).toMatchObject({ rows: 128, survivors: count, macs: head.macs, error: { largest: head.error.largest } });
  expect(out).toBe(at("o.npy"));
});

test("a causal head, dense: every query attends to the keys up to its own", async () => {
  const { setting, heads: [head] } = await json("--trace", "lm_in0_L00_H0", "--dense", "--out", at("o.npy"));
  const trace = readTrace(resolveTrace("lm_in0_L00_H0"), { operandBits: 8 });
  const alive = Array.from({ length: 512 }, (_, i) => i + 1);
  const output = rowsOf(Int16Array.from(readNpy(at("o.npy")).data), 64);
  const some = [0, 1, 2, 100, 255, 256, 400, 511];
  expect(some.map((i) => output[i])).toEqual(definedOutput(trace, alive.map((n) => Array.from({ length: n }, (_, j) => j)), head.registers.execution, some));
  const pairs = (512 * 513) / 2;
  const error = errorOf(output, reference(trace, alive));
  expect(head).toMatchObject({ registers: { filter: null }, rows: 512, pairs, survivors: pairs, kept: 1, macs: 128 * pairs, denseMacs: 128 * pairs, error, denseError: error });
  expect(setting).toBeNull();
});

test("what is kept is what lapa predict says, with every kind of filter; the total is over rows", async () => {
  for (const filter of [["--radius", "5,3"], ["--blend=4"], ["--rho", "60,700", "--guard", "3"]]) {
    const { heads, total } = await json(...use, "--trace", "ocr_in1_L01_H1", ...filter);
    const { out } = await lapa("predict", "--json", ...use, "--trace", "ocr_in1_L01_H1", ...filter);
    const predicted = JSON.parse(out) as { heads: { kept: number[]; survivors: number[]; registers: object }[]; total: { kept: number[] } };
    expect(heads.map((h) => [h.kept, h.survivors, h.registers.filter])).toEqual(predicted.heads.map((h) => [h.kept.at(-1), h.survivors.at(-1), h.registers]));
    expect(total.kept).toBeCloseTo(predicted.total.kept.at(-1)!, 12);
    const [a, b] = heads;
    expect(total).toMatchObject({
      rows: 442, macs: a.macs + b.macs, denseMacs: 128 * 128 ** 2 + 30 * 314 ** 2,
      error: { largest: Math.max(a.error.largest, b.error.largest), cosine: expect.closeTo((128 * a.error.cosine + 314 * b.error.cosine) / 442, 12) as number },
      denseError: { relative: expect.closeTo(Math.sqrt((128 * a.denseError.relative ** 2 + 314 * b.denseError.relative ** 2) / 442), 12) as number },
    });
  }
});

test("a radius that drops nothing has the dense output; a narrower one costs more", async () => {
  const errors: number[] = [];
  for (const radius of ["1000", "4", "2", "1"]) {
    const { heads: [{ kept, error, denseError }] } = await json("--trace", "use_in0_L00_H1", "--radius", radius);
    if (radius === "1000") expect([kept, error]).toEqual([1, denseError]);
    errors.push(error.relative);
  }
  for (let i = 1; i < errors.length; i++) expect(errors[i]).toBeGreaterThan(errors[i - 1]);
});

test("text: a line a head, one for all, what was left out, and where O is", async () => {
  const { code, out } = await lapa("run", "--config", "edge", "--radius", "5,4");
  expect(code).toBe(0);
  expect(out).toMatch(/^lm_in0_L00_H0: skipped: trace lm_in0_L00_H0 has 512 keys, and the unit has memory for 256\n/);
  expect(out).toMatch(/8 bits in slices 4,4, query as leading ones \(floor, 1 term, window 4\); radius 5, 4, guard 6, 6\n/);
  expect(out).toMatch(/^use_in0_L00_H0 +128 +128( +\d+\.\d{4}){8}$/m);
  expect(out).toMatch(/^3 heads +470( +\d+\.\d{4}){8}$/m);
  expect((await lapa("run", ...use, "--dense", "--out", at("o.npy"))).out).toMatch(/^lapa_speculation: 8 bits; filter off\n[^]*o\.npy: the output, int8 \[128\]\[64\]\n$/);
  expect((await json("--config", "edge")).skipped).toEqual([expect.objectContaining({ trace: "lm_in0_L00_H0" }), expect.objectContaining({ trace: "ocr_in1_L01_H1" })]);
});

test("every width: operands of 4 and 16 bits; the same input gives the same bytes", async () => {
  for (const [bits, dtype] of [["4", "int8"], ["16", "int16"]] as const) {
    const args = ["run", ...use, "--set", `operandBits=${bits}`, "--blend=4"];
    const texts = [(await lapa(...args, "--out", at("a.npy"))).out.replace("a.npy", ""), (await lapa(...args, "--out", at("b.npy"))).out.replace("b.npy", "")];
    expect(texts[0]).toBe(texts[1]);
    expect(readFileSync(at("a.npy"))).toEqual(readFileSync(at("b.npy")));
    expect(readNpy(at("a.npy"))).toMatchObject({ dtype, shape: [128, 64] });
  }
});

describe("traces of one's own", () => {
  const tensor = (...data: number[]): { shape: number[]; data: Int8Array } => ({ shape: [data.length / 2, 2], data: Int8Array.from(data) });
  const q = tensor(1, 2, -128, -128, 127, 0);
  const k = tensor(5, 6, 7, -128);

  test("more queries than keys, values at the extreme", async () => {
    const file = folder.file("t.safetensors", safetensors({ q, k, v: tensor(-128, 1, -128, 3) }, { scale_q: "0.001" }));
    const { heads: [head] } = await json("--config", "tiny", "--trace", file, "--dense", "--out", at("o.npy"));
    expect(head).toMatchObject({ queries: 3, keys: 2, dim: 2, pairs: 6 });
    const { data } = readNpy(at("o.npy"));
    expect([data[0], data[2], data[4]]).toEqual([-128, -128, -128]);
  });

  test("through the RTL, filtered and dense", async () => {
    const file = folder.file("t.safetensors", safetensors({ q, k, v: tensor(-128, 1, -128, 3) }, { scale_q: "0.001" }));
    const { code, out } = await lapa("run", "--config", "attention-tiny", "--trace", file, "--engine", "builtin");
    expect(code).toBe(0);
    expect(out).toMatch(/t in builtin: pass, 3 words compared, \d+ cycles, utilisation \d\.\d %\nt in builtin, dense: pass, 3 words compared, \d+ cycles, \d\.\d\d times as many as filtered, utilisation \d\.\d %\n$/);
    const { rtl } = JSON.parse((await lapa("run", "--config", "attention-tiny", "--trace", file, "--engine", "icarus", "--dense", "--json")).out);
    expect(rtl).toEqual([expect.objectContaining({ engine: "icarus", dense: true, verdict: "pass", compared: 3 })]);
    const top = JSON.parse((await lapa("run", "--config", "top-tiny", "--trace", file, "--engine", "builtin", "--json")).out);
    // 3 queries of 8 features in beats of 4 bytes; beside them a reply for each command.
    expect(top.rtl.map((r: { dense: boolean; verdict: string; compared: number }) => [r.dense, r.verdict, r.compared > 6])).toEqual([[false, "pass", true], [true, "pass", true]]);
    expect(await mistake("run", "--config", "tiny", "--trace", file, "--engine", "builtin")).toMatch(/--engine runs RTL from Q, K and V to O, and tiny is a configuration of speculation\n {2}hint: .*attention-tiny/);
  });

  test.each(["icarus", "verilator"])("a real head from its file to O, from bus to bus in %s", async (engine) => {
    const array = ["--set", "keysPerCycle=8", "--set", "peRows=8", "--set", "maxKeys=128"];
    await expectHead("--config", "top-base", ...array, "--trace", "use_in0_L00_H1", "--engine", engine);
  }, 240_000);

  test("outputs of zeros have no error", async () => {
    const file = folder.file("t.safetensors", safetensors({ q, k, v: tensor(0, 0, 0, 0) }));
    expect((await json("--config", "tiny", "--trace", file)).heads[0].error).toEqual({ relative: 0, largest: 0, cosine: 1 });
  });

  test("without values, and with scales that no register expresses", async () => {
    const bare = folder.file("qk.safetensors", safetensors({ q, k }));
    expect(await mistake("run", "--config", "tiny", "--trace", bare))
      .toMatch(/trace qk has no values, and without them attention has no output\n {2}hint: save v of shape \[keys\]\[dim\] beside q and k/);
    const loud = folder.file("loud.safetensors", safetensors({ q, k, v: k }, { scale_q: "711" }));
    expect(await mistake("run", "--config", "tiny", "--trace", loud)).toMatch(/trace loud: scale_q \* scale_k \* attn_scale is 711, too large for the registers of execution/);
  });
});

test.each<[string[], RegExp]>([
  [["--config", "default"], /default is a configuration of aloc_dot, and a head needs the units speculation or attention/],
  [["--trace", "nowhere"], /nowhere: no such trace/],
  [[...use, "--set", "headDim=32"], /has dimension 64, and the unit has a headDim of 32/],
  [["--dense", "--radius", "4"], /--dense switches the filter off, and --radius sets it: only one of them\n {2}hint: leave out --dense or --radius/],
  [["--dense", "--guard", "4"], /and --guard sets it/],
  [["--radius", "4,4,4"], /--radius is 4,4,4, 3 numbers/],
  [["--out", "o.npy"], /--out takes the output of one trace, and these are 5\n {2}hint: add --trace NAME/],
  [[...use, "--out", "/nowhere/o.npy"], /cannot write \/nowhere\/o\.npy: there is no folder/],
])("run %j is refused", async (args, message) => {
  expect(await mistake("run", ...args)).toMatch(message);
});
