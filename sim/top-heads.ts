/** Heads through the accelerator, from bus to bus. */

import { attentionParts } from "../generator/lapa/attention";
import { registerMap } from "../generator/lapa/register-map";
import type { TopConfig } from "../generator/lapa/unit-config";
import { benchName, topParameters } from "../generator/lapa/units";
import { activeCycles, type ArrayShape } from "./cycles/array-work";
import { type Counts, flightConversation, headConversation, identification, refusal } from "./driver/conversation";
import { type AttentionHead, headRows } from "./vectors/attention-vectors";
import type { DescribedVectors } from "./vectors/described";
import { type ExpectedHead, topVectors } from "./vectors/top-vectors";

/** Heads that are in flight together, now and then: two are at most, so that the third one has to wait. */
const flightSizes = [1, 3];

/**
 * Vectors of the unit `top` for some heads: the first by itself, then three that are started as soon as they can be, and so on.
 * Those without a query are refused.
 */
export function topVectorsOfHeads(config: TopConfig, heads: readonly AttentionHead[]): DescribedVectors {
  const { headDim, beatBytes } = config;
  const params = topParameters(config);
  const map = registerMap(params);
  const array = attentionParts(params).execution;
  const expected = heads.map((head): ExpectedHead => ({ head, rows: [...headRows(head, config)] }));
  const exchanges = identification(map);
  let ended = 0;
  for (const flight of flights(expected)) {
    const [first] = flight;
    if (first.rows.length === 0) {
      exchanges.push(...refusal(map, first.head));
      continue;
    }
    ended += flight.length;
    exchanges.push(...(flight.length === 1 ? headConversation(map, first.head, countsOf(first, array), ended) : flightConversation(map, flight.map((f) => f.head), ended)));
  }
  const spec = { design: benchName(config), headDim, beatBytes, format: config };
  return topVectors(spec, exchanges, expected.filter(({ rows }) => rows.length > 0));
}

/** Cuts a list of heads into flights; a head without queries is one by itself. */
function flights(heads: readonly ExpectedHead[]): ExpectedHead[][] {
  const all: ExpectedHead[][] = [];
  let left = 0;
  for (const head of heads) {
    const isRefused = head.rows.length === 0;
    if (isRefused || left === 0) {
      all.push([head]);
      left = isRefused ? 0 : flightSizes[(all.length - 1) % flightSizes.length] - 1;
    } else {
      all.at(-1)!.push(head);
      left--;
    }
  }
  return all;
}

function countsOf({ rows }: ExpectedHead, array: ArrayShape): Counts {
  const rounds = rows[0].kept.map((_, r) => rows.reduce((sum, { kept }) => sum + kept[r], 0));
  // Without stalls the cycles of a head do not depend on anything else; a model of them would have its say here.
  return { survivors: rounds, rows: rows.length, active: activeCycles(rows.map((row) => row.survivors), array), cycles: null };
}
