/** Heads through the accelerator, from bus to bus. */

import { attentionParts } from "../generator/lapa/attention";
import { registerMap } from "../generator/lapa/register-map";
import type { TopConfig } from "../generator/lapa/unit-config";
import { benchName, topParameters } from "../generator/lapa/units";
import { activeCycles, type ArrayShape } from "./cycles/array-work";
import { type Counts, headConversation, identification, refusal } from "./driver/conversation";
import { type AttentionHead, headRows } from "./vectors/attention-vectors";
import type { DescribedVectors } from "./vectors/described";
import { type ExpectedHead, topVectors } from "./vectors/top-vectors";

/** Vectors of the unit `top` for some heads, one after the other. Those without a query are refused. */
export function topVectorsOfHeads(config: TopConfig, heads: readonly AttentionHead[]): DescribedVectors {
  const { headDim, beatBytes } = config;
  const params = topParameters(config);
  const map = registerMap(params);
  const array = attentionParts(params).execution;
  const expected = heads.map((head): ExpectedHead => ({ head, rows: [...headRows(head, config)] }));
  const exchanges = expected.flatMap((e) => (e.rows.length === 0 ? refusal(map, e.head) : headConversation(map, e.head, countsOf(e, array))));
  const spec = { design: benchName(config), headDim, beatBytes, format: config };
  return topVectors(spec, [...identification(map), ...exchanges], expected.filter(({ rows }) => rows.length > 0));
}

function countsOf({ rows }: ExpectedHead, array: ArrayShape): Counts {
  const rounds = rows[0].kept.map((_, r) => rows.reduce((sum, { kept }) => sum + kept[r], 0));
  // Without stalls the cycles of a head do not depend on anything else; a model of them would have its say here.
  return { survivors: rounds, rows: rows.length, active: activeCycles(rows.map((row) => row.survivors), array), cycles: null };
}
