/** The test bench around a Simulator: the same protocol, cycle for cycle, as the Verilog bench of the other engines. */

import type { Channel, Field, VectorSet } from "../../vectors/vectors";
import { UserError } from "../../../generator/errors";
import type { Mismatch, RunOptions, RunResult } from "../engine";
import { advanceStall, stallSeed } from "../stalls";
import type { Net } from "./flatten";
import { equalBits, limbCount, loadBits, readPattern, writeValue } from "./limbs";
import { nearest } from "./nearest";
import type { Simulator } from "./simulator";

export type Outcome = Pick<RunResult, "verdict" | "compared" | "cycles" | "mismatches">;

const resetEdges = 4;
/** Cycles after the last expected word during which nothing more may come. */
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
  stall: number;
  /** Which word is on offer; -1 for none. */
  offered: number;
}

/** Runs `vectors`. @throws UserError when they do not belong to the design; the signal's reason when aborted. */
export async function runBench(sim: Simulator, vectors: VectorSet, options: RunOptions): Promise<Outcome> {
  if (vectors.design !== sim.circuit.top) {
    throw new UserError(`the vectors are for "${vectors.design}", the design's top is "${sim.circuit.top}"`, "Make vectors for this design.");
  }
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
    for (const { port, width, value } of vectors.constants) {
      const net = this.port(port, "input", width);
      writeValue(sim.words, net.at, net, value);
    }
  }

  /** One word in and one out each cycle. */
  async cycles(): Promise<Outcome> {
    const links = this.vectors.channels.map((c) => this.link(c));
    const count = links[0]?.channel.count ?? 0;
    if (links.some((l) => l.channel.count !== count)) {
      throw new UserError("the channels of a vector set in cycles mode differ in length", "Give every channel as many words.");
    }
    const inputs = links.filter((l) => l.channel.direction === "input");
    const outputs = links.filter((l) => l.channel.direction === "output");
    if (count > 0) for (const link of inputs) this.drive(link);
    this.hold();
    for (let cycle = 0; cycle < count; cycle++) {
      if (this.isDue(cycle)) await this.breathe();
      for (const link of links) link.index = cycle;
      for (const link of inputs) this.drive(link);
      this.sim.settle();
      for (const link of outputs) this.check(link, cycle);
      this.sim.edge();
    }
    return this.outcome(this.mismatches.length > 0 ? "mismatch" : "pass", count);
  }

  /** Ready/valid streams with stalls. */
  async streams(): Promise<Outcome> {
    const links = this.vectors.channels.map((c, k) => this.streamLink(c, k));
    const hangCycles = this.options.hangCycles ?? 10_000;
    let open = links.filter((l) => l.channel.count > 0).length;
    let extra = false;
    let lastTransfer = -1;
    let lastProgress = -1;
    let end = open === 0 ? -1 : Infinity;
    this.hold();
    this.driveAll(links);
    for (let cycle = 0; cycle <= end + watchCycles && (open === 0 || cycle - lastProgress <= hangCycles); cycle++) {
      if (this.isDue(cycle)) await this.breathe();
      this.sim.settle();
      for (const link of links) {
        if (!this.transfers(link)) continue;
        lastTransfer = cycle;
        if (link.index >= link.channel.count) {
          extra = true;
          continue;
        }
        lastProgress = cycle;
        if (!link.isInput) this.check(link, cycle);
        if (++link.index === link.channel.count && --open === 0) end = cycle;
      }
      this.sim.edge();
      this.driveAll(links);
    }
    const verdict = this.mismatches.length > 0 ? "mismatch" : extra ? "extra" : open > 0 ? "hang" : "pass";
    return this.outcome(verdict, lastTransfer + 1);
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
    const { stalls } = this.options;
    for (const link of links) {
      link.stall = advanceStall(link.stall);
      const chance = link.stall & 0xff;
      if (link.isInput) this.offer(link, chance < stalls.input);
      else this.sim.words[link.readyAt] = chance < stalls.output ? 0 : 1;
    }
  }

  private offer(link: StreamLink, stalled: boolean): void {
    // A word that was not accepted stays.
    if (link.offered === link.index) return;
    const offers = link.index < link.channel.count && !stalled;
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
        expected: readPattern(expected, 0, net).toString(16),
        got: readPattern(this.sim.words, net.at, net).toString(16),
      });
    }
  }

  private link(channel: Channel): Link {
    let bit = 0;
    const lanes = channel.fields.map((field): Lane => {
      const lane = { field, net: this.port(field.port, channel.direction, field.width), bit };
      bit += field.width;
      return lane;
    });
    if (bit !== channel.width || channel.limbs !== limbCount(bit) || channel.data.length !== channel.count * channel.limbs) {
      throw new UserError(`channel "${channel.name}" of the vectors is inconsistent: its sizes do not add up`, "Write the vectors again.");
    }
    return { channel, lanes, index: 0 };
  }

  private streamLink(channel: Channel, k: number): StreamLink {
    const isInput = channel.direction === "input";
    return {
      ...this.link(channel),
      isInput,
      validAt: this.port(`${channel.name}_valid`, channel.direction, 1).at,
      readyAt: this.port(`${channel.name}_ready`, isInput ? "output" : "input", 1).at,
      stall: stallSeed(this.options.stalls.seed, k),
      offered: -1,
    };
  }

  private port(name: string, direction: "input" | "output", width: number): Net {
    const port = this.sim.ports.get(name);
    if (port?.direction === direction && port.width === width) return port;
    throw new UserError(
      `the vectors need ${direction} port "${name}" of ${width} bits, which ${this.sim.circuit.top} does not have${port ? "" : nearest(name, this.sim.ports.keys())}`,
      "Make the vectors from the same configuration as the design.",
    );
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
