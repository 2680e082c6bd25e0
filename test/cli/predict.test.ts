/** `lapa predict`: its figures against the golden model and against definitions, its files, and its refusals. */

import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SpeculationFormat } from "../../generator/lapa/config";
import { maskOf, speculate } from "../../sim/golden/speculation";
import { resolveTrace } from "../../sim/traces/bundled";
import { readTrace } from "../../sim/traces/trace";
import { eachFolder, lapa, mistake } from "./lapa";

const folder = eachFolder();
const at = (name: string): string => join(folder.path, name);
const use = ["--trace", "use_in0_L00_H0"];

interface Figures {
  readonly kept: number[];
  readonly survivors: number[];
  readonly pairs: number;
  readonly recall: number;
  readonly massLost: number;
  readonly outputError: number | null;
  readonly work: { keyBits: number; adderBits: number };
  readonly exactWork: { keyBits: number; adderBits: number };
}

interface Prediction {
  readonly ok: boolean;
  readonly heads: readonly (Figures & { trace: string; registers: { mode: string; rounds: { rho: number; guard: number }[] } })[];
  readonly total: Figures;
  readonly skipped: readonly { trace: string; why: string }[];
}

interface Swept {
  readonly curves: readonly { name: string; points: readonly { value: number; kept: number; massLost: number }[] }[];
}

async function json<T>(...args: string[]): Promise<T> {
  const { code, out, err } = await lapa("predict", "--json", ...args);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out) as T;
}

test("masks and counts are the golden model's", async () => {
  const { heads: [head], total } = await json<Prediction>(...use, "--rho", "40,500", "--guard", "8,0", "--masks", at("m.npy"));
  const trace = readTrace(resolveTrace("use_in0_L00_H0"), { operandBits: 8 });
  const format: SpeculationFormat = { operandBits: 8, rounding: "floor", terms: 1, window: 4, logSide: "query", slices: [4, 4] };
  const registers = { mode: "radius" as const, rounds: [{ rho: 40, guard: 8 }, { rho: 500, guard: 0 }] };
  const rows = [...speculate(trace.q, trace.k, trace.dim, format, { ...registers, nValid: trace.nK, causal: false, offset: 0 })];
  const mask = rows.flatMap((row) => [...maskOf(row, trace.nK)]);
  expect([...readFileSync(at("m.npy")).subarray(-128 * 128)]).toEqual(mask);
  expect(head).toMatchObject({ registers, pairs: 128 * 128, survivors: [0, 1].map((r) => rows.reduce((n, row) => n + row.rounds[r].survivors.length, 0)) });
  expect(head.survivors[1]).toBe(mask.reduce((a, b) => a + b));
  expect(head.work.keyBits).toBe((128 * 128 + head.survivors[0]) * 64 * 4);
  expect(head.exactWork.keyBits).toBe(128 * 128 * 64 * 8);
  expect(total).toMatchObject({ kept: head.kept, massLost: head.massLost });
});

test("on real heads leading ones keep and lose about what exact scores do, two of them nearly the same", async () => {
  const traces = [...use, "--trace", "use_in0_L00_H1", "--trace", "lm_in0_L00_H0"];
  const { curves: [exact] } = await json<Swept>(...traces, "--sweep", "--radius", "4");
  const [{ kept, massLost }] = exact.points;
  for (const [settings, ofKept, ofLost, recall] of [[["slices=8", "window=null"], 0.04, 0.01, 0.96], [["slices=4,4"], 0.04, 0.01, 0.96], [["slices=8", "terms=2"], 0.015, 0.005, 0.985]] as const) {
    const { total } = await json<Prediction>(...traces, ...settings.flatMap((s) => ["--set", s]));
    expect(Math.abs(total.kept.at(-1)! - kept)).toBeLessThan(ofKept);
    expect(Math.abs(total.massLost - massLost)).toBeLessThan(ofLost);
    expect(total.recall).toBeGreaterThan(recall);
  }
});

test("text: a line a head, one for all, and what was left out", async () => {
  const { code, out } = await lapa("predict", "--config", "edge", "--radius", "5,4");
  expect(code).toBe(0);
  expect(out).toMatch(/^lm_in0_L00_H0: skipped: trace lm_in0_L00_H0 has 512 keys, and the unit has memory for 256\n/);
  expect(out).toMatch(/8 bits in slices 4,4, query as leading ones \(floor, 1 term, window 4\); radius 5, 4, guard 6, 6\n/);
  expect(out).toMatch(/^use_in0_L00_H0 +128 +128( +\d\.\d{4}){8}$/m);
  expect(out).toMatch(/^3 heads +470( +\d\.\d{4}){8}$/m);
});

