/** From a unit's configuration to its circuit. */

import { UserError } from "../errors";
import { elaborate } from "../hdl/elaborate";
import type { Circuit } from "../ir/types";
import { Aloc } from "./aloc";
import { AlocDot } from "./aloc-dot";
import type { SpeculationConfig, UnitConfig } from "./unit-config";

/** Configurations of units whose hardware is described here. */
export type HardwareConfig = Exclude<UnitConfig, SpeculationConfig>;

/** @throws UserError for a unit whose hardware is not there yet. */
export function hardwareConfig(config: UnitConfig): HardwareConfig {
  if (config.unit !== "speculation") return config;
  throw new UserError("the hardware of the unit speculation is not there yet", "lapa predict shows what it computes");
}

/** @throws DiagnosticError or UserError for a configuration that the schema did not check, or of a unit whose hardware is not there yet. */
export function elaborateUnit(unit: UnitConfig): Circuit {
  const config = hardwareConfig(unit);
  const { name, reset, operandBits, rounding, terms, logSide } = config;
  if (config.unit === "aloc") return elaborate(Aloc, { operandBits, rounding, terms, window: null, logSide }, { name, reset });
  const { headDim, window, treeRegisters } = config;
  return elaborate(AlocDot, { operandBits, rounding, terms, window, logSide, headDim, treeRegisters }, { name, reset });
}
