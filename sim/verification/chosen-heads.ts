/** Heads for engines that are slow: few, which together hit what all of them do, as far as the cycles reach. */

import type { AttentionHead } from "../vectors/attention-vectors";
import { type HeadConfig, HeadCoverage, observeHead } from "./head-coverage";
import { inOrder } from "./random-heads";

/** A head, what it hits, and what it costs. */
interface Rated {
  readonly head: AttentionHead;
  readonly points: readonly number[];
  readonly cycles: number;
}

/**
 * Those that hit the most for their cycles, one after the other, until nothing is missing or the cycles are used up; in their order.
 * Keys that are loaded for the first head that is taken are free: without them there would be none.
 * @param cycles as estimated here, without stalls.
 */
export function chosenHeads<H extends AttentionHead>(config: HeadConfig, heads: readonly H[], cycles: number): H[] {
  if (cycles === Infinity) return [...heads];
  const rated = rate(config, heads);
  const hit = new Set<number>();
  const taken = new Set<Rated>();
  const loaded = new Set<Int16Array>();
  let used = 0;
  for (;;) {
    const cost = ({ head, cycles: run }: Rated): number => run + (loaded.has(head.keys) || loaded.size === 0 ? 0 : loadCycles(config, head));
    const fits = (r: Rated): boolean => !taken.has(r) && used + cost(r) <= cycles;
    const best = rated.filter(fits).map((r) => ({ r, worth: r.points.filter((p) => !hit.has(p)).length / cost(r) })).reduce((a, b) => (b.worth > a.worth ? b : a), { r: rated[0]!, worth: 0 });
    if (best.worth === 0) break;
    used += cost(best.r);
    taken.add(best.r);
    loaded.add(best.r.head.keys);
    best.r.points.forEach((p) => hit.add(p));
  }
  return inOrder(rated.filter((r) => taken.has(r)).map((r) => r.head as H));
}

function rate(config: HeadConfig, heads: readonly AttentionHead[]): Rated[] {
  const numbers = new Map<string, number>();
  const numberOf = (name: string): number => {
    const known = numbers.get(name);
    if (known === undefined) numbers.set(name, numbers.size);
    return known ?? numbers.size - 1;
  };
  return heads.map((head) => {
    const covered = new HeadCoverage(config);
    observeHead(config, covered, head);
    return { head, points: covered.coverage.hits().map(numberOf), cycles: runCycles(config, head) };
  });
}

/** About what loading a head's keys takes. */
function loadCycles(config: HeadConfig, { keys, dim }: AttentionHead): number {
  const count = keys.length / dim;
  return config.unit === "top" ? Math.ceil((count * config.headDim) / config.beatBytes) : count;
}

/** About what the rest takes: the longest of what goes on at once. */
function runCycles(config: HeadConfig, { queries, keys, dim, parameters, dense }: AttentionHead): number {
  const { headDim, maxKeys, keysPerCycle } = config;
  const [nQ, nK] = [queries.length / dim, keys.length / dim];
  const lanes = Math.min(maxKeys, typeof keysPerCycle === "number" ? keysPerCycle : keysPerCycle[0]!);
  const folds = Math.ceil(headDim / (config.featuresPerCycle ?? headDim));
  const filter = nQ * Math.max(Math.ceil(nK / lanes) * folds, parameters.mode === "blend" && !dense ? 24 : 5);
  if (config.unit === "speculation") return 20 + filter + (nQ * nK) / 4;
  const tiles = Math.ceil(nQ / config.peRows);
  const array = tiles * (Math.ceil(nK / lanes) * Math.max(headDim, lanes) + Math.ceil(headDim / lanes) * Math.max(nK, lanes) + 10);
  const bus = config.unit === "top" ? 120 + Math.ceil((nQ * headDim) / config.beatBytes) : 0;
  return 40 + Math.max(filter, array) + bus;
}