test("every kind of unit predicts: key side, three rounds, two terms, 16 bits, one slice, blends", async () => {
  for (const args of [["logSide=key"], ["slices=2,2,4", "terms=2"], ["operandBits=16", "slices=5,5,6", "rounding=nearest"], ["operandBits=4"]]) {
    for (const filter of [["--radius", "4"], ["--blend=4"]]) {
      const { heads: [head] } = await json<Prediction>(...use, ...filter, ...args.flatMap((s) => ["--set", s]));
      expect(head.kept.at(-1)).toBeGreaterThan(0);
      expect(head.kept.at(-1)).toBeLessThan(0.5);
    }
  }
});

describe("traces of one's own", () => {
  /** Two queries and two keys of two features, no values. */
  function small(metadata: object): string {
    const tensor = (from: number): object => ({ dtype: "I8", shape: [2, 2], data_offsets: [from, from + 4] });
    const header = JSON.stringify({ __metadata__: metadata, q: tensor(0), k: tensor(4) });
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    return folder.file("qk.safetensors", Buffer.concat([length, Buffer.from(header), Buffer.from([1, 2, 3, 4, 5, 6, 7, 8])]));
  }

  test("without values there is no output error", async () => {
    const args = ["--config", "tiny", "--trace", small({})];
    expect((await json<Prediction>(...args)).heads[0].outputError).toBeNull();
    expect((await lapa("predict", ...args)).out).toMatch(/^qk .* - /m);
  });

  test("scales whose product is no number", async () => {
    expect(await mistake("predict", "--trace", small({ scale_q: "1e200", scale_k: "1e200" }))).toMatch(/qk\.safetensors: scale_q \* scale_k \* attn_scale is Infinity/);
    expect(await mistake("predict", "--trace", small({ scale_q: "1e-200", scale_k: "1e-200" }))).toMatch(/is 0\n/);
  });
});

describe("sweep", () => {
  test("its points are the predictions with that value, for one round, all rounds, and exact scores", async () => {
    const { curves } = await json<Swept>(...use, "--trace", "ocr_in0_L00_H0", "--sweep", "--radius", "3,6", "--guard", "8");
    expect(curves.map((c) => c.name)).toEqual(["exact scores", "ALOC, one round", "ALOC, slices 4,4"]);
    for (const [i, radius] of ["3", "6"].entries()) {
      for (const [curve, slices] of [[1, "8"], [2, "4,4"]] as const) {
        const { total } = await json<Prediction>(...use, "--trace", "ocr_in0_L00_H0", "--radius", radius, "--guard", "8", "--set", `slices=${slices}`);
        const { kept, massLost } = curves[curve].points[i];
        expect([kept, massLost]).toEqual([expect.closeTo(total.kept.at(-1)!, 9), expect.closeTo(total.massLost, 9)]);
      }
    }
    const trace = readTrace(resolveTrace("use_in0_L00_H0"), { operandBits: 8 });
    const { curves: [exact] } = await json<Swept>(...use, "--sweep", "--radius", "3.5");
    let [kept, lost] = [0, 0];
    for (let i = 0; i < trace.nQ; i++) {
      const scores = Array.from({ length: trace.nK }, (_, j) => trace.q.subarray(i * 64, i * 64 + 64).reduce((s, x, c) => s + x * trace.k[j * 64 + c], 0) * trace.scaleQ * trace.scaleK * trace.attnScale);
      const best = Math.max(...scores);
      const sum = scores.reduce((s, x) => s + Math.exp(x - best), 0);
      kept += scores.filter((x) => best - x <= 3.5).length / trace.nK;
      lost += scores.reduce((s, x) => s + (best - x <= 3.5 ? 0 : Math.exp(x - best) / sum), 0);
    }
    expect(exact.points[0].kept).toBeCloseTo(kept / trace.nQ, 3);
    expect(exact.points[0].massLost).toBeCloseTo(lost / trace.nQ, 3);
  });

  test("a larger radius keeps more and loses less; a larger blend the other way", async () => {
    for (const [values, sign] of [[["--radius", "1,2,4,8"], 1], [["--blend=-15,-4,0,4,15"], -1]] as const) {
      for (const { points } of (await json<Swept>(...use, "--sweep", ...values)).curves) {
        for (let i = 1; i < points.length; i++) {
          expect(sign * (points[i].kept - points[i - 1].kept)).toBeGreaterThan(0);
          expect(sign * (points[i].massLost - points[i - 1].massLost)).toBeLessThan(0);
        }
      }
    }
  });

  test("charts: SVG or a page, the same twice, with every point in the table", async () => {
    const args = ["predict", ...use, "--sweep", "--radius", "1,4,7"];
    for (const out of ["a.svg", "b.svg", "c.html"]) expect(await lapa(...args, "--out", at(out))).toMatchObject({ code: 0, out: expect.stringContaining(`${at(out)}: the chart\n`) });
    expect(readFileSync(at("a.svg"), "utf8")).toBe(readFileSync(at("b.svg"), "utf8"));
    const page = readFileSync(at("c.html"), "utf8");
    expect(page).toContain(readFileSync(at("a.svg"), "utf8").trim());
    const { curves } = await json<Swept>(...args.slice(1));
    for (const [i, value] of [1, 4, 7].entries()) {
      expect(page).toContain(`<tr><th>${value}</th>${curves.map((c) => `<td>${c.points[i].kept.toFixed(4)}</td><td>${c.points[i].massLost.toFixed(4)}</td>`).join("")}</tr>`);
    }
  });

  test("a unit of one round has two curves; the table is for people", async () => {
    const { out } = await lapa("predict", ...use, "--sweep", "--set", "slices=8", "--radius", "2,4");
    expect(out).toMatch(/^radius +exact scores +ALOC, one round\n +kept +lost +kept +lost\n +2( +\d\.\d{4} +\d\.\d{5}){2}\n +4( +\d\.\d{4} +\d\.\d{5}){2}\n$/);
  });
});

