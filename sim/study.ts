/** How quality and work move with what a unit is built from, and with the guard: figures of groups of heads for every combination. */

import type { SpeculationFormat } from "../generator/lapa/config";
import type { SpeculationConfig } from "../generator/lapa/unit-config";
import { figuresOf, predictHead, sharesOf } from "./predict";
import { SweepMeter } from "./sweep";
import type { Trace } from "./traces/trace";

/** What is chosen; the guard is the same in all rounds. */
export interface Choice extends Pick<SpeculationFormat, "slices" | "terms" | "window"> {
  readonly guard: number;
}

/** What is compared. In this order, so that the first of each is the plainest. */
export const studied = {
  slices: [[8], [4, 4], [3, 5], [2, 2, 4]],
  terms: [1, 2],
  windows: [null, 4, 3],
  guards: [0, 4, 6, 8, 63],
} as const;

/** The radius of the study, in natural-log units, in every round. */
export const studiedRadius = 4;

/** Every combination. A guard counts in all rounds but the last, so a unit of one round has one choice of it. */
export function combinations(): Choice[] {
  return studied.slices.flatMap((slices) => studied.terms.flatMap((terms) => studied.windows.flatMap((window) => (
    (slices.length === 1 ? [0] : studied.guards).map((guard): Choice => ({ slices, terms, window, guard }))))));
}

/** Heads that are looked at together. */
export interface Group {
  readonly name: string;
  readonly traces: readonly Trace[];
}

/** A group for each model: what the names of traces have before the first underscore. */
export function groupsOf(traces: readonly Trace[]): Group[] {
  const groups = new Map<string, Trace[]>();
  for (const trace of traces) {
    const name = trace.name.split("_")[0];
    groups.set(name, [...(groups.get(name) ?? []), trace]);
  }
  return [...groups].map(([name, members]) => ({ name, traces: members }));
}

/** What a group comes to: as `lapa predict` prints it in its last line. */
export interface StudyFigures {
  readonly kept: number;
  readonly recall: number;
  readonly massLost: number;
  readonly divergence: number;
  readonly outputError: number | null;
  /** Of what exact scores of all pairs read and add. */
  readonly keyBits: number;
  readonly adderBits: number;
}

/** Predicts the heads of a group; gives the number of heads that are begun, after each row. */
export function* study(config: SpeculationConfig, { traces }: Group, choice: Choice): Generator<number, StudyFigures, undefined> {
  const { guard, slices } = choice;
  const setting = { mode: "radius", margins: slices.map(() => studiedRadius), guards: slices.map(() => guard) } as const;
  const heads = [];
  for (const trace of traces) {
    const rows = predictHead(trace, { ...config, ...choice }, setting);
    let step = rows.next();
    for (; step.done !== true; step = rows.next()) yield heads.length + 1;
    // The masks of a whole study would fill the memory.
    const { tally, work, exactWork } = step.value;
    heads.push({ tally, work, exactWork });
  }
  const figures = figuresOf(heads);
  const { kept, recall, massLost, divergence, outputError } = figures.quality;
  return { kept: kept.at(-1)!, recall, massLost, divergence, outputError, ...sharesOf(figures) };
}

/** What exact scores with the study's radius keep and lose, to hold predictions against; gives the number of heads that are begun. */
export function* studyExact(config: SpeculationConfig, { traces }: Group): Generator<number, Pick<StudyFigures, "kept" | "massLost">, undefined> {
  const meter = new SweepMeter({ ...config, slices: [config.operandBits] }, { mode: "radius", values: [studiedRadius], guards: [0] });
  for (const [i, trace] of traces.entries()) for (const _ of meter.add(trace)) yield i + 1;
  const [{ points: [exact] }] = meter.curves();
  return { kept: exact.kept, massLost: exact.massLost };
}
