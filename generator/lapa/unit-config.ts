/** What a configuration file says: which unit is wanted, its arithmetic, and how its Verilog looks. */

import type { Dialect } from "../emit/dialect";
import type { ResetKind } from "../ir/types";
import type { AlocFormat, LogSide } from "./config";

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

export type UnitConfig = AlocConfig | AlocDotConfig;
export type UnitName = UnitConfig["unit"];
