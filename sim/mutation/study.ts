/** A mutation study of one design: seed faults, run them, prove what survives, and count. */

import { UserError } from "../../generator/errors";
import type { Circuit } from "../../generator/ir/types";
import type { VectorSource } from "../unit-vectors";
import { type Fault, type FaultKind, identity } from "./fault";
import { allFaults, grouped, sample } from "./faults";
import type { KnownSurvivor } from "./known";
import { eachInParallel } from "./parallel";
import { type Proof, prove } from "./proof";
import { type Figures, type Noticed, runFaults, type RunSetting } from "./runs";

/**
 * `noticed`: a run of `lapa verify` fails. `equivalent`: proved to change nothing. `listed`: there is a reason why it cannot
 * matter. `unnoticed`: none of these.
 */
export type Outcome = "noticed" | "equivalent" | "listed" | "unnoticed";

export interface Judged {
  readonly fault: Fault;
  readonly outcome: Outcome;
  /** The first run that noticed it. */
  readonly noticed: Noticed;
  readonly proof: Proof | null;
  readonly reason: string | null;
}

export interface Study {
  /** How many faults there are to choose from. */
  readonly population: number;
  readonly judged: readonly Judged[];
  readonly figures: Figures & { readonly proofMs: number };
  /** What is wrong with the list of known survivors, in sentences. */
  readonly listFaults: readonly string[];
}

export interface StudySetting {
  readonly run: RunSetting;
  /** How many faults, at most; those that are listed come on top. */
  readonly count: number;
  readonly seed: number;
  /** Only faults of this module; null for all. */
  readonly module: string | null;
  /** For each attempt at a proof; 0 proves nothing. */
  readonly proofSeconds: number;
}

export type Tell = (what: "seeded" | "proved", done: number, total: number) => void;

/**
 * @param circuit what is simulated. @param root the module that, with all below it, is given faults.
 * @param known of this configuration.
 * @throws UserError for a module that is not there, or a design that fails without a fault.
 */
export async function study(circuit: Circuit, root: string, sources: readonly VectorSource[], setting: StudySetting, known: readonly KnownSurvivor[], tell: Tell): Promise<Study> {
  const population = allFaults(circuit, root).filter((f) => setting.module === null || f.module === setting.module);
  if (population.length === 0) throw new UserError(`there is no module ${setting.module} with faults below ${root}`, `modules: ${[...grouped(allFaults(circuit, root), (f) => f.module).keys()].join(", ")}`);
  const listed = new Map(known.filter((k) => setting.module === null || k.fault.startsWith(`${setting.module} `)).map((k) => [k.fault, k.reason]));
  const chosen = new Set(sample(population, setting.count, setting.seed));
  const seeded = population.filter((f) => chosen.has(f) || listed.has(identity(f)));
  const { noticed, figures } = await runFaults(circuit, sources, seeded, setting.run, (done) => tell("seeded", done, seeded.length));
  const reasonOf = (fault: Fault): string | null => listed.get(identity(fault)) ?? null;
  const open = seeded.filter((f, i) => noticed[i] === null && reasonOf(f) === null);
  const start = performance.now();
  const proofs = setting.proofSeconds === 0 ? [] : await eachInParallel(open, (f) => prove(circuit, root, f, setting.proofSeconds), (done) => tell("proved", done, open.length));
  const proofOf = new Map(open.map((f, i) => [f, proofs[i] ?? null]));
  const judged = seeded.map((fault, i): Judged => judge(fault, noticed[i]!, proofOf.get(fault) ?? null, reasonOf(fault)));
  return { population: population.length, judged, figures: { ...figures, proofMs: performance.now() - start }, listFaults: listFaults(listed, judged) };
}

function judge(fault: Fault, noticed: Noticed, proof: Proof | null, reason: string | null): Judged {
  const outcome = noticed !== null ? "noticed" : reason !== null ? "listed" : proof !== null ? "equivalent" : "unnoticed";
  return { fault, outcome, noticed, proof, reason };
}

function listFaults(listed: ReadonlyMap<string, string>, judged: readonly Judged[]): string[] {
  const outcomes = new Map(judged.map((j) => [identity(j.fault), j.outcome]));
  return [...listed.keys()].flatMap((fault) => {
    const outcome = outcomes.get(fault);
    if (outcome === undefined) return [`the list names a fault that is not there: ${fault}`];
    return outcome === "noticed" ? [`the list names a fault that is noticed: ${fault}`] : [];
  });
}

export interface Score {
  readonly seeded: number;
  readonly noticed: number;
  readonly equivalent: number;
  readonly listed: number;
  readonly unnoticed: number;
  /** Of those that could be noticed, in per cent; 100 where there is none. */
  readonly score: number;
}

export function scoreOf(judged: readonly Judged[]): Score {
  const count = (outcome: Outcome): number => judged.filter((j) => j.outcome === outcome).length;
  const [noticed, equivalent, listed, unnoticed] = [count("noticed"), count("equivalent"), count("listed"), count("unnoticed")];
  const possible = judged.length - equivalent;
  return { seeded: judged.length, noticed, equivalent, listed, unnoticed, score: possible === 0 ? 100 : (100 * noticed) / possible };
}

/** Scores of the modules, or of the kinds, in the order in which they come. */
export function scoresBy<K extends string>(judged: readonly Judged[], key: (fault: Fault) => K): (Score & { readonly name: K })[] {
  return [...grouped(judged, (j) => key(j.fault))].map(([name, own]) => ({ name, ...scoreOf(own) }));
}

export const byModule = (fault: Fault): string => fault.module;
export const byKind = (fault: Fault): FaultKind => fault.kind;
