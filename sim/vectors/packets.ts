/** Packets of the accelerator's streams: a tensor, row after row, a byte a feature. */

import type { AttentionHead, HeadRow } from "./attention-vectors";
import type { Beat, Place, Tensor, TopSpec } from "./host-script";
import { padded } from "./speculation-vectors";

/** What a packet of rows is made of. */
type Shape = Pick<TopSpec, "headDim" | "beatBytes">;

/** A head that is run, and what comes of it. */
export interface ExpectedHead {
  readonly head: AttentionHead;
  readonly rows: readonly HeadRow[];
}

/** The packet of one of a head's tensors. */
export function tensorPacket({ dim, ...head }: AttentionHead, name: Tensor, shape: Shape): Beat[] {
  const matrix = head[name];
  return packet(Array.from({ length: matrix.length / dim }, (_, i) => matrix.subarray(i * dim, (i + 1) * dim)), shape);
}

/** The packet of a head's outputs, and what each beat is of. */
export function outputPacket({ head, rows }: ExpectedHead, shape: Shape): { readonly beats: Beat[]; readonly places: Place[] } {
  const beats = packet(rows.map((row) => row.output), shape);
  return { beats, places: beats.map((_, beat) => ({ head, byte: beat * shape.beatBytes })) };
}

/** Rows, each filled up to `headDim` features; the last beat may have null bytes at its top. */
function packet(rows: readonly Int16Array[], { headDim, beatBytes }: Shape): Beat[] {
  return beatsOf(Uint8Array.from(rows.flatMap((row) => Array.from(padded(row, headDim))), (feature) => feature & 255), beatBytes);
}

/** Bytes as the beats of a packet. */
export function beatsOf(bytes: Uint8Array, beatBytes: number): Beat[] {
  const count = Math.ceil(bytes.length / beatBytes);
  return Array.from({ length: count }, (_, beat) => {
    const part = bytes.subarray(beat * beatBytes, (beat + 1) * beatBytes);
    const data = new Uint8Array(beatBytes);
    data.set(part);
    return { data, keep: Uint8Array.from(data, (__, i) => (i < part.length ? 1 : 0)), last: beat === count - 1 };
  });
}
