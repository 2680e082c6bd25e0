/**
 * `node dist/scripts/utilisation.js`: what the array's elements do with their time, for every bundled trace on three sizes of array.
 * Writes docs/utilisation.svg and the table in docs/cycles.md, out of the cycle model.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../generator/lapa/config-schema";
import { presets } from "../generator/lapa/presets";
import type { AttentionConfig } from "../generator/lapa/unit-config";
import { type AttentionCycles, attentionCycles, type ChoiceCycles } from "../sim/attention-cycles";
import { type Bar, barChart } from "../sim/charts/bar-chart";
import { bundledTraces } from "../sim/traces/bundled";
import { readTrace, type Trace } from "../sim/traces/trace";
import { withTable } from "./page-table";

/** Sizes of arrays, and presets that have them. */
const arrays = [["4 x 4", "attention-tiny"], ["8 x 8", "attention-edge"], ["16 x 16", "attention-base"]] as const;
const [radius, guard] = [4, 6];
/** Utilisation, as SOFA reports it. */
const reported = 0.852;

/** A trace on an array. */
export interface Counted {
  readonly trace: Trace;
  readonly array: string;
  readonly cycles: AttentionCycles;
}

/** The bundled traces on each array, smallest array first; of each, heads with most features first. */
export function counted(): readonly Counted[] {
  const config = (preset: string, headDim: number): AttentionConfig => parseConfig({ ...presets[preset].config, maxKeys: 512, headDim }, preset) as AttentionConfig;
  const traces = bundledTraces().map(({ path }) => readTrace(path, config(arrays[0][1], 64))).sort((a, b) => b.dim - a.dim);
  return arrays.flatMap(([array, preset]) => traces.map((trace) => {
    const unit = config(preset, trace.dim);
    const setting = { mode: "radius", margins: unit.slices.map(() => radius), guards: unit.slices.map(() => guard) } as const;
    const work = attentionCycles(trace, unit, setting);
    for (;;) {
      const step = work.next();
      if (step.done === true) return { trace, array, cycles: step.value };
    }
  }));
}

const speedUp = ({ dense, filtered }: AttentionCycles): string => (dense.stream.cycles / filtered.stream.cycles).toFixed(2);
const percent = (share: number): string => (100 * share).toFixed(1);

/** Of docs/cycles.md. */
export function utilisationTable(all: readonly Counted[]): string {
  return [
    "| head | kept | filtered, alone | dense, alone | filtered, stream | dense, stream | speed-up, stream | busy, filtered | MACs, filtered | MACs, dense | elements |",
    "|---|---|---|---|---|---|---|---|---|---|---|",
    ...all.map(({ trace, array, cycles }) => {
      const { kept, filtered, dense } = cycles;
      const { needed, masked, ragged } = filtered.elements;
      const counts = [filtered.alone, dense.alone, filtered.stream, dense.stream].map((run) => Math.round(run.cycles).toLocaleString("en-US"));
      const shares = [filtered.stream.busy, filtered.stream.utilisation, dense.stream.utilisation].map(percent);
      const elements = [needed, masked, ragged].map((n) => percent(n / (needed + masked + ragged))).join(" / ");
      return `| ${[`\`${trace.name}\`, ${array}`, kept.toFixed(3), ...counts, speedUp(cycles), ...shares, elements].join(" | ")} |`;
    }),
  ].join("\n");
}

/** What the elements do in a stream of heads; the array's working cycles are shared out as its elements are. */
export function elementTime(name: string, { stream: { cycles, parts, busy }, elements }: ChoiceCycles): Bar {
  const { needed, masked, ragged } = elements;
  const { padding, prediction, probabilities, room, drain, load } = parts;
  const working = (n: number): number => busy * n / (needed + masked + ragged);
  const waits = Object.entries({ predict: prediction, softmax: probabilities, room, drain, load }).map(([what, n]) => `${what} ${percent(n / cycles)}`).join(", ");
  const part = (what: string, share: number, more = ""): Bar[number] => ({ share, label: `${name}: ${what} ${percent(share)} %${more}` });
  return [
    part("attended pairs", working(needed)), part("masked", working(masked)), part("ragged", working(ragged)), part("padding", padding / cycles),
    part("waiting", (prediction + probabilities + room + drain + load) / cycles, ` (${waits})`),
  ];
}

/** docs/utilisation.svg: a group a head, in it a pair of bars an array. */
export function utilisationChart(all: readonly Counted[]): string {
  return barChart({
    title: `What the elements of the array do, radius ${radius}, guard ${guard}`,
    label: "share of the time of all elements, in a stream of heads",
    parts: ["attended pairs", "masked", "ragged", "padding", "waiting"],
    kinds: ["filtered", "dense"],
    noted: "speed-up",
    reference: { at: reported, name: `${percent(reported)} % utilisation, as SOFA reports, for the dense bars` },
    groups: [...new Set(all.map(({ trace }) => trace))].map((trace) => {
      const same = all.filter((c) => c.trace === trace);
      const { nQ, nK, dim, causal, name } = trace;
      return {
        name: `${name}, ${nQ} x ${nK} x ${dim}${causal ? ", causal" : ""}`,
        note: `1 / kept = ${(1 / same[0].cycles.kept).toFixed(2)}`,
        pairs: same.map(({ array, cycles }) => ({
          name: array, note: speedUp(cycles), thick: elementTime(`${array}, filtered`, cycles.filtered), thin: elementTime(`${array}, dense`, cycles.dense),
        })),
      };
    }),
  });
}

function main(): void {
  const docs = join(__dirname, "..", "..", "docs");
  const [page, all] = [join(docs, "cycles.md"), counted()];
  writeFileSync(page, withTable(readFileSync(page, "utf8"), "utilisation", utilisationTable(all)));
  writeFileSync(join(docs, "utilisation.svg"), utilisationChart(all));
}

if (require.main === module) main();
