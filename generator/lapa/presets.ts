/** Configurations with a name. A key that is left out has its default. */

import type { AlocConfig, AlocDotConfig } from "./unit-config";

/** A configuration as a person writes it. */
export type PartialConfig = (Partial<AlocConfig> & Pick<AlocConfig, "unit">) | (Partial<AlocDotConfig> & Pick<AlocDotConfig, "unit">);

export interface Preset {
  readonly summary: string;
  readonly config: PartialConfig;
}

export const presets: Readonly<Record<string, Preset>> = {
  "default": { summary: "dot product of 64 lanes, 8-bit operands, leading one rounded down", config: { unit: "aloc_dot" } },
  "aloc-8": { summary: "one product, 8-bit operands", config: { unit: "aloc" } },
  "aloc-8-nearest": { summary: "one product, 8-bit operands, leading one to the nearest", config: { unit: "aloc", rounding: "nearest" } },
  "aloc-8-two-terms": { summary: "one product, 8-bit operands, two leading ones", config: { unit: "aloc", terms: 2 } },
  "aloc-16": { summary: "one product, 16-bit operands", config: { unit: "aloc", operandBits: 16 } },
  "aloc-dot-15": { summary: "dot product of 15 lanes, fully pipelined", config: { unit: "aloc_dot", headDim: 15, treeRegisters: 4 } },
  "aloc-dot-64": { summary: "dot product of 64 lanes: the default", config: { unit: "aloc_dot", headDim: 64 } },
  "aloc-dot-64-nearest": { summary: "dot product of 64 lanes, leading one to the nearest", config: { unit: "aloc_dot", headDim: 64, rounding: "nearest" } },
  "aloc-dot-64-two-terms": { summary: "dot product of 64 lanes, two leading ones", config: { unit: "aloc_dot", headDim: 64, terms: 2 } },
  "aloc-dot-64-windowed": { summary: "dot product of 64 lanes, the top 4 exponents of a query", config: { unit: "aloc_dot", headDim: 64, window: 4 } },
  "aloc-dot-64-key": { summary: "dot product of 64 lanes, the keys encoded", config: { unit: "aloc_dot", headDim: 64, logSide: "key" } },
  "aloc-dot-128-windowed": { summary: "dot product of 128 lanes, the top 4 exponents of a query", config: { unit: "aloc_dot", headDim: 128, window: 4 } },
};
