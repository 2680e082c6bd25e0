/** The heads that a unit is verified on where they come from no trace. */

import type { AttentionHead } from "../vectors/attention-vectors";
import { chosenHeads } from "./chosen-heads";
import { attentionCornerHeads } from "./corner-heads";
import { directedHeads } from "./directed-heads";
import { type HeadConfig, HeadCoverage, observeHead } from "./head-coverage";
import { inOrder, type LoadedKeys, RandomHeads } from "./random-heads";
import { SmallHeads } from "./host/small-heads";
import { longHead, shapeHeads } from "./shape-heads";

/** Queries of the source `random` where nobody sets a limit, and in a head of it. */
const randomQueries = { all: 400, head: 40 };

/** Corners, and what a search adds to them until everything is hit that can be. @param cycles that a slow engine has for them. */
export function verificationHeads(config: HeadConfig, seed: number, cycles: number): AttentionHead[] {
  const corners = inOrder([...attentionCornerHeads(config.headDim, config.maxKeys, config, seed), ...shapeHeads(config, seed)]);
  const known = new HeadCoverage(config);
  corners.forEach((head) => observeHead(config, known, head));
  const long = longHead(config, seed);
  // Its rows need not be looked at, and are too many for a slow engine.
  known.head(long);
  const heads = [...corners, ...directedHeads(config, known, seed)];
  return cycles === Infinity ? inOrder([...heads, long]) : chosenHeads(config, heads, cycles);
}

/** Random heads: another seed gives others. @param queries of them, at most. @param cycles that a slow engine has for them. */
export function seededHeads(config: HeadConfig, seed: number, queries: number, cycles: number): AttentionHead[] {
  const random = new RandomHeads(config, seed);
  const heads: AttentionHead[] = [];
  let loaded: LoadedKeys | null = null;
  for (let left = Math.min(randomQueries.all, queries); left > 0; left -= heads.at(-1)!.queries.length / config.headDim) {
    // Every eighth head may have as many keys as there is room for.
    const keys = heads.length % 8 === 7 ? config.maxKeys : Math.min(config.maxKeys, 64);
    heads.push(random.next({ rows: Math.min(left, randomQueries.head), keys }, loaded));
    loaded = heads.at(-1)!;
  }
  return chosenHeads(config, heads, cycles);
}

/** A few small heads for a unit that has just been reset: keys that are loaded, that stay, and that are loaded anew. */
export function wakingHeads(config: HeadConfig, seed: number): AttentionHead[] {
  // Every lane has a key, the first one two.
  const keys = Math.max(...[config.keysPerCycle].flat()) + 1;
  const heads = new SmallHeads({ headDim: config.headDim, maxKeys: config.maxKeys, beatBytes: 1, format: config, keys }, seed);
  const first = heads.head("the first head after reset");
  const { keys: loaded, values, parameters } = first;
  const blend = { mode: "blend", rounds: config.slices.map((_, r) => ({ a: 3 - r })) } as const;
  const second = { ...heads.head("the second one, with the keys of the first"), keys: loaded, values, loads: false, parameters: { ...parameters, ...blend } };
  return inOrder([first, second, heads.head("the third one")]);
}
