/** The test bench around a Simulator: the same protocol, cycle for cycle, as the Verilog bench of the other engines. */

import { checkVectors, checkVectorsFit } from "../../vectors/check";
import { StallGenerator } from "../../vectors/stalls";
import { topOf } from "../../vectors/top";
import type { Channel, Field, VectorSet } from "../../vectors/vectors";
import type { Mismatch, RunOptions, RunResult } from "../engine";
import type { Net } from "./flatten";
import type { Shape } from "./limbs";
import { equalBits, limbCount, loadBits, readPattern, writeValue } from "./limbs";
import type { Simulator } from "./simulator";

export type Outcome = Pick<RunResult, "verdict" | "compared" | "cycles" | "mismatches">;

const resetEdges = 4;
/** Cycles after the last expected word in which nothing more may come. */
const watchCycles = 64;
const maxMismatches = 10;
/** Milliseconds between pauses in which the process can do other work, such as hearing an interrupt. */
const breathMs = 50;
const progressMs = 100;

/** A field of a channel, where its port lies and where in a word. */
interface Lane {
  readonly field: Field;
  readonly net: Net;
  readonly bit: number;
}

/** A channel and the ports that carry it. */
interface Link {
  readonly channel: Channel;
  readonly lanes: readonly Lane[];
  /** Words accepted so far; also the word on offer or expected next. */
  index: number;
}

/** A link with its handshake. */
interface StreamLink extends Link {
  readonly isInput: boolean;
  readonly validAt: number;
  readonly readyAt: number;
  readonly stalls: StallGenerator;
  /** Which word is on offer; -1 for none. */
  offered: number;
}

/**
 * Runs `vectors` on a fresh simulator.
 * @throws UserError when they are unsound or do not fit the design; the signal's reason when aborted.
 */
export async function runBench(sim: Simulator, vectors: VectorSet, options: RunOptions): Promise<Outcome> {
  checkVectors(vectors);
  checkVectorsFit(vectors, topOf(sim.circuit));
  const bench = new Bench(sim, vectors, options);
  return vectors.mode === "streams" ? bench.streams() : bench.cycles();
}

class Bench {
  private compared = 0;
  private readonly mismatches: Mismatch[] = [];
  private readonly total: number;
  private readonly compare: boolean;
  private nextBreath = performance.now() + breathMs;
  private nextProgress = 0;

  constructor(private readonly sim: Simulator, private readonly vectors: VectorSet, private readonly options: RunOptions) {
    this.compare = options.compare ?? true;
    this.total = vectors.channels.reduce((sum, c) => sum + (c.direction === "output" ? c.count : 0), 0);
    for (const { port, value } of vectors.constants) {
      const net = this.port(port);
      writeValue(sim.words, net.at, net, value);
    }
  }

  /** One word in and one out each cycle. */
  async cycles(): Promise<Outcome> {
    const links = this.vectors.channels.map((c) => this.link(c));
    const input = links.find((l) => l.channel.direction === "input")!;
    const output = links.find((l) => l.channel.direction === "output")!;
    const { count } = input.channel;
    if (count > 0) this.drive(input);
    this.hold();
    for (let cycle = 0; cycle < count; cycle++) {
      if (this.isDue(cycle)) await this.breathe();
      input.index = output.index = cycle;
      this.drive(input);
      this.sim.settle();
      this.check(output, cycle);
      this.sim.edge();
    }
    return this.outcome(this.mismatches.length > 0 ? "mismatch" : "pass", count);
  }

  /** Ready/valid streams with stalls. */
  async streams(): Promise<Outcome> {
    const links = this.vectors.channels.map((c, k) => this.streamLink(c, k));
    const hangCycles = this.options.hangCycles ?? 10_000;
    let missing = links.reduce((sum, l) => sum + l.channel.count, 0);
    let extra = false;
    let last = -1;
    let lastExpected = -1;
    let watched = 0;
    this.hold();
    this.driveAll(links);
    for (let cycle = 0; watched < watchCycles && (missing === 0 || cycle - lastExpected <= hangCycles); cycle++) {
      if (this.isDue(cycle)) await this.breathe();
      if (missing === 0) watched++;
      this.sim.settle();
      for (const link of links) {
        if (!this.transfers(link)) continue;
        last = cycle;
        if (link.index === link.channel.count) {
          extra = true;
          continue;
        }
        if (!link.isInput) this.check(link, cycle);
        lastExpected = cycle;
        link.index++;
        missing--;
      }
      this.sim.edge();
      this.driveAll(links);
    }
    const verdict = this.mismatches.length > 0 ? "mismatch" : extra ? "extra" : missing > 0 ? "hang" : "pass";
    return this.outcome(verdict, last + 1);
  }

