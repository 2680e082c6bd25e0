/**
 * `npm run bench`: how fast lapa is, each figure beside something that ran in the same minute on the same machine. With
 * --json for machines.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { elaborate } from "lapa";
import { build } from "../generator/build";
import { parseConfig } from "../generator/lapa/config-schema";
import { presets } from "../generator/lapa/presets";
import { elaborateUnit } from "../generator/lapa/units";
import { MacArray } from "../generator/rivals/mac-array";
import type { SpeculationConfig } from "../generator/lapa/unit-config";
import type { RunResult } from "../sim/engines/engine";
import { exactScores } from "../sim/metrics/attention";
import { predictHead } from "../sim/predict";
import { vectorSources } from "../sim/unit-vectors";
import type { VectorSet } from "../sim/vectors/vectors";
import { busy, checked, type Figure, median, present, randomTrace } from "./bench-figure";
import { wholeHeads } from "./bench-heads";

/** The processor time of node processes that print JSON: the median of several. */
function child<T>(args: readonly string[], repeat: number, pick: (printed: T) => number): number {
  return median(Array.from({ length: repeat }, () => pick(JSON.parse(spawnSync(process.execPath, args, { encoding: "utf8" }).stdout) as T)));
}

interface Emitted { readonly whole: number; readonly inProcess: number }

/** What emitting an array takes, in seconds. */
function emitted(which: "mac" | "pe", size: number, folder: string): Emitted {
  const run = (pick: (u: Emitted) => number): number => child([join(__dirname, "bench-emit.js"), which, String(size), join(folder, which)], 9, pick) / 1000;
  return { whole: run((u) => u.whole), inProcess: run((u) => u.inProcess) };
}

