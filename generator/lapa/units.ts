/** From a unit's configuration to its circuit. */

import { elaborate } from "../hdl/elaborate";
import type { Circuit } from "../ir/types";
import { Aloc } from "./aloc";
import { AlocDot } from "./aloc-dot";
import type { UnitConfig } from "./unit-config";

/** @throws DiagnosticError or UserError for a configuration that the schema did not check. */
export function elaborateUnit(config: UnitConfig): Circuit {
  const { name, reset, operandBits, rounding, terms, logSide } = config;
  if (config.unit === "aloc") return elaborate(Aloc, { operandBits, rounding, terms, window: null, logSide }, { name, reset });
  const { headDim, window, treeRegisters } = config;
  return elaborate(AlocDot, { operandBits, rounding, terms, window, logSide, headDim, treeRegisters }, { name, reset });
}
