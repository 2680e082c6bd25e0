/** From a unit's configuration to its circuit. */

import { elaborate } from "../hdl/elaborate";
import type { Circuit } from "../ir/types";
import { Aloc } from "./aloc";
import { AlocDot } from "./aloc-dot";
import { Attention, type AttentionParameters } from "./attention";
import { registerHeader } from "./register-header";
import { registerMap, type RegisterMapParameters } from "./register-map";
import { registerPage } from "./register-page";
import { registerRdl } from "./register-rdl";
import { Speculation } from "./speculation";
import type { SpeculationParameters } from "./speculation-format";
import { Top } from "./top";
import { TopBench } from "./top-bench";
import type { AttentionConfig, SpeculationConfig, TopConfig, UnitConfig } from "./unit-config";

/** The parameters of a speculation unit, also of the one in front of execution: a number of keys for every round, and of features. */
export function speculationParameters(config: SpeculationConfig | AttentionConfig | TopConfig): SpeculationParameters {
  const { operandBits, rounding, terms, window, logSide, headDim, maxKeys, slices, keysPerCycle, featuresPerCycle, blackBoxMemories } = config;
  const isPart = config.unit !== "speculation";
  return {
    operandBits, rounding, terms, window, logSide, headDim, maxKeys, slices, featuresPerCycle: featuresPerCycle ?? headDim, blackBoxMemories,
    survivorForm: isPart ? "groups" : config.survivorForm, keyBanks: isPart ? 2 : 1, reports: !isPart, clampsKeys: config.unit !== "top",
    keysPerCycle: typeof keysPerCycle === "number" ? slices.map(() => keysPerCycle) : keysPerCycle,
  };
}

/** The parameters of an attention unit, also of the one in a top. */
export function attentionParameters(config: AttentionConfig | TopConfig): AttentionParameters {
  const { survivorForm: _, keyBanks: __, reports: ___, ...rest } = speculationParameters(config);
  return { ...rest, peRows: config.peRows };
}

/** The parameters of a top, those of its registers. */
export function topParameters(config: TopConfig): RegisterMapParameters {
  const { clampsKeys: _, ...shape } = attentionParameters(config);
  return { ...shape, beatBytes: config.beatBytes };
}

/** What else belongs to a unit, by file: of a top, its registers for people, for C and for other tools. */
export function unitCollateral(config: UnitConfig): ReadonlyMap<string, string> {
  if (config.unit !== "top") return new Map();
  const map = registerMap(topParameters(config));
  return new Map([
    ["registers.h", registerHeader(map)], ["registers.rdl", registerRdl(map, config.name)],
    ["registers.md", registerPage(map, `the configuration \`${config.name}\``, "lapa generate")],
  ]);
}

/** @throws DiagnosticError or UserError for a configuration that the schema did not check. */
export function elaborateUnit(config: UnitConfig): Circuit {
  const { name, reset, operandBits, rounding, terms, logSide } = config;
  switch (config.unit) {
    case "aloc": return elaborate(Aloc, { operandBits, rounding, terms, window: null, logSide }, { name, reset });
    case "aloc_dot": {
      const { headDim, window, treeRegisters } = config;
      return elaborate(AlocDot, { operandBits, rounding, terms, window, logSide, headDim, treeRegisters }, { name, reset });
    }
    case "speculation": return elaborate(Speculation, speculationParameters(config), { name, reset });
    case "attention": return elaborate(Attention, attentionParameters(config), { name, reset });
    case "top": return elaborate(Top, topParameters(config), { name, reset });
  }
}

/** The top module of `elaborateBench`. */
export function benchName(config: UnitConfig): string {
  return config.unit === "top" ? `${config.name}_bench` : config.name;
}

/** What a test bench of streams can drive: the unit, and of a top a module around it. @throws as `elaborateUnit` does. */
export function elaborateBench(config: UnitConfig): Circuit {
  if (config.unit !== "top") return elaborateUnit(config);
  return elaborate(TopBench, { ...topParameters(config), topName: config.name }, { name: benchName(config), reset: config.reset });
}
