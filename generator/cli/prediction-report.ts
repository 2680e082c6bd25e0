/** The results of `lapa predict`: as lines for people and as objects for programs. */

import type { Figures, HeadPrediction, Setting } from "../../sim/predict";
import type { Curve, Sweep } from "../../sim/sweep";
import type { Work } from "../../sim/metrics/work";
import type { Trace } from "../../sim/traces/trace";
import type { SpeculationConfig } from "../lapa/unit-config";

export interface PredictedHead {
  readonly trace: Trace;
  readonly prediction: HeadPrediction;
}

/** What --json prints. */
export function predictionResult(configuration: SpeculationConfig, setting: Setting, heads: readonly PredictedHead[]): object {
  const { adderBits } = metrics();
  const workOf = (work: Work): object => ({ keyBits: work.keyBits, adderBits: adderBits(work), additions: Object.fromEntries(work.additions) });
  const figures = ({ quality, work, exactWork }: Figures): object => ({ ...quality, work: workOf(work), exactWork: workOf(exactWork) });
  return {
    configuration, setting,
    heads: heads.map((h) => ({
      trace: h.trace.name, queries: h.trace.nQ, keys: h.trace.nK, dim: h.trace.dim, causal: h.trace.causal, registers: h.prediction.filter, ...figures(figuresOf([h])),
    })),
    total: figures(figuresOf(heads)),
  };
}

/** A table with a line a head, and one for all. */
export function predictionLines(config: SpeculationConfig, setting: Setting, heads: readonly PredictedHead[]): string[] {
  const rounds = config.slices.map((_, r) => `kept ${r + 1}`.padStart(7));
  const title = ["trace".padEnd(18), "queries", "   keys", ...rounds, " recall", "   lost", "     KL", " output", " K bits", "  adder"].join(" ");
  const lines = heads.map((h) => line(h.trace.name, h.trace.nQ, h.trace.nK, figuresOf([h])));
  const total = heads.length > 1 ? [line(`${heads.length} heads`, heads.reduce((n, h) => n + h.trace.nQ, 0), null, figuresOf(heads))] : [];
  return [...heading(config, setting), title, ...lines, ...total, "K bits, adder: of what exact scores of all pairs read and add (bits of K; additions times their width)"];
}

/** A table with a line a value. */
export function sweepLines(mode: Sweep["mode"], curves: readonly Curve[]): string[] {
  const columns = curves.map(({ name }) => name.padStart(18));
  const under = curves.map(() => "    kept      lost");
  const lines = curves[0].points.map(({ value }, i) => [String(value).padStart(6), ...curves.map(({ points }) => `${points[i].kept.toFixed(4).padStart(8)} ${points[i].massLost.toFixed(5).padStart(9)}`)].join("  "));
  return [[mode, ...columns].join("  "), ["      ", ...under].join("  "), ...lines];
}

/** Lines that say what was predicted by. @param setting null where the filter is off. */
export function heading({ name, operandBits, slices, logSide, rounding, terms, window }: SpeculationConfig, setting: Setting | null): string[] {
  if (setting === null) return [`${name}: ${operandBits} bits; filter off`];
  const codes = `${logSide} as leading ones (${rounding}, ${terms === 1 ? "1 term" : "2 terms"}${window === null ? "" : `, window ${window}`})`;
  const [what, values] = setting.mode === "radius" ? ["radius", setting.margins] : setting.mode === "rho" ? ["rho", setting.rhos] : ["blend", setting.as];
  const guards = setting.mode === "blend" ? "" : `, guard ${setting.guards.join(", ")}`;
  return [`${name}: ${operandBits} bits in slices ${slices.join(",")}, ${codes}; ${what} ${values.join(", ")}${guards}`];
}

function line(name: string, queries: number, keys: number | null, figures: Figures): string {
  const { kept, recall, massLost, divergence, outputError } = figures.quality;
  const { keyBits, adderBits } = prediction().sharesOf(figures);
  const shares = [...kept, recall, massLost, divergence, outputError, keyBits, adderBits];
  const counts = [queries, keys].map((n) => (n === null ? "" : n.toLocaleString("en")).padStart(7));
  return [name.padEnd(18), ...counts, ...shares.map((x) => (x === null ? "-" : figure(x)).padStart(7))].join(" ");
}

/** Four decimals, or where that is long, three digits. */
export const figure = (x: number): string => (x < 100 ? x.toFixed(4) : x.toPrecision(3));

function figuresOf(heads: readonly PredictedHead[]): Figures {
  return prediction().figuresOf(heads.map((h) => h.prediction));
}

function prediction(): typeof import("../../sim/predict") {
  return require("../../sim/predict") as typeof import("../../sim/predict");
}

function metrics(): typeof import("../../sim/metrics/work") {
  return require("../../sim/metrics/work") as typeof import("../../sim/metrics/work");
}
