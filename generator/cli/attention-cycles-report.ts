/** The results of `lapa cycles` of an attention unit, as lines for people. */

import type { AttentionCycles, ChoiceCycles, RunCycles } from "../../sim/attention-cycles";
import type { AttentionConfig, TopConfig } from "../lapa/unit-config";

type Named = AttentionCycles & { readonly name: string };

const titles = ["working", "padding", "load", "predict", "softmax", "room", "drain"];

/** For each head its cycles, filtered and dense, alone and in a stream, and where they go. */
export function attentionCycleLines({ name, peRows, maxKeys, keysPerCycle }: AttentionConfig | TopConfig, heads: readonly Named[]): string[] {
  const columns = Math.min(maxKeys, typeof keysPerCycle === "number" ? keysPerCycle : keysPerCycle[0]);
  const title = ["".padEnd(18), "  cycles", "speed-up", "   MACs", ...titles.map((t) => t.padStart(7)), "|", ...["needed", "masked", "ragged"].map((t) => t.padStart(7))].join(" ");
  return [
    `${name}, ${peRows} x ${columns} elements, streams that never stall`, title, ...heads.flatMap(headLines),
    "stream: of each head, where the same one comes again and again; MACs: that attention needs, of those that the elements have time for;",
    "working: cycles in which the array has operands; padding: runs that are shorter than it has columns; load, predict, softmax, room: it is free,",
    "and what it needs next is not there (keys and values; the tile's keys and queries; probabilities; a free bank); drain: after its last run;",
    "needed, masked, ragged: of what the elements have time for while the array works",
  ];
}

function headLines({ name, queries, keys, kept, filtered, dense }: Named): string[] {
  const line = (label: string, { elements }: ChoiceCycles, { cycles, parts, utilisation }: RunCycles, speedUp: number | null): string => {
    const { working, padding, load, prediction, probabilities, room, drain } = parts;
    const slots = elements.needed + elements.masked + elements.ragged;
    return [
      `  ${label}`.padEnd(18), cycles.toFixed(0).padStart(8), (speedUp === null ? "" : speedUp.toFixed(2)).padStart(8), percent(utilisation),
      ...[working, padding, load, prediction, probabilities, room, drain].map((n) => percent(n / cycles)), "|",
      ...[elements.needed, elements.masked, elements.ragged].map((n) => percent(n / slots)),
    ].join(" ");
  };
  return [
    `${name}: ${queries} queries, ${keys} keys, kept ${kept.toFixed(3)}, so at most ${(1 / kept).toFixed(2)} times as fast`,
    line("filtered, alone", filtered, filtered.alone, dense.alone.cycles / filtered.alone.cycles), line("dense, alone", dense, dense.alone, null),
    line("filtered, stream", filtered, filtered.stream, dense.stream.cycles / filtered.stream.cycles), line("dense, stream", dense, dense.stream, null),
    ...(filtered.bus === null || dense.bus === null ? [] : [`  the register CYCLES of the head alone: filtered ${filtered.bus}, dense ${dense.bus}`]),
  ];
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`.padStart(7);
