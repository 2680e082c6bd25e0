/** Sparse attention from Q, K and V to O: the speculation unit chooses keys, the execution unit attends to them. */

import { Bits, Bool, connect, drive, literal, mask, mux, type Ports, UInt } from "lapa";
import { Fork } from "../lib/fork";
import { LibraryModule } from "../lib/library-module";
import { Execution } from "./execution";
import { executionFormat, type ExecutionParameters, wordFeatures } from "./execution-format";
import { atMostAll, headFields } from "./head-control";
import { scaleBits, shiftBits } from "./probability";
import { Speculation } from "./speculation";
import { type PredictionParameters, speculationFormat, type SpeculationParameters } from "./speculation-format";

/** What the shape of the unit depends on. */
export type AttentionShape = PredictionParameters & {
  /** R: queries of a tile, rows of the array. It has as many columns as round 1 scores keys at the same time. */
  readonly peRows: number;
};

export type AttentionParameters = AttentionShape & Pick<SpeculationParameters, "clampsKeys">;

/** The parameters of the two units. */
export function attentionParts({ peRows, ...rest }: AttentionShape & Partial<Pick<AttentionParameters, "clampsKeys">>): { readonly speculation: SpeculationParameters; readonly execution: ExecutionParameters } {
  const speculation: SpeculationParameters = { clampsKeys: false, ...rest, survivorForm: "groups", keyBanks: 2, reports: false };
  const { operandBits, headDim, maxKeys, blackBoxMemories } = rest;
  // A query may be predicted while it waits for execution to take it: with one row a tile, this is a tile.
  const masksFollow = peRows > 1;
  const columns = speculationFormat(speculation).rounds[0]!.lanes;
  return { speculation, execution: { operandBits, headDim, maxKeys, rows: peRows, columns, masksFollow, blackBoxMemories } };
}

/** The registers of a head: those of the speculation unit, softmax, and whether nothing is filtered. */
export function attentionFields(params: AttentionShape) {
  const { speculation } = attentionParts(params);
  return { ...headFields(speculationFormat(speculation), speculation), scale: UInt(scaleBits), shift: UInt(shiftBits), dense: Bool() };
}

/**
 * A head is a word of registers, its keys and values, then its queries; outputs leave in the order of queries, as words of 8
 * features. While a tile of queries is executed, the next one is predicted, and keys and values of the next head are loaded.
 */
export class Attention extends LibraryModule<AttentionParameters> {
  private readonly parts = attentionParts(this.params);
  private readonly vector = { features: Bits(this.params.headDim * this.params.operandBits) };
  private readonly count = UInt(executionFormat(this.parts.execution).countBits);
  readonly head = this.inputStream(attentionFields(this.params));
  readonly keys = this.inputStream(this.vector);
  readonly values = this.inputStream(this.vector);
  readonly queries = this.inputStream(this.vector);
  readonly busy = this.output(Bool());
  readonly outputs = this.outputStream({ features: Bits(wordFeatures * this.params.operandBits), last: Bool() });
  /** A row has come out of a round, the last one's included, with so many keys. */
  readonly survived = this.parts.speculation.slices.map(() => this.output({ valid: Bool(), count: this.count }));
  /** The array has a step of a row's operands in this cycle. */
  readonly active = this.output(Bool());

  override get doc(): string {
    const { headDim, maxKeys, peRows } = this.params;
    return `Sparse attention over up to ${maxKeys} keys of ${headDim} features, ${peRows} queries at a time.`;
  }

  build(): void {
    const speculation = this.instance(Speculation, this.parts.speculation);
    const execution = this.instance(Execution, this.parts.execution);
    this.heads(speculation, execution);
    this.fork(this.keys, speculation.keys, execution.keys);
    this.fork(this.queries, speculation.queries, execution.queries);
    connect(this.values, execution.values);

    const groups = speculation.groups!;
    execution.masks.valid.set(groups.valid);
    groups.ready.set(execution.masks.ready);
    const { group, mask: keysOf, last, count } = groups.payload;
    drive(execution.masks.payload, { group, mask: keysOf, last });
    connect(execution.outputs, this.outputs);
    this.busy.set(execution.busy);
    this.active.set(execution.active);
    this.survived.forEach((survived, r) => {
      const next = speculation.entered[r + 1];
      survived.valid.set(next === undefined ? groups.fire().and(last) : next.valid);
      survived.count.set(next === undefined ? count : next.count);
    });
  }

  private heads(speculation: Ports<Speculation>, execution: Ports<Execution>): void {
    const { valid, ready, payload } = this.head;
    const { dense, scale, shift, ...filter } = payload;
    // Both take it in the same cycle, so that none is ahead of the other by a head.
    const { ready: speculates } = speculation.head;
    const { ready: executes } = execution.head;
    speculation.head.valid.set(valid.and(executes));
    execution.head.valid.set(valid.and(speculates));
    ready.set(speculates.and(executes));
    // Nothing is further from the best score than the largest radius reaches.
    const rho = filter.rho.map((r) => mux(dense, literal(r.type, mask(r.width)), r));
    drive(speculation.head.payload, { ...filter, rho, blend: filter.blend.and(dense.not()) });
    drive(execution.head.payload, { keys: atMostAll(filter.keys, this.params), rows: filter.rows, scale, shift });
  }

  /** Both units take every vector. */
  private fork(from: Attention["keys"], a: Ports<Speculation>["keys"], b: Ports<Execution>["keys"]): void {
    const fork = this.instance(Fork, {});
    join(from, fork.in);
    join(fork.a, a);
    join(fork.b, b);
    a.payload.features.set(from.payload.features);
    b.payload.features.set(from.payload.features);
  }
}

/** What a stream says of its words, without the words. */
interface Handshake {
  readonly valid: Bool;
  readonly ready: Bool;
}

function join(from: Handshake, to: Handshake): void {
  to.valid.set(from.valid);
  from.ready.set(to.ready);
}
