/** Tiles for the systolic array, cycle for cycle: what goes in, and by plain products of matrices what has to come out. */

import fc from "fast-check";
import type { PeArrayParameters } from "../../generator/lapa/pe-array";
import type { VectorSet } from "../../sim/vectors/vectors";
import { channel } from "../engines/duts";

/** A column of the left matrix, null where the row has no operand, and a row of the right one. */
export interface Step {
  readonly a: readonly (number | null)[];
  readonly b: readonly number[];
}

export interface Tile {
  /** Null for a cycle without one; the first and the last are steps. */
  readonly steps: readonly (Step | null)[];
  /** By row and column: which sums nobody wants. */
  readonly mask: readonly (readonly boolean[])[] | null;
  /** Cycles that are left free before it, besides those that it has to wait. */
  readonly pause: number;
}

/** A cycle's values of the ports, in the order of their names. */
type Word = readonly bigint[];

export interface Schedule {
  readonly inputs: readonly Word[];
  readonly outputs: readonly Word[];
  /** Of each tile: the cycle in which its first step enters. */
  readonly starts: readonly number[];
}

export function inputPorts({ rows, columns, aBits, bBits }: PeArrayParameters): [string, number][] {
  return [["a", rows * aBits], ["b", columns * bBits], ["live", rows], ["first", 1], ["last", 1], ["mask", rows]];
}

export function outputPorts({ rows, accumulatorBits }: PeArrayParameters): [string, number][] {
  return Array.from({ length: rows }, (_, r): [string, number][] => [[`results_${r}_kept`, 1], [`results_${r}_sum`, accumulatorBits]]).flat();
}

const packed = (items: readonly number[], width: number): bigint =>
  items.reduceRight((all, item) => (all << BigInt(width)) | BigInt.asUintN(width, BigInt(item)), 0n);

/** As early as may be: one tile right behind the other, unless the mask or the results of one would meet those of the other. */
function startsOf(tiles: readonly Tile[], columns: number): number[] {
  const starts: number[] = [];
  tiles.forEach(({ steps, mask, pause }, i) => {
    const before = tiles[i - 1];
    const start = before === undefined ? 0 : starts[i - 1]! + before.steps.length;
    const hasMask = mask !== null || (before !== undefined && before.mask !== null);
    const afterMask = !hasMask ? 0 : before === undefined ? columns - 1 : starts[i - 1]! + columns;
    const afterResults = before === undefined ? 0 : start - 1 + columns - (steps.length - 1);
    starts.push(Math.max(start + pause, afterMask, afterResults));
  });
  return starts;
}

/** The sum of row r and column c, as wide as the accumulator. */
function sumOf({ steps }: Tile, r: number, c: number, accumulatorBits: number): bigint {
  return BigInt.asUintN(accumulatorBits, steps.reduce((sum, step) => sum + BigInt((step?.a[r] ?? 0) * (step?.b[c] ?? 0)), 0n));
}

/** @param noise what operands are where there are none. */
export function scheduled(tiles: readonly Tile[], params: PeArrayParameters, noise: () => number): Schedule {
  const { rows, columns, aBits, bBits, accumulatorBits } = params;
  const starts = startsOf(tiles, columns);
  const ends = tiles.map(({ steps }, i) => starts[i]! + steps.length - 1);
  const cycles = ends.at(-1)! + rows + columns + 6;
  const steps = new Map<number, Step | null>(tiles.flatMap((tile, i) => tile.steps.map((step, k) => [starts[i]! + k, step] as const)));
  const masks = Array.from({ length: cycles }, () => Array<number>(rows).fill(0));
  const outputs = Array.from({ length: cycles }, () => Array<bigint>(2 * rows).fill(0n));
  tiles.forEach((tile, i) => {
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) {
      const masked = tile.mask?.[r]![c] ?? false;
      if (masked) masks[starts[i]! - c]![r] = 1;
      outputs[ends[i]! + r + c + 3]!.splice(2 * r, 2, masked ? 0n : 1n, masked ? 0n : sumOf(tile, r, c, accumulatorBits));
    }
  });
  const inputs = masks.map((mask, t): Word => {
    const step = steps.get(t);
    const a = Array.from({ length: rows }, (_, r) => step?.a[r] ?? (starts.includes(t) ? 0 : noise()));
    const b = step?.b ?? Array.from({ length: columns }, noise);
    const live = a.map((_, r) => (step?.a[r] === undefined || step.a[r] === null ? 0 : 1));
    return [packed(a, aBits), packed(b, bBits), packed(live, 1), starts.includes(t) ? 1n : 0n, ends.includes(t) ? 1n : 0n, packed(mask, 1)];
  });
  return { inputs, outputs, starts };
}

export function arrayVectors({ inputs, outputs }: Schedule, params: PeArrayParameters): VectorSet {
  const words = (all: readonly Word[]): bigint[][] => all.map((word) => [...word]);
  return {
    schema: "lapa-vectors/1", design: "emptied_array", mode: "cycles", constants: [],
    channels: [channel("in", "input", inputPorts(params), words(inputs)), channel("out", "output", outputPorts(params), words(outputs))],
  };
}

/** A signed number, one of the extremes often. */
const operand = (bits: number): fc.Arbitrary<number> => {
  const top = 2 ** (bits - 1);
  return fc.oneof({ weight: 4, arbitrary: fc.integer({ min: -top, max: top - 1 }) }, { weight: 1, arbitrary: fc.constantFrom(-top, top - 1, 0) });
};

const listOf = <T>(length: number, item: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(item, { minLength: length, maxLength: length });

/** @param k how many steps, without the cycles between that have none. */
export function tile({ rows, columns, aBits, bBits }: PeArrayParameters, k: fc.Arbitrary<number>): fc.Arbitrary<Tile> {
  const step = fc.record({ a: listOf(rows, fc.option(operand(aBits), { freq: 5 })), b: listOf(columns, operand(bBits)) });
  const steps = k.chain((n) => fc.tuple(listOf(n, step), listOf(n - 1, fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 3 })))))
    .map(([all, bubbles]) => all.flatMap((s, i): (Step | null)[] => [s, ...Array<null>(bubbles[i] ?? 0).fill(null)]));
  return fc.record({
    steps,
    mask: fc.option(listOf(rows, listOf(columns, fc.boolean())), { freq: 3 }),
    pause: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 9 })),
  });
}
