/** Golden vectors: one format that every engine, and anyone's test bench, can read. */

/** A field of a channel's word and the port that carries it. */
export interface Field {
  readonly name: string;
  readonly port: string;
  readonly width: number;
  readonly signed: boolean;
}

/**
 * A sequence of words over some ports. In a word the first field sits in the least significant bits.
 * `data` holds `count` words of `limbs` 32-bit limbs each, least significant limb first; unused top bits are 0.
 */
export interface Channel {
  readonly name: string;
  readonly direction: "input" | "output";
  readonly fields: readonly Field[];
  /** Sum of the fields' widths. */
  readonly width: number;
  /** ceil(width / 32). */
  readonly limbs: number;
  readonly count: number;
  readonly data: Uint32Array;
}

/**
 * Stimulus and expected results of one run.
 *
 * - `streams`: each channel is a ready/valid stream of the design (`<name>_valid`, `<name>_ready`). Words of an
 *   input channel are offered in order; words of an output channel are expected in order. Stalls may be added
 *   anywhere without changing the meaning.
 * - `cycles`: one input channel and one output channel of equal count. Word t of the input is on the ports during
 *   cycle t after reset (cycle 0 ends with the first rising edge at which reset is inactive); word t of the
 *   output is what the ports show at the end of cycle t, just before the rising edge. A purely combinational
 *   design runs the same way, with no clock.
 */
export interface VectorSet {
  readonly schema: "lapa-vectors/1";
  /** Name of the top module. */
  readonly design: string;
  readonly mode: "streams" | "cycles";
  readonly channels: readonly Channel[];
  /** Input ports held at one value for the whole run. */
  readonly constants: readonly { readonly port: string; readonly width: number; readonly value: bigint }[];
}
