import fc from "fast-check";
import { Bool, literal, log2Ceil, Module, mux, select, SInt, UInt } from "lapa";
import { probabilityBits, scaleBits, shiftBits } from "../../generator/lapa/probability";
import { denominatorBits, SoftmaxLane, type SoftmaxLaneParameters, softmaxInterval, softmaxLatency, wordIndexBits } from "../../generator/lapa/softmax-lane";
import { Simulator } from "../../sim/engines/builtin";
import type { VectorSet } from "../../sim/vectors/vectors";
import { channel } from "../engines/duts";
import { outcomes } from "../engines/outcomes";
import { build } from "./build";
import { softmaxOf, type Word } from "./softmax-reference";

/** A lane whose outputs are 0 when they mean nothing. */
class ShownLane extends Module<SoftmaxLaneParameters> {
  readonly clear = this.input(Bool());
  readonly scale = this.input(UInt(scaleBits));
  readonly shift = this.input(UInt(shiftBits));
  readonly valid = this.input(Bool());
  readonly last = this.input(Bool());
  readonly live = this.input(Bool());
  readonly score = this.input(SInt(this.params.scoreBits));
  readonly scoreBank = this.input(Bool());
  readonly start = this.input(Bool());
  readonly startBank = this.input(Bool());
  readonly words = this.input(UInt(log2Ceil(this.params.maxKeys + 1)));
  readonly read = this.input(Bool());
  readonly readBank = this.input(Bool());
  readonly readIndex = this.input(UInt(wordIndexBits(this.params)));
  /** Whether to show the sum of the read bank. */
  readonly sums = this.input(Bool());
  readonly done = this.output(Bool());
  readonly doneBank = this.output(Bool());
  readonly sum = this.output(UInt(denominatorBits(this.params)));
  readonly probability = this.output(UInt(probabilityBits));

  build(): void {
    const lane = this.instance(SoftmaxLane, this.params);
    lane.clear.set(this.clear);
    lane.scale.set(this.scale);
    lane.shift.set(this.shift);
    lane.valid.set(this.valid);
    lane.last.set(this.last);
    lane.live.set(this.live);
    lane.score.set(this.score);
    lane.scoreBank.set(this.scoreBank);
    lane.start.set(this.start);
    lane.startBank.set(this.startBank);
    lane.words.set(this.words);
    lane.read.set(this.read);
    lane.readBank.set(this.readBank);
    lane.readIndex.set(this.readIndex);
    const wasRead = this.reg(Bool(), { reset: 0n });
    wasRead.set(this.read);
    this.done.set(lane.done);
    this.doneBank.set(lane.done.and(lane.doneBank));
    const sum = select(lane.denominators, this.readBank.asUInt());
    this.sum.set(mux(this.sums, sum, literal(sum.type, 0n)));
    this.probability.set(mux(wasRead, lane.probability, literal(lane.probability.type, 0n)));
  }
}

const lane = (scoreBits: number, maxKeys: number, blackBox = false): SoftmaxLaneParameters => ({ scoreBits, maxKeys, blackBox });

const inputs = ["clear", "valid", "last", "live", "score", "score_bank", "start", "start_bank", "words", "read", "read_bank", "read_index", "sums"] as const;
const outputs = ["done", "done_bank", "sum", "probability"] as const;
type Cycle<N extends string> = Partial<Record<N, bigint>>;

/** A row: its words, after how many idle cycles each thing happens at the earliest, and which words are read, in which order. */
interface Tile {
  readonly row: readonly Word[];
  readonly gaps: readonly number[];
  readonly reads: readonly number[];
}

/** What goes in and what comes out, cycle by cycle: every tile as early as the unit allows, but for its gaps. */
class Schedule {
  readonly given: Cycle<(typeof inputs)[number]>[] = [];
  readonly expected: Cycle<(typeof outputs)[number]>[] = [];

