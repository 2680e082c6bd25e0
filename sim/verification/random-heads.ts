/** Random heads that fit a unit: of any shape, with registers of either mode that leave some keys and not others. */

import type { FilterParameters, HeadParameters } from "../../generator/lapa/config";
import { dotCoefficients } from "../golden/aloc";
import { largestRho, type Row, speculate } from "../golden/speculation";
import type { AttentionHead } from "../vectors/attention-vectors";
import type { HeadConfig } from "./head-coverage";
import { Random } from "./random";

/** The most that a head has. */
export interface HeadLimits {
  readonly rows: number;
  readonly keys: number;
}

/** What stays of a head for the next one. */
export type LoadedKeys = Pick<AttentionHead, "keys" | "values">;

/** t that a distance of a row is to have, at most: beyond the table, and beyond what the unit tells apart. */
const farT = 1500;

export class RandomHeads {
  private readonly random: Random;
  private count = 0;

  constructor(private readonly config: HeadConfig, seed: number) {
    this.random = new Random(seed);
  }

  /** @param loaded keys that may stay; null where there are none. `loads` is right only where these are in the unit. */
  next(limits: HeadLimits, loaded: LoadedKeys | null): AttentionHead {
    const { random } = this;
    const stays = loaded !== null && !random.oneIn(3);
    return this.of(1 + random.below(limits.rows), stays ? loaded : this.load(1 + random.below(limits.keys)), !stays);
  }

  /** So many random keys and values. */
  load(count: number): LoadedKeys {
    return { keys: this.keys(count), values: this.values(count) };
  }

  /** A head of so many rows on these keys. */
  of(rows: number, { keys, values }: LoadedKeys, loads: boolean): AttentionHead {
    const { random } = this;
    const dim = this.config.headDim;
    const queries = this.vectors(rows);
    const [nQ, nK] = [queries.length / dim, keys.length / dim];
    const rounds = this.firstRow(queries, keys);
    return {
      label: `random: head ${this.count++}`, queries, keys, values, dim, loads, firstQuery: 0, dense: random.oneIn(4),
      parameters: { ...this.limits(nQ, nK), ...this.filter(rounds) }, execution: this.execution(queries, keys),
    };
  }

  /** Wide ones and narrow ones, whose scores are equal or next to each other now and then; sparse ones; some of an extreme throughout. */
  private vectors(count: number): Int16Array {
    const { random, config: { headDim, operandBits } } = this;
    const bits = 1 + random.below(operandBits);
    const sparse = random.oneIn(3);
    const constant = random.oneIn(6);
    const extremes = [-(2 ** (operandBits - 1)), 2 ** (operandBits - 1) - 1];
    const feature = (): number => {
      if (sparse && !random.oneIn(4)) return 0;
      return random.oneIn(24) ? random.of(extremes) : random.below(2 ** bits) - 2 ** (bits - 1);
    };
    if (!constant) return Int16Array.from({ length: count * headDim }, feature);
    const vectors = Array.from({ length: count }, () => random.of([...extremes, null]));
    return Int16Array.from({ length: count * headDim }, (_, at) => vectors[Math.floor(at / headDim)] ?? feature());
  }

  /** Random vectors, or neighbours of one of them. */
  private keys(count: number): Int16Array {
    const { random, config: { headDim } } = this;
    if (!random.oneIn(3)) return this.vectors(count);
    const one = this.vectors(1);
    return Int16Array.from({ length: count * headDim }, (_, at) => (random.oneIn(4) ? Math.trunc(one[at % headDim]! / (1 + random.below(4))) : one[at % headDim]!));
  }

  /** Always random: what all keys have in common would hide what they weigh. Extremes among them, or nothing else. */
  private values(count: number): Int16Array {
    const { random, config: { headDim, operandBits } } = this;
    const [min, max] = [-(2 ** (operandBits - 1)), 2 ** (operandBits - 1) - 1];
    const share = random.of([2, 16, 16]);
    return Int16Array.from({ length: count * headDim }, () => (random.oneIn(share) ? random.of([min, max]) : min + random.below(max - min + 1)));
  }

