/**
 * What the accelerator's register CYCLES counts for one head: from its start to the last beat of its outputs, where beats of its packets
 * are there from the start and outputs are taken at once. The same formulas with their reasons are in docs/cycles.md.
 */

import { type AttentionShape, attentionParts } from "../../generator/lapa/attention";
import { type AttentionHeadWork, HeadClock } from "./attention";
import { BeatSink, BeatSource } from "./gearbox-clock";

/** Cycles from the one in which a start is accepted to that in which the core takes the head's word. */
const toCore = 1;

/**
 * @param params of the attention unit. @param beatBytes of a beat. @param head with a row, after which and before which there is none.
 * @param loaded keys that are there, for a head that brings none. @throws RangeError where it has no row: without outputs a head does not end.
 */
export function topCycles(params: AttentionShape, beatBytes: number, head: AttentionHeadWork, loaded = 0): number {
  if (head.tiles.length === 0) throw new RangeError("the head has no row");
  // A stream is told of its packet with the head's word, and takes its first beat in the cycle after that.
  const packet = (): BeatSource => new BeatSource(beatBytes, params.headDim, toCore + 1);
  const outputs = new BeatSink(attentionParts(params).execution, beatBytes);
  new HeadClock(params, { begins: toCore, cleared: 0, loaded, keys: packet(), values: packet(), queries: packet(), outputs }).head(head);
  return outputs.ends;
}
