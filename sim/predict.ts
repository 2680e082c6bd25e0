/** What the speculation unit predicts on attention traces: what it keeps, what attention loses by it, and what it costs. */

import type { FilterParameters, SpeculationFormat } from "../generator/lapa/config";
import type { SpeculationConfig } from "../generator/lapa/unit-config";
import { UserError } from "../generator/errors";
import { maskOf, speculate } from "./golden/speculation";
import { realScale } from "./metrics/attention";
import { addTallies, type Quality, QualityMeter, qualityOf, type Tally } from "./metrics/quality";
import { radiusParameters } from "./metrics/radius";
import { adderBits, addWork, exactWork, roundsWork, type Work } from "./metrics/work";
import { bundledTraces, resolveTrace } from "./traces/bundled";
import { readTrace, type Trace } from "./traces/trace";

/** What the filters are told, a value a round: radii in natural-log units of score, registers as they are, or blends. */
export type Setting =
  | { readonly mode: "radius"; readonly margins: readonly number[]; readonly guards: readonly number[] }
  | { readonly mode: "rho"; readonly rhos: readonly number[]; readonly guards: readonly number[] }
  | { readonly mode: "blend"; readonly as: readonly number[] };

/** The registers of the filters for a head. */
export function filterOf(setting: Setting, trace: Trace, format: SpeculationFormat): FilterParameters {
  switch (setting.mode) {
    case "radius": return radiusParameters(setting.margins, setting.guards, trace, format);
    case "rho": return { mode: "radius", rounds: setting.rhos.map((rho, r) => ({ rho, guard: setting.guards[r] })) };
    case "blend": return { mode: "blend", rounds: setting.as.map((a) => ({ a })) };
  }
}

export interface HeadPrediction {
  readonly filter: FilterParameters;
  readonly tally: Tally;
  readonly work: Work;
  /** What scoring the same pairs exactly costs. */
  readonly exactWork: Work;
  /** 1 for each survivor, row-major [nQ][nK]. */
  readonly mask: Uint8Array;
}

/** Predicts a whole head by the golden model; gives the number of rows that are done, after each. */
export function* predictHead(trace: Trace, format: SpeculationFormat, setting: Setting): Generator<number, HeadPrediction, undefined> {
  const { q, k, dim, nQ, nK, causal } = trace;
  const filter = filterOf(setting, trace, format);
  const meter = new QualityMeter(trace);
  const mask = new Uint8Array(nQ * nK);
  for (const row of speculate(q, k, dim, format, { ...filter, nValid: nK, causal, offset: 0 })) {
    meter.add(row);
    mask.set(maskOf(row, nK), row.query * nK);
    yield row.query + 1;
  }
  const tally = meter.tally();
  // A round scores what the round before has left.
  const work = roundsWork([tally.pairs, ...tally.survivors], dim, format);
  return { filter, tally, work, exactWork: exactWork(tally.pairs, dim, format.operandBits), mask };
}

/** A trace, and why the unit cannot take it; null when it can. */
export interface HeadSource {
  readonly trace: Trace;
  readonly skipped: string | null;
}

/**
 * The traces that names stand for: `all` bundled ones, a bundled trace's name, a safetensors file, a folder of .npy files.
 * @throws UserError for a trace that is missing, unsound, or (when it is named) larger than the unit; or when all are.
 */
export function headSources(config: SpeculationConfig, names: readonly string[]): HeadSource[] {
  const sources = names.flatMap((name): HeadSource[] => {
    if (name === "all") return bundledTraces().map((bundled) => source(config, bundled.path));
    const named = source(config, resolveTrace(name));
    if (named.skipped !== null) throw new UserError(named.skipped, `make the unit larger: --set headDim=${named.trace.dim} --set maxKeys=${named.trace.nK}`);
    return [named];
  });
  if (sources.every((s) => s.skipped !== null)) throw new UserError(sources.map((s) => s.skipped).join("\n"), "make the unit larger: --set headDim=... --set maxKeys=...");
  return sources;
}

function source(config: SpeculationConfig, path: string): HeadSource {
  const trace = readTrace(path, config);
  const { name, dim, nK } = trace;
  const real = realScale(trace);
  if (!(real > 0 && real < Infinity)) {
    throw new UserError(`${path}: scale_q * scale_k * attn_scale is ${real}`, "give scales whose product is a positive number that floating point holds");
  }
  const { headDim, maxKeys } = config;
  if (dim > headDim) return { trace, skipped: `trace ${name} has dimension ${dim}, and the unit has a headDim of ${headDim}` };
  if (nK > maxKeys) return { trace, skipped: `trace ${name} has ${nK} keys, and the unit has memory for ${maxKeys}` };
  return { trace, skipped: null };
}

/** What heads come to, one or several. */
export interface Figures {
  readonly quality: Quality;
  readonly work: Work;
  readonly exactWork: Work;
}

/** @throws RangeError when there is no head, none has a row with an alive key, or they have different numbers of rounds. */
export function figuresOf(heads: readonly Pick<HeadPrediction, "tally" | "work" | "exactWork">[]): Figures {
  return {
    quality: qualityOf(addTallies(heads.map((h) => h.tally))), work: addWork(heads.map((h) => h.work)), exactWork: addWork(heads.map((h) => h.exactWork)),
  };
}

/** What a prediction reads of K and adds, as shares of what exact scores of all pairs do. */
export function sharesOf({ work, exactWork }: Pick<Figures, "work" | "exactWork">): { readonly keyBits: number; readonly adderBits: number } {
  return { keyBits: work.keyBits / exactWork.keyBits, adderBits: adderBits(work) / adderBits(exactWork) };
}
