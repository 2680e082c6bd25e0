/** What a configuration file says: which unit is wanted, its arithmetic, and how its Verilog looks. */

import type { Dialect } from "../emit/dialect";
import type { ResetKind } from "../ir/types";
import type { AlocFormat, LogSide, SpeculationFormat } from "./config";

interface Common {
  /** Name of the top module. */
  readonly name: string;
  readonly reset: ResetKind;
  readonly dialect: Dialect;
  readonly logSide: LogSide;
}

/** One ALOC product, combinational: encoder and shifter. A window belongs to a row, so it has none. */
export interface AlocConfig extends Common, Omit<AlocFormat, "window"> {
  readonly unit: "aloc";
}

/** ALOC dot product of `headDim` features a cycle, over ready/valid streams. */
export interface AlocDotConfig extends Common, AlocFormat {
  readonly unit: "aloc_dot";
  /** d: features of a vector, a lane each. 1 .. 256. */
  readonly headDim: number;
  /** Levels of registers, 0 .. ceil(log2(headDim)) + 1. */
  readonly treeRegisters: number;
}

/** What speculation is told, by itself and in front of execution. operandBits is 4 .. 16 here. */
export interface PredictionConfig extends Common, SpeculationFormat {
  /** d: features of a key. 1 .. 256. */
  readonly headDim: number;
  /** Keys that there is memory for: the largest head. 1 .. 8,192. */
  readonly maxKeys: number;
  /** Keys that a round scores at the same time: one number for all rounds, or one a round. */
  readonly keysPerCycle: number | readonly number[];
  /** Features of a key that are added in a cycle, 1 .. headDim; null for all. */
  readonly featuresPerCycle: number | null;
  /** Whether the large memories are left out, for SRAM macros to take their place. */
  readonly blackBoxMemories: boolean;
}

/** The speculation unit: rounds of sliced scores, each followed by a filter, for whole heads. */
export interface SpeculationConfig extends PredictionConfig {
  readonly unit: "speculation";
  /** How survivors leave: a key a word, or a mask of as many neighbouring keys as round 1 scores at the same time. */
  readonly survivorForm: "keys" | "groups";
}

/** Sparse attention from Q, K, V to O: speculation, and execution on an array with as many columns as round 1 scores keys at a time. */
export interface AttentionConfig extends PredictionConfig {
  readonly unit: "attention";
  /** R: queries of a tile, rows of the array. 1 .. 64. */
  readonly peRows: number;
}

/** The attention unit behind a bus: registers on AXI4-Lite, tensors on AXI4-Stream. operandBits is 4 .. 8 here. */
export interface TopConfig extends PredictionConfig {
  readonly unit: "top";
  /** R, as in an attention unit. */
  readonly peRows: number;
  /** B: bytes of a beat of the streams, a power of two from 1 to 64. */
  readonly beatBytes: number;
}

export type UnitConfig = AlocConfig | AlocDotConfig | SpeculationConfig | AttentionConfig | TopConfig;
export type UnitName = UnitConfig["unit"];