  constructor(tiles: readonly Tile[], c: bigint, s: bigint) {
    const starts: number[] = [];
    const readEnds: number[] = [];
    let scoreEnd = 0;
    let readEnd = 0;
    for (const [t, { row, gaps, reads }] of tiles.entries()) {
      const gap = (i: number): number => gaps[i % gaps.length] ?? 0;
      const bank = BigInt(t & 1);
      const words = row.length;
      let at = scoreEnd;
      if (t >= 2) at = Math.max(at, starts[t - 2]! + softmaxInterval(tiles[t - 2]!.row.length));
      for (const [k, { live, score }] of row.entries()) {
        at += gap(k);
        this.put(this.given, at, { valid: 1n, live: live ? 1n : 0n, score, score_bank: bank, last: k === words - 1 ? 1n : 0n });
        at++;
      }
      scoreEnd = at;
      let start = scoreEnd + gap(words);
      if (t >= 1) start = Math.max(start, starts[t - 1]! + softmaxInterval(tiles[t - 1]!.row.length));
      if (t >= 2) start = Math.max(start, readEnds[t - 2]! - softmaxLatency(1));
      starts.push(start);
      this.put(this.given, start, { start: 1n, start_bank: bank, words: BigInt(words) });

      const { probabilities, sum } = softmaxOf(row, c, s);
      const done = start + softmaxLatency(words);
      this.put(this.expected, done, { done: 1n, done_bank: bank });
      readEnd = Math.max(readEnd, done) + gap(words + 1);
      for (const [i, k] of [...row.keys(), ...reads.map((r) => r % words)].slice(0, words === 0 ? 0 : undefined).entries()) {
        readEnd += gap(words + 2 + i);
        this.put(this.given, readEnd, { read: 1n, read_bank: bank, read_index: BigInt(k), sums: 1n });
        this.put(this.expected, readEnd, { sum });
        this.put(this.expected, readEnd + 1, { probability: probabilities[k]! });
        readEnd++;
      }
      if (words === 0) {
        this.put(this.given, readEnd, { sums: 1n, read_bank: bank });
        this.put(this.expected, readEnd++, { sum: 0n });
      }
      readEnds.push(readEnd);
    }
    this.put(this.given, this.expected.length - 1, {});
  }

  private put<N extends string>(list: Cycle<N>[], at: number, values: Cycle<N>): void {
    while (list.length <= at) list.push({});
    Object.assign(list[at]!, values);
  }
}

/** Runs a schedule in the built-in simulator and compares what comes out in every cycle. */
function run(sim: Simulator, schedule: Pick<Schedule, "given" | "expected">, c: bigint, s: bigint): void {
  sim.poke("scale", c);
  sim.poke("shift", s);
  const seen = schedule.given.map((given) => {
    for (const port of inputs) sim.poke(port, given[port] ?? 0n);
    const out = outputs.map((port) => sim.peek(port));
    sim.step();
    return out;
  });
  expect(seen).toEqual(schedule.expected.map((e) => outputs.map((port) => e[port] ?? 0n)));
}

const scale = fc.oneof(fc.bigInt({ min: 0n, max: 65535n }), fc.constantFrom(0n, 1n, 65535n));
const shift = fc.oneof(fc.bigInt({ min: 0n, max: 31n }), fc.constantFrom(0n, 31n));

/** Rows of all kinds: anything, near the maximum, all at the extremes, nobody live, one live. */
function rows(bits: number, maxKeys: number): fc.Arbitrary<Word[]> {
  const top = 1n << BigInt(bits - 1);
  const anywhere = fc.bigInt({ min: -top, max: top - 1n });
  const near = fc.tuple(fc.integer({ min: 0, max: bits }), anywhere).map(([kept, d]) => top - 1n - ((d + top) >> BigInt(kept)));
  const extreme = fc.constantFrom(-top, top - 1n);
  const words = (score: fc.Arbitrary<bigint>, live: fc.Arbitrary<boolean>): fc.Arbitrary<Word[]> => fc.array(fc.record({ live, score }), { maxLength: maxKeys });
  return fc.oneof(
    words(anywhere, fc.boolean()), words(near, fc.boolean()), words(near, fc.constant(true)), words(extreme, fc.boolean()), words(anywhere, fc.constant(false)),
    fc.tuple(words(extreme, fc.constant(false)), fc.nat()).map(([row, at]) => row.map((w, k) => ({ ...w, live: k === at % row.length }))),
  );
}

