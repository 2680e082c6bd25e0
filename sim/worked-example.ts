/** The head that docs/speculation.md follows through the preset tiny. */

import { parseConfig } from "../generator/lapa/config-schema";
import { presets } from "../generator/lapa/presets";
import type { SpeculationConfig } from "../generator/lapa/unit-config";
import { radiusParameters } from "./metrics/radius";
import { resolveTrace } from "./traces/bundled";
import { readTrace, type Trace } from "./traces/trace";
import type { Head } from "./vectors/speculation-vectors";

const source = "ocr_in1_L01_H1";
const sizes = { queries: 4, keys: 16, features: 8 };
/** In natural-log units of score, for each round: narrow, since a head of so few keys has no room for a wide one. */
const margins = [1, 1];
const guards = [6, 0];

export interface WorkedExample {
  readonly config: SpeculationConfig;
  readonly head: Head;
}

/** What fits into the preset tiny of a bundled head: its first queries, keys and features. */
export function workedExample(): WorkedExample {
  const config = parseConfig(presets["tiny"].config, "the preset tiny") as SpeculationConfig;
  const trace = readTrace(resolveTrace(source), config);
  const { queries, keys, features } = sizes;
  const filter = radiusParameters(margins, guards, { ...trace, dim: features }, config);
  return {
    config,
    head: {
      label: source, queries: corner(trace.q, trace, queries), keys: corner(trace.k, trace, keys), dim: features, loads: true, firstQuery: 0,
      parameters: { ...filter, nValid: keys, causal: false, offset: 0 },
    },
  };
}

/** The first rows of a matrix, and of these the first features. */
function corner(matrix: Int16Array, { dim }: Pick<Trace, "dim">, rows: number): Int16Array {
  return Int16Array.from({ length: rows * sizes.features }, (_, at) => matrix[Math.floor(at / sizes.features) * dim + (at % sizes.features)]);
}
