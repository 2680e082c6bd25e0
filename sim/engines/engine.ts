/** One interface for every simulator. */

import type { VerilogFile } from "../../generator/emit/collateral";
import type { Circuit } from "../../generator/ir/types";
import type { Stalls } from "../vectors/stalls";
import type { VectorSet } from "../vectors/vectors";

export type EngineName = "builtin" | "icarus" | "verilator";

/** What is simulated. The built-in engine reads the circuit; the others read the Verilog. */
export interface Design {
  readonly circuit: Circuit;
  /** The emitted Verilog, a file a module; of a black box, its behaviour. */
  readonly files: readonly VerilogFile[];
}

/** What state starts from that is not reset, and all state before reset: random values of a seed, or nothing but zeros or ones. */
export type InitialState = number | "zeros" | "ones";

export interface RunOptions {
  readonly stalls: Stalls;
  /** Default 1. Icarus starts from unknown values, whatever this is. */
  readonly initSeed?: InitialState;
  /** Words of each channel that a build is to have room for, so that it also serves other vectors. */
  readonly room?: readonly number[];
  /** Compare outputs with the expected words (default true). False only measures what comparing costs. */
  readonly compare?: boolean;
  /** Write a waveform here. */
  readonly wave?: { readonly file: string; readonly format: "vcd" | "fst" };
  /** Cycles without any transfer after which a run in streams mode fails as hung. Default 10,000. */
  readonly hangCycles?: number;
  /** Told now and then how many output words have been compared. */
  readonly progress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** The first differences, in the order in which they were seen. */
export interface Mismatch {
  readonly channel: string;
  /** Which word of the output channel. */
  readonly index: number;
  readonly cycle: number;
  readonly field: string;
  /** Bit patterns, hexadecimal without prefix; `got` may contain x and z. */
  readonly expected: string;
  readonly got: string;
}

export interface RunResult {
  readonly engine: EngineName;
  readonly version: string;
  /** "hang": no transfer for hangCycles. "extra": an output word nobody expected. */
  readonly verdict: "pass" | "mismatch" | "hang" | "extra";
  /** Output words compared. A run that compared none has not passed anything. */
  readonly compared: number;
  /** Clock cycles from the end of reset to the last transfer, inclusive (cycles mode: number of words). */
  readonly cycles: number;
  /** At most 10. */
  readonly mismatches: readonly Mismatch[];
  readonly buildMs: number;
  readonly runMs: number;
}

export interface Engine {
  readonly name: EngineName;
  /** The version when the engine can run here, null when it cannot. Never throws. */
  version(): Promise<string | null>;
  /** Which waveform formats it writes. */
  readonly waves: readonly ("vcd" | "fst")[];
  /** @throws UserError when the engine is missing; Error with the tool's own words when it rejects the design. */
  run(design: Design, vectors: VectorSet, options: RunOptions): Promise<RunResult>;
}
