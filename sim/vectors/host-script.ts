/** What a host does to the accelerator, in order: accesses to its registers, packets, and what it has to get back. */

import { type AttentionHead, outputOrigin } from "./attention-vectors";
import type { SpeculationFormat } from "../../generator/lapa/config";
import type { DescribedVectors, WordOrigin } from "./described";
import { field } from "./speculation-vectors";
import type { VectorSet } from "./vectors";
import { ChannelBuilder, packLanes } from "./words";

/** The bench of the unit `top`: streams `writes`, `data`, `reads`, `keys`, `values`, `queries`, `grants` -> `acks`, `replies`, `outputs`. */
export interface TopSpec {
  /** Name of the bench. */
  readonly design: string;
  /** d of the unit; heads may have fewer features. */
  readonly headDim: number;
  readonly beatBytes: number;
  readonly format: Pick<SpeculationFormat, "logSide">;
}

/** What is asked of the bus; the place of all but a write is what the port takes. */
export const readOps = ["read", "poll", "wait", "level"] as const;

/** An access to a register, and the answer that it has to get. All numbers are without sign. */
export interface Exchange {
  readonly label: string;
  readonly op: "write" | (typeof readOps)[number];
  readonly address: number;
  /** What a write writes, what a poll waits for; otherwise 0. */
  readonly data: number;
  /** The bits that a read or a poll looks at; of a write its strobes. */
  readonly mask: number;
  readonly reply: { readonly response: number; readonly data: number };
  /** It may be under way together with the one before, which is neither a poll nor a wait. */
  readonly overlaps?: boolean;
  /** The data of a write may come long before its address. */
  readonly early?: boolean;
}

export const tensors = ["keys", "values", "queries"] as const;
export type Tensor = (typeof tensors)[number];

/** A beat of a packet as it is on the bus; of bytes that are not kept the data may be anything. */
export interface Beat {
  readonly data: Uint8Array;
  readonly keep: Uint8Array;
  readonly last: boolean;
}

/** Where a beat of `outputs` comes from. */
export interface Place {
  readonly head: AttentionHead;
  readonly byte: number;
}

export interface SentPacket {
  /** Whether the packet waits until all that was said before has been answered, and goes before all that is said later. */
  readonly isOrdered?: boolean;
  /** Cycles that the accelerator waits for the first beat. */
  readonly pause?: number;
}

const addressBits = 12;
const byteBits = 8;
const turnBits = 16;

/**
 * Words of all channels, each with its turn. Accesses follow each other in the order in which they are said; packets are only in
 * order with the others of their stream, unless it is asked for.
 */
export class HostScript {
  private readonly writes: ChannelBuilder;
  private readonly data: ChannelBuilder;
  private readonly reads: ChannelBuilder;
  private readonly tensors: Readonly<Record<Tensor, ChannelBuilder>>;
  private readonly grants: ChannelBuilder;
  private readonly acks: ChannelBuilder;
  private readonly replies: ChannelBuilder;
  private readonly outputs: ChannelBuilder;
  /** All accesses in the order in which they were said, and those that each channel answers. */
  private readonly said: Exchange[] = [];
  private readonly acknowledged: Exchange[] = [];
  private readonly replied: Exchange[] = [];
  private readonly places: Place[] = [];
  /** Turns so far; and before which one no packet may begin. */
  private turn = 0;
  private floor = 0;

  constructor(readonly spec: TopSpec) {
    const beat = (name: string) => [field(name, "data", spec.beatBytes * byteBits), field(name, "keep", spec.beatBytes), field(name, "last", 1)];
    const after = (name: string) => field(name, "after", turnBits);
    const sent = (name: Tensor) => new ChannelBuilder(name, "input", [...beat(name), after(name), field(name, "pause", 8), field(name, "marks", 1)]);
    this.writes = new ChannelBuilder("writes", "input", [field("writes", "address", addressBits), after("writes")]);
    this.data = new ChannelBuilder("data", "input", [field("data", "data", 32), field("data", "strobes", 4), after("data")]);
    this.reads = new ChannelBuilder("reads", "input", [
      field("reads", "op", 2), field("reads", "address", addressBits), field("reads", "data", 32), field("reads", "mask", 32), after("reads"),
    ]);
    this.tensors = { keys: sent("keys"), values: sent("values"), queries: sent("queries") };
    this.grants = new ChannelBuilder("grants", "input", [
      field("grants", "beats", 24), field("grants", "pause", 8), after("grants"), field("grants", "mark", turnBits),
    ]);
    this.acks = new ChannelBuilder("acks", "output", [field("acks", "response", 2)]);
    this.replies = new ChannelBuilder("replies", "output", [field("replies", "response", 2), field("replies", "data", 32)]);
    this.outputs = new ChannelBuilder("outputs", "output", beat("outputs"));
  }

