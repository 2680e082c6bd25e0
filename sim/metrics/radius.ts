/** From margins in natural-log units of attention score to the integers of the registers: what host software computes. */

import type { FilterParameters, SpeculationFormat } from "../../generator/lapa/config";
import { prefixBits } from "../golden/mrsa";
import { largestRho } from "../golden/speculation";
import type { Trace } from "../traces/trace";
import { realScale } from "./attention";

/** Leading ones under-estimate a magnitude: predicted scores, and differences of them, are smaller by about this factor. */
export function slope({ rounding, terms }: Pick<SpeculationFormat, "rounding" | "terms">): number {
  if (terms === 2) return 0.93;
  return rounding === "nearest" ? 1 : 0.72;
}

/**
 * The registers of mode radius for a head: rho_r = round(t_r * g / (scale_q * scale_k * attn_scale * 2^(W - p_r))), g the
 * slope, and at most what the register holds.
 * @param margins t_1 .. t_R, non-negative. @param guards guard_1 .. guard_R.
 */
export function radiusParameters(
  margins: readonly number[], guards: readonly number[], trace: Pick<Trace, "dim" | "scaleQ" | "scaleK" | "attnScale">, format: SpeculationFormat,
): FilterParameters {
  const g = slope(format);
  const rounds = prefixBits(format.slices).map((p, r) => {
    const unit = realScale(trace) * 2 ** (format.operandBits - p);
    return { rho: Math.min(Math.round((margins[r] * g) / unit), largestRho(trace.dim, r, format)), guard: guards[r] };
  });
  return { mode: "radius", rounds };
}
