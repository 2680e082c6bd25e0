/** Heads that the golden model picks: random ones of which each hits what none before it has. */

import type { AttentionHead } from "../vectors/attention-vectors";
import { HeadCoverage, type HeadConfig, observeHead } from "./head-coverage";
import { inOrder, type LoadedKeys, RandomHeads } from "./random-heads";

/** Products of a query's and a key's feature that the search takes, at most, and heads that hit nothing new one after the other. */
const effort = { products: 12_000_000, fruitless: 1_200 };
const mostRows = 8;

/**
 * Heads that hit what `known` has not. A head keeps only the rows that do, where rows do not depend on their number.
 * @param known hits what it is shown, and so all that these heads do.
 */
export function directedHeads(config: HeadConfig, known: HeadCoverage, seed: number): AttentionHead[] {
  const { headDim, maxKeys, keysPerCycle } = config;
  const lanes = typeof keysPerCycle === "number" ? keysPerCycle : keysPerCycle[0]!;
  const limits = { rows: mostRows, keys: Math.min(maxKeys, Math.max(24, 2 * Math.min(lanes, 24))) };
  const random = new RandomHeads(config, seed);
  const kept: AttentionHead[] = [];
  let loaded: LoadedKeys | null = null;
  let [products, fruitless] = [0, 0];
  while (products < effort.products && fruitless < effort.fruitless && known.coverage.openCount > 0) {
    const head = random.next(limits, loaded);
    products += (head.queries.length * head.keys.length) / headDim;
    const rows = rowsThatHit(config, known, head);
    fruitless = rows.length > 0 ? 0 : fruitless + 1;
    if (rows.length === 0) continue;
    kept.push({ ...head, label: `directed: head ${kept.length}`, queries: head.parameters.causal ? head.queries : chosen(head, rows) });
    loaded = head;
  }
  return inOrder(kept);
}

/** The rows that hit something, in order; what the head as a whole hits counts as the first row's. */
function rowsThatHit(config: HeadConfig, known: HeadCoverage, head: AttentionHead): number[] {
  const { coverage } = known;
  const rows: number[] = [];
  let open = coverage.openCount;
  observeHead(config, known, head, (query) => {
    if (coverage.openCount < open) rows.push(query);
    open = coverage.openCount;
  });
  return rows;
}

function chosen({ queries, dim }: AttentionHead, rows: readonly number[]): Int16Array {
  const all = new Int16Array(rows.length * dim);
  rows.forEach((from, to) => all.set(queries.subarray(from * dim, (from + 1) * dim), to * dim));
  return all;
}
