import fc from "fast-check";
import { LaneQueue, type LaneQueueParameters } from "../../generator/lapa/lane-queue";
import { SortedMerge } from "../../generator/lib/sorted-merge";
import { Simulator } from "../../sim/engines/builtin";
import { build } from "../lapa/build";

/** A word of a list as it goes over a stream. */
type Item = readonly [word: bigint, has: boolean, last: boolean];

/** Lists as items: an empty one is an item without a word. */
const items = (lists: readonly (readonly bigint[])[]): Item[] =>
  lists.flatMap((list): Item[] => (list.length === 0 ? [[0n, false, true]] : list.map((word, i): Item => [word, true, i === list.length - 1])));

/** What came out, as lists again. */
function lists(seen: readonly Item[]): bigint[][] {
  const all: bigint[][] = [];
  let open: bigint[] = [];
  for (const [word, has, last] of seen) {
    if (has) open.push(word);
    if (!last) continue;
    all.push(open);
    open = [];
  }
  return all;
}

const ascending = (a: bigint, b: bigint): number => (a < b ? -1 : 1);
const list = fc.uniqueArray(fc.bigInt({ min: 0n, max: 63n }), { maxLength: 8 });
/** Distinct words, each in one of two lists. */
const pair = list.chain((words) => fc.array(fc.boolean(), { minLength: words.length, maxLength: words.length }).map((side) =>
  [words.filter((_, i) => side[i]).sort(ascending), words.filter((_, i) => !side[i]).sort(ascending)] as const));

describe("merging sorted lists", () => {
  const { circuit } = build(SortedMerge, { orderBits: 6, aBits: 3, bBits: 3, joins: false as boolean });
  const place = (order: bigint): bigint => (order << 3n) | ((order * 5n) & 7n);

  test("every word once, in order, list by list, whoever stalls", () => {
    fc.assert(fc.property(fc.array(pair, { minLength: 1, maxLength: 6 }), fc.infiniteStream(fc.integer({ min: 0, max: 7 })), fc.boolean(), (pairs, noise, stalls) => {
      const sim = new Simulator(circuit);
      sim.reset();
      const queues = { a: items(pairs.map(([a]) => a.map(place))), b: items(pairs.map(([, b]) => b.map(place))) };
      const expected = pairs.map(([a, b]) => [...a, ...b].sort(ascending).map(place));
      const cycles = expected.reduce((n, l) => n + Math.max(1, l.length), 0);
      const seen: Item[] = [];
      let time = 0;
      for (; seen.filter(([, , last]) => last).length < pairs.length && time < 2000; time++) {
        const offers = { a: queues.a.length > 0, b: queues.b.length > 0 };
        const pause = stalls ? (noise.next().value as number) : 7;
        for (const name of ["a", "b"] as const) {
          const offered = offers[name] && (pause & (name === "a" ? 1 : 2)) > 0;
          sim.poke(`${name}_valid`, offered ? 1n : 0n);
          const [word, has, last] = queues[name][0] ?? [0n, false, false];
          sim.poke(`${name}_word`, word);
          sim.poke(`${name}_has`, has ? 1n : 0n);
          sim.poke(`${name}_last`, last ? 1n : 0n);
          offers[name] = offered;
        }
        sim.poke("out_ready", pause & 4 ? 1n : 0n);
        for (const name of ["a", "b"] as const) if (offers[name] && sim.peek(`${name}_ready`) === 1n) queues[name].shift();
        if (sim.peek("out_valid") === 1n && pause & 4) seen.push([sim.peek("out_word"), sim.peek("out_has") === 1n, sim.peek("out_last") === 1n]);
        sim.step();
      }
      expect(lists(seen)).toEqual(expected);
      // A word a cycle, an empty list one too, and one cycle from input to output.
      if (!stalls) expect(time).toBe(cycles + 1);
    }), { numRuns: 150 });
  });
});