test.each<[string[], RegExp]>([
  [["--config", "default"], /default is a configuration of aloc_dot, and only the units speculation and attention predict/],
  [["--config", "bases"], /bases: no such file, and no preset has this name \(did you mean "base"\?\)/],
  [["--trace", "use_in0_L00_H0", "--set", "headDim=32"], /has dimension 64, and the unit has a headDim of 32\n {2}hint: .*--set headDim=64 --set maxKeys=128/],
  [["--set", "maxKeys=8"], /lm_in0_L00_H0 has 512 keys, and the unit has memory for 8\ntrace ocr/],
  [["--trace", "nowhere"], /nowhere: no such trace/],
  [["--radius", "4,4,4"], /--radius is 4,4,4, 3 numbers; allowed: one, or one for each of the 2 slices/],
  [["--radius=-1"], /--radius is -1; allowed: numbers of 0 or more, with commas between them/],
  [["--radius", "four"], /--radius is four; allowed: numbers/],
  [["--radius", "4,"], /--radius is 4,; allowed: numbers/],
  [["--rho", "1.5"], /--rho is 1.5; allowed: integers of 0 or more/],
  [["--rho", "65536,0"], /--rho is 65536,0; allowed in round 1: at most 65535, the largest value of its register/],
  [["--blend", "16"], /--blend is 16; allowed: integers from -15 to 15/],
  [["--guard", "64"], /--guard is 64; allowed: integers from 0 to 63/],
  [["--guard", "1", "--set", "logSide=key"], /--guard is 1, and logSide is "key"; allowed: 0/],
  [["--guard", "1", "--blend", "1"], /--guard widens a radius, and --blend has none/],
  [["--radius", "1", "--blend", "1"], /--radius and --blend: only one of them/],
  [["--masks", "m.npy"], /masks are of one trace, and these are 5/],
  [["--out", "x.svg"], /--out is for the chart of a sweep/],
  [["--sweep", "--masks", "m.npy"], /--masks is for one prediction, not for a sweep/],
  [["--sweep", "--out", "x.png"], /--out is x.png; allowed: a name that ends in .svg or .html/],
  [["--sweep", "--rho", "1"], /--rho is in units that differ/],
])("predict %j is refused", async (args, message) => {
  expect(await mistake("predict", ...args)).toMatch(message);
});

test("files that cannot be written are refused before the work, and nothing is left behind", async () => {
  mkdirSync(at("dir.svg"));
  expect(await mistake("predict", ...use, "--masks", join(at("no"), "m.npy"))).toMatch(/cannot write .*: there is no folder/);
  expect(await mistake("predict", ...use, "--sweep", "--out", at("dir.svg"))).toMatch(/cannot write .*: it is a folder/);
  expect(await mistake("predict", ...use, "--masks", "/proc/m.npy")).toMatch(/cannot write \/proc\/m\.npy/);
  expect(existsSync(at("no"))).toBe(false);
});