function emission(): Figure[] {
  const folder = mkdtempSync(join(tmpdir(), "lapa-bench-"));
  try {
    const nothing = child<NodeJS.CpuUsage>(["-p", "JSON.stringify(process.cpuUsage())"], 9, (u) => (u.user + u.system) / 1e6);
    const small = emitted("pe", 16, folder);
    const beside = (whole: number): string => `node doing nothing: ${nothing.toFixed(3)} s, ${(whole / nothing).toFixed(1)} times`;
    return [
      ...[16, 32].flatMap((size): Figure[] => {
        const { whole, inProcess } = emitted("mac", size, folder);
        return [
          { name: `emit ${size} x ${size}, whole process`, value: whole, unit: "s CPU", beside: beside(whole) },
          { name: `emit ${size} x ${size}, in process`, value: inProcess, unit: "s CPU", beside: "elaboration, passes and printing" },
        ];
      }),
      ...[{ size: 16, taken: small }, { size: 64, taken: emitted("pe", 64, folder) }].flatMap(({ size, taken }): Figure[] => [
        { name: `emit ${size} x ${size} PEs, whole process`, value: taken.whole, unit: "s CPU", beside: `${beside(taken.whole)}; ${(taken.whole / small.whole).toFixed(2)} times 16 x 16` },
        { name: `emit ${size} x ${size} PEs, in process`, value: taken.inProcess, unit: "s CPU", beside: `${(taken.inProcess / small.inProcess).toFixed(2)} times 16 x 16` },
      ]),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Words for every cycle of the array: operands on the last row and column, and the last element's sum. That element sees
 * both operands 15 cycles after they enter, so its sum at cycle t is that of their products up to t - 16.
 */
function arrayVectors(size: number, cycles: number): VectorSet {
  const field = (port: string, width: number) => ({ name: port, port, width, signed: true });
  const input = new Uint32Array(cycles);
  const output = new Uint32Array(cycles);
  const byte = (t: number, factor: number): number => ((t * factor) % 251) - 125;
  let sum = 0;
  for (let t = 0; t < cycles; t++) {
    input[t] = (byte(t, 37) & 0xff) | ((byte(t, 91) & 0xff) << 8);
    output[t] = sum >>> 0;
    const entered = t - (size - 1);
    if (entered >= 0) sum = (sum + byte(entered, 37) * byte(entered, 91)) | 0;
  }
  const last = size - 1;
  const idle = Array.from({ length: last }, (_, i) => [`a_${i}`, `b_${i}`]).flat();
  return {
    schema: "lapa-vectors/1", design: "lapa_mac_array", mode: "cycles",
    channels: [
      { name: "in", direction: "input", fields: [field(`a_${last}`, 8), field(`b_${last}`, 8)], width: 16, limbs: 1, count: cycles, data: input },
      { name: "out", direction: "output", fields: [field(`total_${last}_${last}`, 32)], width: 32, limbs: 1, count: cycles, data: output },
    ],
    constants: [{ port: "enable", width: 1, value: 1n }, { port: "clear", width: 1, value: 0n }, ...idle.map((port) => ({ port, width: 8, value: 0x55n }))],
  };
}

/** Cycles a second on the array of 16 x 16. */
async function simulation(): Promise<Figure[]> {
  const { design } = build(elaborate(MacArray, { rows: 16, columns: 16, operandBits: 8, accumulatorBits: 32 }), { configuration: null, dialect: "verilog" });
  const cycles = { builtin: 200_000, icarus: 4_000, verilator: 1_000_000 };
  const rates = new Map<string, number>();
  for (const engine of await present()) {
    const { runMs } = await checked(engine, design, arrayVectors(16, cycles[engine.name]));
    rates.set(engine.name, (1000 * cycles[engine.name]) / runMs);
  }
  const icarus = rates.get("icarus");
  return [...rates].map(([name, value]) => ({
    name: `simulate 16 x 16, ${name}`, value, unit: "cycles/s", beside: icarus === undefined ? "Icarus is not installed" : `${(value / icarus).toFixed(2)} times Icarus`,
  }));
}

/** Vectors a second through the dot product of 64 lanes, and what comparing takes of that. */
async function dotProduct(): Promise<Figure[]> {
  const config = parseConfig({ unit: "aloc_dot" }, "the default");
  const { design } = build(elaborateUnit(config), { configuration: null, dialect: "verilog" });
  const counts = { builtin: 30_000, icarus: 4_000, verilator: 60_000 };
  const [source] = vectorSources(config, ["lm_in0_L00_H0"], 1);
  const figures: Figure[] = [];
  for (const engine of await present()) {
    const { vectors } = source!.make(counts[engine.name]);
    const times = { with: [] as number[], without: [] as number[] };
    for (let i = 0; i < 3; i++) {
      times.with.push((await checked(engine, design, vectors)).runMs);
      times.without.push((await checked(engine, design, vectors, false)).runMs);
    }
    const [full, bare] = [median(times.with), median(times.without)];
    const value = (1000 * vectors.channels[0]!.count) / full;
    figures.push({ name: `dot product of 64, ${engine.name}`, value, unit: "vectors/s", beside: `comparing: ${Math.max(0, 100 * (1 - bare / full)).toFixed(1)} % of the time` });
  }
  return figures;
}

/**
 * The preset `base` on whole heads of a trace of 512 keys, in Verilator: rows a second, and cycles a row, which are those of
 * the closed form or the run is no good. What survives leaves as keys or as groups.
 */
async function speculation(): Promise<Figure[]> {
  const engine = (await present()).find((e) => e.name === "verilator");
  if (engine === undefined) return [];
  const figures: Figure[] = [];
  for (const survivorForm of ["keys", "groups"] as const) {
    const config = parseConfig({ ...presets["base"]!.config, survivorForm }, "base");
    const { design } = build(elaborateUnit(config), { configuration: null, dialect: "verilog" });
    const { vectors, cycles: model } = vectorSources(config, ["lm_in0_L00_H0"], 1)[0]!.make(Infinity);
    const rows = vectors.channels.find((c) => c.name === "queries")!.count;
    const runs: RunResult[] = [];
    for (let i = 0; i < 3; i++) runs.push(await checked(engine, design, vectors));
    const [{ cycles }] = runs;
    if (cycles !== model) throw new Error(`base took ${cycles} cycles, and the closed form says ${model}`);
    const runMs = median(runs.map((r) => r.runMs));
    const rate = Math.round((1000 * cycles) / runMs).toLocaleString("en-US");
    const built = (runs[0]!.buildMs / 1000).toFixed(1);
    figures.push(
      { name: `base, ${survivorForm}, verilator`, value: (1000 * rows) / runMs, unit: "rows/s", beside: `${rate} cycles/s; built in ${built} s` },
      { name: `base, ${survivorForm}`, value: cycles / rows, unit: "cycles/row", beside: `${cycles} cycles for ${rows} rows, as the closed form has it` },
    );
  }
  return figures;
}

/** Cycles a second on `edge`, the first thousands of them: what a run costs, code that becomes hot included. */
async function speculationEngines(): Promise<Figure[]> {
  const config = parseConfig(presets["edge"]!.config, "edge");
  const { design } = build(elaborateUnit(config), { configuration: null, dialect: "verilog" });
  const rates = new Map<string, number>();
  for (const engine of await present()) {
    const { vectors } = vectorSources(config, ["use_in0_L00_H0"], 1)[0]!.make(engine.name === "icarus" ? 32 : Infinity);
    const { cycles, runMs } = await checked(engine, design, vectors);
    rates.set(engine.name, (1000 * cycles) / runMs);
  }
  const icarus = rates.get("icarus");
  return [...rates].map(([name, value]) => ({
    name: `edge, ${name}`, value, unit: "cycles/s", beside: icarus === undefined ? "Icarus is not installed" : `${(value / icarus).toFixed(2)} times Icarus`,
  }));
}

/** A large head through the golden model of the speculation unit, all figures included. */
function prediction(): Figure[] {
  const [size, dim] = [1024, 64];
  const config = parseConfig({ unit: "speculation" }, "the default") as SpeculationConfig;
  const trace = randomTrace(size, dim);
  const predicted = (radius: number): number => median([0, 1, 2].map(() => busy(() => {
    for (const _ of predictHead(trace, config, { mode: "radius", margins: config.slices.map(() => radius), guards: config.slices.map(() => 6) }));
  })));
  const exact = median([0, 1, 2].map(() => busy(() => { for (let i = 0; i < size; i++) exactScores(trace, i, size); })));
  return [{ radius: 4, what: "" }, { radius: 1000, what: ", all kept" }].map(({ radius, what }) => {
    const value = predicted(radius);
    return { name: `predict ${size} x ${size} x ${dim}${what}`, value, unit: "s CPU", beside: `exact scores alone: ${exact.toFixed(3)} s, ${(value / exact).toFixed(1)} times` };
  });
}

async function main(): Promise<void> {
  const figures: Figure[] = [];
  const json = process.argv.includes("--json");
  for (const part of [emission, simulation, dotProduct, speculationEngines, speculation, wholeHeads, prediction]) {
    for (const f of await part()) {
      figures.push(f);
      const value = f.value < 100 ? f.value.toFixed(f.value < 10 ? 3 : 2) : Math.round(f.value).toLocaleString("en-US");
      if (!json) console.log(`${f.name.padEnd(34)} ${value.padStart(11)} ${f.unit.padEnd(10)} ${f.beside}`);
    }
  }
  if (json) console.log(JSON.stringify({ node: process.version, platform: `${process.platform}-${process.arch}`, figures }, null, 2));
}

void main();