  say(...exchanges: readonly Exchange[]): void {
    for (const exchange of exchanges) this.access(exchange);
  }

  get exchanges(): readonly Exchange[] {
    return this.said;
  }

  private access(exchange: Exchange): void {
    this.said.push(exchange);
    const { op, address, data, mask, reply, overlaps = false, early = false } = exchange;
    const after = overlaps ? Math.max(0, this.turn - 1) : this.turn;
    if (op === "write") {
      this.writes.push([address, after]);
      this.data.push([data, mask, early ? this.floor : after]);
      this.acks.push([reply.response]);
      this.acknowledged.push(exchange);
    } else {
      this.reads.push([readOps.indexOf(op), address, data, mask, after]);
      this.replies.push([reply.response, reply.data]);
      this.replied.push(exchange);
    }
    this.count();
  }

  private count(): number {
    this.turn++;
    if (this.turn >= 2 ** turnBits) throw new RangeError(`a host can do ${2 ** turnBits - 1} things in one run, and these are more`);
    return this.turn;
  }

  /** Packets that are sent from now on wait until all that has been said is answered: after a reset their streams start anew. */
  fence(): void {
    this.floor = this.turn;
  }

  /** Sends a packet, or a part of one. */
  send(name: Tensor, beats: readonly Beat[], { isOrdered = false, pause = 0 }: SentPacket = {}): void {
    const after = isOrdered ? this.turn : this.floor;
    beats.forEach(({ data, keep, last }, i) => {
      const marks = isOrdered && i === beats.length - 1;
      this.tensors[name].push([packLanes(data, byteBits, false), packLanes(keep, 1, false), last ? 1 : 0, after, i === 0 ? pause : 0, marks ? 1 : 0]);
    });
    if (isOrdered && beats.length > 0) this.count();
  }

  /** Takes beats of outputs. @param places where each comes from. @param pause cycles that the first one has to wait. */
  take(beats: readonly Beat[], places: readonly Place[], pause = 0): void {
    this.grant(beats, places, { pause, after: this.floor, mark: this.floor });
  }

  /** Takes beats of outputs after what is said meanwhile, for which the first of them has to be there, and wait. */
  hold(beats: readonly Beat[], places: readonly Place[], meanwhile: () => void): void {
    const mark = this.turn;
    this.count();
    meanwhile();
    this.grant(beats, places, { pause: 0, after: this.turn, mark });
  }

  private grant(beats: readonly Beat[], places: readonly Place[], { pause, after, mark }: { readonly pause: number; readonly after: number; readonly mark: number }): void {
    if (beats.length === 0) return;
    this.grants.push([beats.length, pause, after, mark]);
    for (const { data, keep, last } of beats) this.outputs.push([packLanes(data, byteBits, false), packLanes(keep, 1, false), last ? 1 : 0]);
    this.places.push(...places);
  }

  /** @throws RangeError where numbers do not fit the ports. */
  vectors(): DescribedVectors {
    const { keys, values, queries } = this.tensors;
    const channels = [queries, this.writes, this.data, this.reads, keys, values, this.grants, this.acks, this.replies, this.outputs].map((c) => c.build());
    const vectors: VectorSet = { schema: "lapa-vectors/1", design: this.spec.design, mode: "streams", channels, constants: [] };
    const said: Readonly<Record<string, readonly Exchange[]>> = { acks: this.acknowledged, replies: this.replied };
    return { vectors, describe: (index, channel) => (said[channel] ? exchangeOrigin(said[channel][index]) : beatOrigin(this.places[index], this.spec)) };
  }
}

function exchangeOrigin(exchange: Exchange | undefined): WordOrigin | null {
  return exchange === undefined ? null : { label: exchange.label, query: null, key: null, log: [], linear: [] };
}

function beatOrigin(place: Place | undefined, { headDim, format }: TopSpec): WordOrigin | null {
  return place === undefined ? null : outputOrigin(place.head, Math.floor(place.byte / headDim), place.byte % headDim, format);
}
