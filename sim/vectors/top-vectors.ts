/** Vectors for the accelerator with a bus master: commands and packets as its streams take them, replies and outputs as they have to come. */

import type { SpeculationFormat } from "../../generator/lapa/config";
import { type AttentionHead, type HeadRow, outputOrigin } from "./attention-vectors";
import type { DescribedVectors, WordOrigin } from "./described";
import { field, padded } from "./speculation-vectors";
import type { VectorSet } from "./vectors";
import { ChannelBuilder, packLanes } from "./words";

/** The bench of the unit `top`: streams `commands`, `keys`, `values`, `queries` -> `replies`, `outputs`. */
export interface TopSpec {
  /** Name of the bench. */
  readonly design: string;
  /** d of the unit; heads may have fewer features. */
  readonly headDim: number;
  readonly beatBytes: number;
  readonly format: Pick<SpeculationFormat, "logSide">;
}

/** What a command does; its place is what the port takes. */
export const busOps = ["write", "read", "poll", "wait"] as const;

/** A command of the bus master, and the reply that it has to give. All numbers are without sign. */
export interface Exchange {
  readonly label: string;
  readonly op: (typeof busOps)[number];
  readonly address: number;
  /** What a write writes, what a poll waits for; otherwise 0. */
  readonly data: number;
  /** The bits that a read or a poll looks at; of a write its strobes. */
  readonly mask: number;
  readonly reply: { readonly response: number; readonly data: number };
}

/** A head that is run, and what comes of it. */
export interface ExpectedHead {
  readonly head: AttentionHead;
  readonly rows: readonly HeadRow[];
}

const addressBits = 12;
const byteBits = 8;

/** Where a beat of `outputs` begins. */
interface Place {
  readonly head: AttentionHead;
  readonly byte: number;
}

/**
 * One conversation, and the packets of the heads that it runs, in the order in which it starts them.
 * @throws RangeError for a head that does not fit the unit, or numbers that do not fit the ports.
 */
export function topVectors(spec: TopSpec, exchanges: readonly Exchange[], heads: readonly ExpectedHead[]): DescribedVectors {
  const commands = new ChannelBuilder("commands", "input", [field("commands", "op", 2), field("commands", "address", addressBits), field("commands", "data", 32), field("commands", "mask", 32)]);
  const replies = new ChannelBuilder("replies", "output", [field("replies", "response", 2), field("replies", "data", 32)]);
  for (const { op, address, data, mask, reply } of exchanges) {
    commands.push([busOps.indexOf(op), address, data, mask]);
    replies.push([reply.response, reply.data]);
  }
  const [keys, values, queries] = ["keys", "values", "queries"].map((name) => packetChannel(name, "input", spec));
  const outputs = packetChannel("outputs", "output", spec);
  const places: Place[] = [];
  for (const { head, rows } of heads) {
    const { dim } = head;
    if (head.loads) pushPacket(keys, matrixRows(head.keys, dim), spec);
    if (head.loads) pushPacket(values, matrixRows(head.values, dim), spec);
    pushPacket(queries, matrixRows(head.queries, dim), spec);
    const beats = pushPacket(outputs, rows.map((row) => row.output), spec);
    for (let beat = 0; beat < beats; beat++) places.push({ head, byte: beat * spec.beatBytes });
  }
  const channels = [queries, commands, keys, values, replies, outputs].map((c) => c.build());
  const vectors: VectorSet = { schema: "lapa-vectors/1", design: spec.design, mode: "streams", channels, constants: [] };
  return { vectors, describe: (index, channel) => (channel === "replies" ? exchangeOrigin(exchanges[index]) : beatOrigin(places[index], spec)) };
}

function packetChannel(name: string, direction: "input" | "output", { beatBytes }: TopSpec): ChannelBuilder {
  return new ChannelBuilder(name, direction, [field(name, "data", beatBytes * byteBits), field(name, "keep", beatBytes), field(name, "last", 1)]);
}

function matrixRows(matrix: Int16Array, dim: number): Int16Array[] {
  return Array.from({ length: matrix.length / dim }, (_, i) => matrix.subarray(i * dim, (i + 1) * dim));
}

/**
 * A packet: row after row, a byte a feature, rows filled up to `headDim` features; the last beat may have null bytes at its top.
 * @returns the number of its beats.
 */
function pushPacket(channel: ChannelBuilder, rows: readonly Int16Array[], { headDim, beatBytes }: TopSpec): number {
  const bytes = Uint8Array.from(rows.flatMap((row) => Array.from(padded(row, headDim))), (feature) => feature & 255);
  const beats = Math.ceil(bytes.length / beatBytes);
  for (let beat = 0; beat < beats; beat++) {
    const data = new Uint8Array(beatBytes);
    const part = bytes.subarray(beat * beatBytes, (beat + 1) * beatBytes);
    data.set(part);
    const keep = Uint8Array.from(data, (_, i) => (i < part.length ? 1 : 0));
    channel.push([packLanes(data, byteBits, false), packLanes(keep, 1, false), beat === beats - 1 ? 1 : 0]);
  }
  return beats;
}

function exchangeOrigin(exchange: Exchange | undefined): WordOrigin | null {
  return exchange === undefined ? null : { label: exchange.label, query: null, key: null, log: [], linear: [] };
}

function beatOrigin(place: Place | undefined, { headDim, format }: TopSpec): WordOrigin | null {
  return place === undefined ? null : outputOrigin(place.head, Math.floor(place.byte / headDim), place.byte % headDim, format);
}
