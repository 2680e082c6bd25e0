/** What the shapes of heads exercise: counts, padding, causal limits, tiles, and what follows what. */

import type { AttentionHead } from "../vectors/attention-vectors";
import type { Head } from "../vectors/speculation-vectors";
import { BitPoints } from "./bit-points";
import type { Coverage } from "./coverage";
import type { HeadConfig } from "./head-coverage";

/**
 * Rows of the longest head that is simulated: most of the lower bits, and one that takes as long as it may. A wide unit is
 * simulated slowly. Points are declared for the bits of this number; those above are for tests of HeadControl by itself.
 */
export function longestHead({ headDim, keysPerCycle }: HeadConfig): number {
  const lanes = typeof keysPerCycle === "number" ? keysPerCycle : keysPerCycle[0]!;
  return headDim * lanes <= 1024 ? 5119 : 255;
}

/** Steps of round 1 that no score buffer has room for: it holds those of the longest row, and what comes until its threshold is there. */
export function manySteps({ maxKeys, keysPerCycle }: HeadConfig): number {
  const lanes = typeof keysPerCycle === "number" ? keysPerCycle : keysPerCycle[0]!;
  return 2 * (Math.ceil(maxKeys / lanes) + 64);
}

/** Of the register: rows from below all keys to beyond them. */
const offsetLimits = { smallest: -65536, largest: 65535 };

export class ShapePoints {
  private readonly keys: BitPoints;
  private readonly valid: BitPoints;
  private readonly rows: BitPoints;
  private readonly lanes: number;
  private readonly peRows: number;
  private before: Head | null = null;
  /** Steps of the first round that the head at hand has had. */
  private steps = 0;

  constructor(private readonly coverage: Coverage, private readonly config: HeadConfig) {
    const { maxKeys, keysPerCycle } = config;
    this.lanes = Math.min(maxKeys, typeof keysPerCycle === "number" ? keysPerCycle : keysPerCycle[0]!);
    this.peRows = config.unit === "speculation" ? 0 : config.peRows;
    const countBits = maxKeys.toString(2).length;
    this.keys = new BitPoints(coverage, "keys of a head", countBits);
    this.valid = new BitPoints(coverage, "valid keys", countBits);
    this.rows = new BitPoints(coverage, "rows of a head", longestHead(config).toString(2).length, longestHead(config));
    coverage.declare("head", [
      "all keys that there is room for", "keys of the head before", "no row", "no valid key", "padding", "causal", "offset 0", "offset above 0", "offset below 0",
      "offset the smallest", "offset the largest", "causal, padding, offset below 0", "radius after blend", "blend after radius",
      "more steps than a score buffer holds",
    ]);
    // A row that the causal limit ends, and one that the padding ends.
    if (maxKeys > 2) coverage.declare("head", ["causal, padding"]);
    // Keys of a partial group, and a row that ends in each of its lanes.
    if (this.lanes > 1) coverage.declare("last lane of a row", Array.from({ length: this.lanes }, (_, k) => k));
    coverage.declare("alive keys", ["none", "one", "all"]);
    if (maxKeys > 1) coverage.declare("alive keys", ["some"]);
    if (this.peRows > 0) coverage.declare("tiles", ["dense", "dense, causal", "dense, padding", "filtered after dense", "more than two", ...(this.peRows > 1 ? ["one row in the last"] : []), ...(this.peRows > 2 ? ["some rows in the last"] : [])]);
  }

  head(head: Head | AttentionHead): void {
    const { queries, keys, dim, loads, parameters: { nValid, causal, offset, mode } } = head;
    const [nQ, nK] = [queries.length / dim, keys.length / dim];
    this.steps = 0;
    if (loads) this.keys.hit(nK);
    this.valid.hit(nValid);
    this.rows.hit(nQ);
    const last = this.before?.parameters.mode ?? mode;
    const isPadded = nValid < nK;
    this.mark("head", [
      [loads && nK === this.config.maxKeys, "all keys that there is room for"], [!loads, "keys of the head before"], [nQ === 0, "no row"], [nValid === 0, "no valid key"],
      [isPadded, "padding"], [causal, "causal"], [causal && offset === 0, "offset 0"], [causal && offset > 0, "offset above 0"], [causal && offset < 0, "offset below 0"],
      [causal && offset === offsetLimits.smallest, "offset the smallest"], [causal && offset === offsetLimits.largest, "offset the largest"],
      [causal && isPadded && nValid > 0 && offset + nQ > nValid && offset + 1 < nValid, "causal, padding"],
      [causal && isPadded && offset < 0 && offset + nQ > nValid, "causal, padding, offset below 0"],
      [mode === "radius" && last === "blend", "radius after blend"], [mode === "blend" && last === "radius", "blend after radius"],
    ]);
    if (this.peRows > 0 && "dense" in head) this.tiles(head, nQ, isPadded);
    this.before = head;
  }

  /** @param alive keys of a row of the head that was shown last. @param keys that the head has. */
  row(alive: number, keys: number): void {
    this.coverage.hitIfDeclared("alive keys", alive === 0 ? "none" : alive === keys ? "all" : "some");
    if (alive === 1) this.coverage.hitIfDeclared("alive keys", "one");
    if (alive > 0) this.coverage.hitIfDeclared("last lane of a row", (alive - 1) % this.lanes);
    this.steps += Math.ceil(alive / this.lanes);
    if (this.steps >= manySteps(this.config)) this.coverage.hitIfDeclared("head", "more steps than a score buffer holds");
  }

  private tiles({ dense, parameters: { causal } }: AttentionHead, nQ: number, isPadded: boolean): void {
    const wasDense = this.before !== null && "dense" in this.before && this.before.dense === true;
    this.mark("tiles", [
      [dense, "dense"], [dense && causal, "dense, causal"], [dense && isPadded, "dense, padding"], [!dense && wasDense, "filtered after dense"],
      [nQ > 2 * this.peRows, "more than two"], [nQ > this.peRows && nQ % this.peRows > 1, "some rows in the last"], [nQ > this.peRows && nQ % this.peRows === 1, "one row in the last"],
    ]);
  }

  private mark(kind: string, points: readonly (readonly [boolean, string])[]): void {
    for (const [is, point] of points) if (is) this.coverage.hitIfDeclared(kind, point);
  }
}