  private outcome(verdict: Outcome["verdict"], cycles: number): Outcome {
    this.options.progress?.(this.compared, this.total);
    return { verdict, compared: this.compared, cycles, mismatches: this.mismatches };
  }

  /** The edges of reset. The drive that follows the last of them is that of cycle 0. */
  private hold(): void {
    this.sim.setReset(true);
    for (let i = 0; i < resetEdges; i++) {
      this.sim.settle();
      this.sim.edge();
    }
    this.sim.setReset(false);
  }

  private transfers(link: StreamLink): boolean {
    return this.sim.words[link.validAt] !== 0 && this.sim.words[link.readyAt] !== 0;
  }

  /** Decides what the bench drives after an edge. */
  private driveAll(links: readonly StreamLink[]): void {
    for (const link of links) {
      const pauses = link.stalls.pauses();
      if (link.isInput) this.offer(link, pauses);
      else this.sim.words[link.readyAt] = pauses ? 0 : 1;
    }
  }

  private offer(link: StreamLink, pauses: boolean): void {
    // A word that was not accepted stays.
    if (link.offered === link.index) return;
    const offers = link.index < link.channel.count && !pauses;
    link.offered = offers ? link.index : -1;
    this.sim.words[link.validAt] = offers ? 1 : 0;
    if (offers) this.drive(link);
    else for (const { net } of link.lanes) this.sim.words.fill(0, net.at, net.at + limbCount(net.width));
  }

  /** Puts the current word on the ports. */
  private drive({ channel, lanes, index }: Link): void {
    for (const { net, bit } of lanes) loadBits(this.sim.words, net.at, net, { words: channel.data, at: index * channel.limbs, bit });
  }

  /** Compares the ports with the current word. */
  private check({ channel, lanes, index }: Link, cycle: number): void {
    if (!this.compare) return;
    this.compared++;
    for (const { field, net, bit } of lanes) {
      if (equalBits(this.sim.words, net.at, net, { words: channel.data, at: index * channel.limbs, bit })) continue;
      if (this.mismatches.length === maxMismatches) return;
      const expected = new Int32Array(limbCount(net.width));
      loadBits(expected, 0, net, { words: channel.data, at: index * channel.limbs, bit });
      this.mismatches.push({
        channel: channel.name, index, cycle, field: field.name,
        expected: digits(expected, 0, net),
        got: digits(this.sim.words, net.at, net),
      });
    }
  }

  private link(channel: Channel): Link {
    let bit = 0;
    const lanes = channel.fields.map((field): Lane => {
      const lane = { field, net: this.port(field.port), bit };
      bit += field.width;
      return lane;
    });
    return { channel, lanes, index: 0 };
  }

  private streamLink(channel: Channel, k: number): StreamLink {
    const { seed, input, output } = this.options.stalls;
    const isInput = channel.direction === "input";
    return {
      ...this.link(channel),
      isInput,
      validAt: this.port(`${channel.name}_valid`).at,
      readyAt: this.port(`${channel.name}_ready`).at,
      stalls: new StallGenerator(seed, k, isInput ? input : output),
      offered: -1,
    };
  }

  /** That it exists, runBench has made sure of. */
  private port(name: string): Net {
    return this.sim.ports.get(name)!;
  }

  private isDue(cycle: number): boolean {
    return (cycle & 15) === 0 && performance.now() >= this.nextBreath;
  }

  /** Lets the rest of the process live, and tells it how far the run is. */
  private async breathe(): Promise<void> {
    await new Promise<void>((resume) => setImmediate(resume));
    this.options.signal?.throwIfAborted();
    const now = performance.now();
    this.nextBreath = now + breathMs;
    if (now < this.nextProgress) return;
    this.nextProgress = now + progressMs;
    this.options.progress?.(this.compared, this.total);
  }
}

/** All hexadecimal digits of a value's width. */
function digits(words: Int32Array, at: number, shape: Shape): string {
  return readPattern(words, at, shape).toString(16).padStart(Math.ceil(shape.width / 4), "0");
}