test("joining: words of equal order become one", () => {
  const { circuit } = build(SortedMerge, { orderBits: 6, aBits: 2, bBits: 3, joins: true as boolean });
  const lists_ = fc.array(fc.tuple(list, list), { minLength: 1, maxLength: 6 });
  fc.assert(fc.property(lists_, fc.infiniteStream(fc.integer({ min: 0, max: 3 })), (pairs, noise) => {
    const sim = new Simulator(circuit);
    sim.reset();
    const [aRest, bRest] = [(order: bigint): bigint => (order % 3n) + 1n, (order: bigint): bigint => (order % 7n) + 1n];
    const sorted = pairs.map(([a, b]) => [a.toSorted(ascending), b.toSorted(ascending)] as const);
    const queues = { a: items(sorted.map(([a]) => a.map((w) => (w << 2n) | aRest(w)))), b: items(sorted.map(([, b]) => b.map((w) => (w << 3n) | bRest(w)))) };
    const expected = sorted.map(([a, b]) => [...new Set([...a, ...b])].sort(ascending)
      .map((w) => (w << 5n) | (b.includes(w) ? bRest(w) << 2n : 0n) | (a.includes(w) ? aRest(w) : 0n)));
    const seen: Item[] = [];
    for (let time = 0; seen.filter(([, , last]) => last).length < pairs.length && time < 2000; time++) {
      for (const name of ["a", "b"] as const) {
        const [word, has, last] = queues[name][0] ?? [0n, false, false];
        sim.poke(`${name}_valid`, queues[name].length > 0 ? 1n : 0n);
        sim.poke(`${name}_word`, word);
        sim.poke(`${name}_has`, has ? 1n : 0n);
        sim.poke(`${name}_last`, last ? 1n : 0n);
      }
      const ready = (noise.next().value as number) > 0;
      sim.poke("out_ready", ready ? 1n : 0n);
      for (const name of ["a", "b"] as const) if (queues[name].length > 0 && sim.peek(`${name}_ready`) === 1n) queues[name].shift();
      if (sim.peek("out_valid") === 1n && ready) seen.push([sim.peek("out_word"), sim.peek("out_has") === 1n, sim.peek("out_last") === 1n]);
      sim.step();
    }
    expect(lists(seen)).toEqual(expected);
  }), { numRuns: 100 });
});

describe("a lane's queue", () => {
  test("gives out complete lists, a word a cycle", () => {
    const params: LaneQueueParameters = { width: 6, depth: 48, lists: 6, blackBox: false };
    const { circuit } = build(LaneQueue, params);
    fc.assert(fc.property(fc.array(list, { minLength: 1, maxLength: 6 }), fc.infiniteStream(fc.boolean()), (given, noise) => {
      const sim = new Simulator(circuit);
      sim.reset();
      const seen: Item[] = [];
      let complete = 0;
      const pushes: [bigint | null, boolean][] = given.flatMap((l): [bigint | null, boolean][] =>
        (l.length === 0 ? [[null, true]] : l.map((w, i): [bigint, boolean] => [w, i === l.length - 1])));
      for (let time = 0; seen.filter(([, , last]) => last).length < given.length && time < 2000; time++) {
        const next = noise.next().value ? pushes.shift() : undefined;
        sim.poke("push", next !== undefined && next[0] !== null ? 1n : 0n);
        sim.poke("word", next?.[0] ?? 0n);
        sim.poke("ends", next?.[1] ? 1n : 0n);
        const ready = noise.next().value as boolean;
        sim.poke("out_ready", ready ? 1n : 0n);
        if (sim.peek("out_valid") === 1n) {
          expect(seen.filter(([, , last]) => last).length).toBeLessThan(complete);
          if (ready) seen.push([sim.peek("out_word"), sim.peek("out_has") === 1n, sim.peek("out_last") === 1n]);
        }
        if (next?.[1]) complete++;
        sim.step();
      }
      expect(lists(seen)).toEqual(given);
    }), { numRuns: 150 });
  });
});
