/** The results of `lapa run`: as lines for people and as objects for programs. */

import type { OutputError } from "../../sim/metrics/output";
import type { Choice, HeadRun, RunFigures } from "../../sim/run";
import type { SpeculationConfig } from "../lapa/unit-config";
import { figure, heading } from "./prediction-report";

/** What --json prints. */
export function runResult(configuration: SpeculationConfig, setting: Choice, heads: readonly HeadRun[]): object {
  return {
    configuration, setting,
    heads: heads.map(({ trace: { name, nQ, nK, dim, causal }, filter, execution, figures }) => ({
      trace: name, queries: nQ, keys: nK, dim, causal, registers: { filter, execution }, ...figures,
    })),
    total: totalOf(heads),
  };
}

/** A table with a line a head, and one for all. */
export function runLines(config: SpeculationConfig, setting: Choice, heads: readonly HeadRun[]): string[] {
  const columns = ["kept", "MACs", "error", "max", "cosine", "d error", "d max", "d cosine"].map((name) => name.padStart(8));
  const title = ["trace".padEnd(18), "queries", "   keys", ...columns].join(" ");
  const lines = heads.map(({ trace: { name, nQ, nK }, figures }) => line(name, nQ, nK, figures));
  const total = heads.length > 1 ? [line(`${heads.length} heads`, heads.reduce((n, h) => n + h.trace.nQ, 0), null, totalOf(heads))] : [];
  return [
    ...heading(config, setting), title, ...lines, ...total,
    "MACs: multiply-accumulates, of those of dense attention; error, max, cosine: of O against attention in floating point,",
    "max in steps of V; d: of dense attention in the same integer arithmetic, so that the rest of the error is what sparsity costs",
  ];
}

function line(name: string, queries: number, keys: number | null, { kept, macs, denseMacs, error, denseError }: RunFigures): string {
  const counts = [queries, keys].map((n) => (n === null ? "" : n.toLocaleString("en")).padStart(7));
  const figures = [kept, macs / denseMacs, ...figuresOf(error), ...figuresOf(denseError)];
  return [name.padEnd(18), ...counts, ...figures.map((x) => (x === Infinity ? "-" : figure(x)).padStart(8))].join(" ");
}

const figuresOf = ({ relative, largest, cosine }: OutputError): number[] => [relative, largest, cosine];

function totalOf(heads: readonly HeadRun[]): RunFigures {
  const run = require("../../sim/run") as typeof import("../../sim/run");
  return run.totalOf(heads.map((h) => h.figures));
}
