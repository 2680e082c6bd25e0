/** Configurations with a name. A key that is left out has its default. */

import type { AlocConfig, AlocDotConfig, AttentionConfig, SpeculationConfig, TopConfig } from "./unit-config";

/** A configuration as a person writes it. */
export type PartialConfig = Written<AlocConfig> | Written<AlocDotConfig> | Written<SpeculationConfig> | Written<AttentionConfig> | Written<TopConfig>;
type Written<C extends { readonly unit: string }> = Partial<C> & Pick<C, "unit">;

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
  "tiny": { summary: "speculation of heads of 16 keys of 8 features: for proofs and waveforms", config: { unit: "speculation", headDim: 8, maxKeys: 16, keysPerCycle: 4 } },
  "edge": { summary: "speculation of heads of 256 keys of 64 features, 8 keys a cycle", config: { unit: "speculation", headDim: 64, maxKeys: 256, keysPerCycle: 8 } },
  "base": { summary: "speculation of heads of 1,024 keys of 64 features, 16 keys a cycle", config: { unit: "speculation", headDim: 64, maxKeys: 1024, keysPerCycle: 16 } },
  "wide": { summary: "speculation of heads of 4,096 keys of 128 features, 32 keys a cycle", config: { unit: "speculation", headDim: 128, maxKeys: 4096, keysPerCycle: 32 } },
  "attention-tiny": { summary: "attention of heads of 16 keys of 8 features, 4 x 4 multipliers: for waveforms", config: { unit: "attention", headDim: 8, maxKeys: 16, keysPerCycle: 4, peRows: 4 } },
  "attention-edge": { summary: "attention of heads of 256 keys of 64 features, 8 x 8 multipliers", config: { unit: "attention", headDim: 64, maxKeys: 256, keysPerCycle: 8, peRows: 8 } },
  "attention-base": { summary: "attention of heads of 1,024 keys of 64 features, 16 x 16 multipliers", config: { unit: "attention", headDim: 64, maxKeys: 1024, keysPerCycle: 16, peRows: 16 } },
  "top-tiny": { summary: "attention-tiny behind AXI, 4 bytes a beat", config: { unit: "top", headDim: 8, maxKeys: 16, keysPerCycle: 4, peRows: 4, beatBytes: 4 } },
  "top-base": { summary: "attention-base behind AXI, 8 bytes a beat", config: { unit: "top", headDim: 64, maxKeys: 1024, keysPerCycle: 16, peRows: 16, beatBytes: 8 } },
};