  private limits(nQ: number, nK: number): Pick<HeadParameters, "nValid" | "causal" | "offset"> {
    const { random } = this;
    const nValid = random.oneIn(3) ? random.below(nK + 1) : nK;
    const near = random.below(nK + nQ + 1) - nQ;
    return { nValid, causal: random.oneIn(2), offset: random.oneIn(12) ? random.of([-65536, 65535]) : near };
  }

  /** The scores of the first query in every round, nothing filtered. */
  private firstRow(queries: Int16Array, keys: Int16Array): Row {
    const { headDim, slices } = this.config;
    const all = { mode: "radius", rounds: slices.map((_, r) => ({ rho: largestRho(headDim, r, this.config), guard: 0 })) } as const;
    const [row] = speculate(queries.subarray(0, headDim), keys, headDim, this.config, { nValid: keys.length / headDim, causal: false, offset: 0, ...all });
    return row!;
  }

  /** Registers of their own for every round; now and then all but one of them leave most keys to it. */
  private filter({ base, rounds }: Row): FilterParameters {
    const { random, config: { slices, logSide, headDim } } = this;
    const only = random.oneIn(2) ? random.below(slices.length) : null;
    const isWide = (r: number): boolean => only !== null && r !== only;
    if (random.oneIn(3)) return { mode: "blend", rounds: slices.map((_, r) => ({ a: isWide(r) ? -15 : random.oneIn(6) ? 0 : random.below(31) - 15 })) };
    return {
      mode: "radius",
      rounds: slices.map((_, r) => {
        const { scores, statistics } = rounds[r]!;
        const most = largestRho(headDim, r, this.config);
        if (isWide(r)) return { rho: most, guard: 0 };
        const distance = (statistics!.max - random.of(scores)) * 2 ** base + random.of([-1, 0, 0, 0, 2 ** base - 1]);
        const rho = random.oneIn(8) ? random.of([0, most, Math.floor(most / (1 + random.below(16))), 2 ** random.below(most.toString(2).length)]) : Math.max(0, Math.min(most, distance));
        const hasGuard = logSide === "query" && (r < slices.length - 1 || random.oneIn(2));
        return { rho, guard: !hasGuard || random.oneIn(3) ? 0 : random.below(64) };
      }),
    };
  }

  /** A scale at which distances of the first query's scores lie in the table, or somewhat beyond. */
  private execution(queries: Int16Array, keys: Int16Array): AttentionHead["execution"] {
    const { random } = this;
    if (random.oneIn(10)) return { c: random.below(65536), s: random.below(32) };
    return this.scaled(queries, keys, 1 + random.below(random.of([64, 640, farT])));
  }

  /** Registers that make t of the first query's largest distance about so large. */
  scaled(queries: Int16Array, keys: Int16Array, t: number): AttentionHead["execution"] {
    const { random, config: { headDim } } = this;
    const row = Int32Array.from(queries.subarray(0, headDim));
    let [max, min] = [-Infinity, Infinity];
    for (let at = 0; at < keys.length; at += headDim) {
      const score = dotCoefficients(keys, row, at);
      [max, min] = [Math.max(max, score), Math.min(min, score)];
    }
    const spread = Math.max(1, max - min);
    // Halved where c would not hold it.
    let s = random.below(32);
    while (s > 0 && Math.floor((t * 2 ** s) / spread) > 65535) s--;
    return { c: Math.min(65535, Math.floor((t * 2 ** s) / spread)), s };
  }
}

/** Heads as they follow each other: each loads its keys unless those are in the unit already. */
export function inOrder<H extends { readonly keys: Int16Array; readonly loads: boolean }>(heads: readonly H[]): H[] {
  return heads.map((head, h) => ({ ...head, loads: head.keys !== heads[h - 1]?.keys }));
}
