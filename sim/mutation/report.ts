/** A mutation study in words. */

import { identity } from "./fault";
import type { Proof } from "./proof";
import { byKind, byModule, type Judged, type Score, scoreOf, scoresBy, type Study } from "./study";

const columns = ["seeded", "noticed", "equivalent", "listed", "unnoticed"] as const;

/** A row a module, then a row a kind of fault. */
export function modulesText({ judged }: Study): string {
  const rows = [...scoresBy(judged, byModule), null, ...scoresBy(judged, byKind)];
  const width = Math.max(...rows.map((r) => r?.name.length ?? 0));
  const head = `${"".padEnd(width)}${columns.map((c) => c.padStart(11)).join("")}${"score".padStart(8)}`;
  return [head, ...rows.map((r) => (r === null ? "" : row(r.name.padEnd(width), r)))].join("\n");
}

function row(name: string, score: Score): string {
  return `${name}${columns.map((c) => String(score[c]).padStart(11)).join("")}${percent(score.score).padStart(8)}`;
}

/** Whole per cents are rounded down: 100 means all. */
const percent = (score: number): string => `${(Math.floor(score * 10) / 10).toFixed(1)} %`;

/** The survivors, each with what is known of it. */
export function survivorLines({ judged, listFaults }: Study): string[] {
  const survivors = judged.filter((j) => j.outcome !== "noticed");
  return ["", ...survivors.map((j) => `${j.outcome.padEnd(10)} ${identity(j.fault)}${why(j)}`), ...listFaults.map((f) => `list       ${f}`)];
}

function why({ outcome, proof, reason }: Judged): string {
  if (outcome === "listed") return `  (${reason})`;
  return outcome === "equivalent" && proof !== null ? `  (${proofText(proof)})` : "";
}

const proofText = (proof: Proof): string => (proof.by === "function" ? "the same function" : `unseen outside of ${proof.scopes.join(", ")}`);

/** The verdict and what it took. */
export function totalText(config: string, { population, judged, figures, listFaults }: Study, least: number): string {
  const total = scoreOf(judged);
  const ok = total.score >= least && listFaults.length === 0;
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  const rate = Math.round((1000 * judged.length) / Math.max(1, figures.runMs));
  return [
    `${ok ? "PASS" : "FAIL"}: ${config}: ${total.noticed} of ${total.seeded - total.equivalent} faults noticed, ${percent(total.score)}; ${least} % is demanded`,
    `  ${total.seeded} of ${population} faults seeded; ${total.equivalent} proved equivalent, ${total.listed} listed, ${total.unnoticed} unnoticed`,
    `  ${figures.builds} build${figures.builds === 1 ? "" : "s"} in ${seconds(figures.buildMs)}, runs ${seconds(figures.runMs)} (${rate} faults/s), proofs ${seconds(figures.proofMs)}`,
  ].join("\n");
}