function tiles(bits: number, maxKeys: number): fc.Arbitrary<Tile[]> {
  const gaps = fc.oneof(fc.constant([0]), fc.array(fc.constantFrom(0, 0, 0, 1, 7), { minLength: 1, maxLength: 5 }));
  return fc.array(fc.record({ row: rows(bits, maxKeys), gaps, reads: fc.array(fc.nat(), { maxLength: 4 }) }), { minLength: 1, maxLength: 6 });
}

test.each([[1, 2], [8, 1], [23, 5], [23, 8], [40, 21]])("scores of %d bits, up to %d words: rows of tiles that overlap", (scoreBits, maxKeys) => {
  const { circuit } = build(ShownLane, lane(scoreBits, maxKeys));
  fc.assert(fc.property(tiles(scoreBits, maxKeys), scale, shift, (list, c, s) => {
    const sim = new Simulator(circuit);
    sim.reset();
    run(sim, new Schedule(list, c, s), c, s);
  }), { numRuns: 120 });
}, 120_000);

/** Full rows of scores a little below the maximum. */
function fullTiles(count: number, words: number): Tile[] {
  let state = 1;
  const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 16;
  return Array.from({ length: count }, () => ({
    row: Array.from({ length: words }, () => ({ live: random() % 4 !== 0, score: BigInt(random() % 3000 - 1500) })), gaps: [0], reads: [],
  }));
}

test("a word a cycle in every phase: 12 tiles in the time of their words and one latency", () => {
  const words = 64;
  const list = fullTiles(12, words);
  const schedule = new Schedule(list, 700n, 12n);
  const sim = new Simulator(build(ShownLane, lane(16, words)).circuit);
  sim.reset();
  run(sim, schedule, 700n, 12n);
  // The last tile's scores come, become probabilities, and are read.
  expect(schedule.given.length).toBe(12 * words + softmaxLatency(words) + words + 1);
});

test("the largest sum: 1,024 words at the maximum, after as many of which none is live", () => {
  const row = (live: boolean): Word[] => Array.from({ length: 1024 }, () => ({ live, score: -(1n << 39n) }));
  const sim = new Simulator(build(ShownLane, lane(40, 1024)).circuit);
  sim.reset();
  run(sim, new Schedule([false, true, false, true].map((live) => ({ row: row(live), gaps: [0], reads: [] })), 65535n, 0n), 65535n, 0n);
});

test("clear forgets a row of which not all scores have come, and one that is being worked on", () => {
  const [first, second, third] = fullTiles(3, 9) as [Tile, Tile, Tile];
  const before = new Schedule([first, second], 300n, 8n);
  const after = new Schedule([third, first], 300n, 8n);
  for (let cut = 1; cut < before.given.length; cut++) {
    const sim = new Simulator(build(ShownLane, lane(12, 9)).circuit);
    sim.reset();
    const given = [...before.given.slice(0, cut), { clear: 1n }, ...after.given];
    const expected = [...before.expected.slice(0, cut), { ...before.expected[cut], sum: 0n }, ...after.expected];
    run(sim, { given, expected }, 300n, 8n);
  }
});

test("every engine says the same", async () => {
  const list = [...fullTiles(4, 12), { row: [], gaps: [0], reads: [] }, ...fullTiles(2, 1), { row: [{ live: false, score: 5n }], gaps: [2], reads: [0] }, ...fullTiles(2, 7)];
  const [c, s] = [900n, 9n];
  const { given, expected } = new Schedule(list, c, s);
  const design = build(ShownLane, lane(23, 12));
  const widths = new Map([...new Simulator(design.circuit).ports].map(([name, port]) => [name, port.width]));
  const fields = (names: readonly string[]): [string, number][] => names.map((name) => [name, widths.get(name)!]);
  const vectors: VectorSet = {
    schema: "lapa-vectors/1", design: "shown_lane", mode: "cycles",
    constants: [{ port: "scale", width: scaleBits, value: c }, { port: "shift", width: shiftBits, value: s }],
    channels: [
      channel("in", "input", fields(inputs), given.map((g) => inputs.map((port) => g[port] ?? 0n))),
      channel("out", "output", fields(outputs), expected.map((e) => outputs.map((port) => e[port] ?? 0n))),
    ],
  };
  const result = { verdict: "pass", compared: given.length, cycles: given.length, mismatches: [] };
  expect(await outcomes(design, vectors, { seed: 1, input: 0, output: 0 })).toEqual([result, result, result]);
}, 120_000);
