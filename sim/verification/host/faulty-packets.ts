/** Packets that are not as they should be, and what the accelerator makes of them (docs/registers.md, Streams). */

import { faultCodes } from "../../../generator/lapa/error-codes";
import type { Beat } from "../../vectors/host-script";
import { beatsOf } from "../../vectors/packets";

export const packetFaults = [
  "beats are missing", "bytes are missing", "the last beat is null", "beats too many", "bytes too many", "a hole in a beat", "a hole in the last beat", "a null beat",
] as const;
/** With one that is quick: the first beat shows it. */
export type PacketFault = (typeof packetFaults)[number] | "the first beat is the last";

export interface FaultyPacket {
  readonly beats: readonly Beat[];
  /** The bytes that it counts as. */
  readonly taken: Uint8Array;
  readonly code: (typeof faultCodes)[keyof typeof faultCodes];
}

/** Null bytes have data, too, which must not be looked at. */
const rubbish = 0xa5;

/** @returns null for a fault that a packet of so many bytes cannot have. */
export function faultyPacket(fault: PacketFault, bytes: Uint8Array, beatBytes: number): FaultyPacket | null {
  const beats = beatsOf(bytes, beatBytes);
  const last = beats.length - 1;
  const inLast = bytes.length - last * beatBytes;
  const cut = (length: number): Uint8Array => bytes.map((byte, i) => (i < length ? byte : 0));
  const without = (from: number, count: number): Uint8Array => bytes.map((byte, i) => (i >= from && i < from + count ? 0 : byte));
  const changed = (index: number, change: (beat: Beat) => Beat): Beat[] => beats.map((beat, i) => (i === index ? change(beat) : beat));
  switch (fault) {
    case "beats are missing": {
      if (last === 0) return null;
      return { beats: ending(beats.slice(0, last)), taken: cut(last * beatBytes), code: faultCodes.short };
    }
    case "the first beat is the last": {
      if (last === 0) return null;
      return { beats: ending(beats.slice(0, 1)), taken: cut(beatBytes), code: faultCodes.short };
    }
    case "bytes are missing": {
      if (inLast === 1) return null;
      return { beats: changed(last, (beat) => keeping(beat, (i) => i < inLast - 1)), taken: cut(bytes.length - 1), code: faultCodes.short };
    }
    case "the last beat is null": return { beats: changed(last, (beat) => keeping(beat, () => false)), taken: cut(last * beatBytes), code: faultCodes.short };
    case "beats too many": return { beats: ending([...beats.map(full), ...beats.slice(0, 2)]), taken: bytes, code: faultCodes.long };
    case "bytes too many": {
      if (inLast === beatBytes) return null;
      return { beats: changed(last, (beat) => keeping(beat, (i) => i <= inLast)), taken: bytes, code: faultCodes.long };
    }
    case "a hole in a beat": {
      if (last === 0 || beatBytes === 1) return null;
      return { beats: changed(0, (beat) => keeping(beat, (i) => i !== 1)), taken: without(1, 1), code: faultCodes.hole };
    }
    case "a hole in the last beat": {
      if (inLast === 1) return null;
      return { beats: changed(last, (beat) => keeping(beat, (i) => i > 0 && i < inLast)), taken: without(last * beatBytes, 1), code: faultCodes.hole };
    }
    case "a null beat": {
      if (last === 0) return null;
      return { beats: changed(last - 1, (beat) => keeping(beat, () => false)), taken: without((last - 1) * beatBytes, beatBytes), code: faultCodes.hole };
    }
  }
}

/** What can be wrong with a packet of so many bytes. */
export function possibleFaults(bytes: number, beatBytes: number): PacketFault[] {
  return packetFaults.filter((fault) => faultyPacket(fault, new Uint8Array(bytes), beatBytes) !== null);
}

function keeping(beat: Beat, isKept: (byte: number) => boolean): Beat {
  const keep = Uint8Array.from(beat.keep, (_, i) => (isKept(i) ? 1 : 0));
  return { ...beat, keep, data: beat.data.map((byte, i) => (keep[i] === 1 && beat.keep[i] === 1 ? byte : rubbish)) };
}

/** All but the last beat of a packet are full. */
function full(beat: Beat): Beat {
  return keeping(beat, () => true);
}

function ending(beats: readonly Beat[]): Beat[] {
  return beats.map((beat, i) => ({ ...beat, last: i === beats.length - 1 }));
}
