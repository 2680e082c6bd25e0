/** What the engines that simulate the emitted test bench share: its files, its options, and its report. */

import { rename, copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { VerilogFile } from "../../generator/emit/collateral";
import { isSystemError } from "../../generator/output-folder";
import { toHexLines } from "../vectors/hex";
import { testbench } from "../vectors/testbench";
import { topOf } from "../vectors/top";
import type { VectorSet } from "../vectors/vectors";
import type { Design, Mismatch, RunOptions, RunResult } from "./engine";

/** The bench for these vectors; its text depends on how many words there are only by the power of two above. */
export function engineBench(design: Design, vectors: VectorSet, room: readonly number[] = []): string {
  return testbench(vectors, topOf(design.circuit), { stalls: { seed: 0, input: 0, output: 0 }, depth: "rounded", room });
}

/** What to compile: `tb.v`, and the design below `rtl/`. */
export function benchSources(design: Design, bench: string): VerilogFile[] {
  return [{ name: "tb.v", text: bench }, ...design.files.map((f) => ({ name: `rtl/${f.name}`, text: f.text }))];
}

export async function writeWords(folder: string, vectors: VectorSet): Promise<void> {
  for (const channel of vectors.channels) await writeFile(join(folder, `${channel.name}.hex`), toHexLines(channel));
}

/** The waveform goes to this file in the run's folder first: a plusarg cannot hold every path. */
const waveFile = (format: "vcd" | "fst"): string => `wave.${format}`;

/** @param progressCycles how often a progress line is wanted. */
export function plusargs(vectors: VectorSet, options: RunOptions, progressCycles: number): string[] {
  const { stalls, hangCycles = 10_000, compare = true, wave, progress } = options;
  return [
    ...vectors.channels.map((c) => `+count_${c.name}=${c.count}`),
    `+seed=${stalls.seed >>> 0}`, `+stall_in=${stalls.input}`, `+stall_out=${stalls.output}`, `+hang=${hangCycles}`,
    ...(compare ? [] : ["+nocheck"]),
    ...(wave ? [`+vcd=${waveFile(wave.format)}`] : []),
    ...(progress ? [`+progress=${progressCycles}`] : []),
  ];
}

/** Turns progress lines into calls. */
export function progressListener(vectors: VectorSet, { progress }: RunOptions): ((line: string) => void) | undefined {
  if (!progress) return undefined;
  const total = vectors.channels.reduce((sum, c) => sum + (c.direction === "output" ? c.count : 0), 0);
  return (line) => {
    const done = /^lapa: progress (\d+)$/.exec(line);
    if (done) progress(Number(done[1]), total);
  };
}

type Report = Pick<RunResult, "verdict" | "compared" | "cycles" | "mismatches">;

/** Reads what the bench printed; null when it did not get as far as a verdict. */
export function parseReport(stdout: string): Report | null {
  const end = /^lapa: (?:PASS|FAIL verdict=(mismatch|extra|hang)) compared=(\d+) cycles=(\d+)$/m.exec(stdout);
  if (end === null) return null;
  const mismatch = /^lapa: MISMATCH channel=(\w+) index=(\d+) cycle=(\d+) field=(\S+) expected=([\da-fxz]+) got=([\da-fxz]+)$/gim;
  const mismatches = [...stdout.matchAll(mismatch)].map(([, channel, index, cycle, field, expected, got]): Mismatch =>
    ({ channel, index: Number(index), cycle: Number(cycle), field, expected: expected.toLowerCase(), got: got.toLowerCase() }));
  const verdict = (end[1] ?? "pass") as Report["verdict"];
  return { verdict, compared: Number(end[2]), cycles: Number(end[3]), mismatches };
}

/** Moves the waveform of a finished run to where it was asked for. */
export async function keepWave(folder: string, { wave }: RunOptions): Promise<void> {
  if (!wave) return;
  const source = join(folder, waveFile(wave.format));
  try {
    await rename(source, wave.file);
  } catch (error) {
    if (!isSystemError(error, "EXDEV")) throw error;
    await copyFile(source, wave.file);
  }
}
