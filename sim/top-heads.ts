/** Heads through the accelerator, from bus to bus. */

import { attentionParts } from "../generator/lapa/attention";
import { registerMap } from "../generator/lapa/register-map";
import type { TopConfig } from "../generator/lapa/unit-config";
import type { ExecutionParameters } from "../generator/lapa/execution-format";
import { attentionParameters, benchName, topParameters } from "../generator/lapa/units";
import { activeCycles, type ArrayShape } from "./cycles/array-work";
import { AttentionWork } from "./cycles/attention-work";
import { sweep } from "./cycles/execution";
import { topCycles } from "./cycles/top";
import { type Counts, flightConversation, headConversation, identification, refusal } from "./driver/conversation";
import { type AttentionHead, headRows, type RowHistory } from "./vectors/attention-vectors";
import type { DescribedVectors } from "./vectors/described";
import { type Exchange, type ExpectedHead, topVectors } from "./vectors/top-vectors";

/** Heads that are in flight together, now and then: two are at most, so that the third one has to wait. */
const flightSizes = [1, 3];

/** What comes of heads, by the golden models. @param observe is shown how every row of every head came about, in order. */
export function expectedHeads(config: TopConfig, heads: readonly AttentionHead[], observe: (row: RowHistory, head: number) => void = () => undefined): ExpectedHead[] {
  return heads.map((head, h) => ({ head, rows: [...headRows(head, config, (row) => observe(row, h))] }));
}

export interface TopVectors extends DescribedVectors {
  /** Of each head, in order, what its register CYCLES counts; null where it is not read. */
  readonly cycles: readonly (number | null)[];
}

/**
 * Vectors of the unit `top` for some heads: the first by itself, then three that are started as soon as they can be, and so on.
 * Those without a query are refused.
 * @param stalls whether streams may stall: then the registers that count cycles and stalls are not read.
 */
export function topVectorsOfHeads(config: TopConfig, expected: readonly ExpectedHead[], stalls: boolean): TopVectors {
  const { headDim, beatBytes } = config;
  const params = topParameters(config);
  const map = registerMap(params);
  const array = attentionParts(params).execution;
  const exchanges = identification(map);
  // A head that starts before the masks are cleared takes longer than the model says. Reading constants changes nothing but the time.
  if (!stalls) while (!isCleared(exchanges, array)) exchanges.push(...identification(map));
  const counted = new Map<ExpectedHead, number>();
  let ended = 0;
  for (const flight of flights(expected)) {
    const [first] = flight;
    if (first.rows.length === 0) {
      exchanges.push(...refusal(map, first.head));
      continue;
    }
    ended += flight.length;
    if (flight.length > 1) {
      exchanges.push(...flightConversation(map, flight.map((f) => f.head), ended));
      continue;
    }
    if (!stalls) counted.set(first, cyclesOf(first, config));
    exchanges.push(...headConversation(map, first.head, countsOf(first, array, counted.get(first) ?? null), ended));
  }
  const spec = { design: benchName(config), headDim, beatBytes, format: config };
  const vectors = topVectors(spec, exchanges, expected.filter(({ rows }) => rows.length > 0));
  return { ...vectors, cycles: expected.map((e) => counted.get(e) ?? null) };
}

/** Whether the unit's masks, which are cleared after reset, are so when all this has been said: no access takes less than three cycles. */
function isCleared(exchanges: readonly Exchange[], array: ExecutionParameters): boolean {
  return 3 * exchanges.length > sweep(array);
}

function cyclesOf({ head, rows }: ExpectedHead, config: TopConfig): number {
  const params = attentionParameters(config);
  const work = new AttentionWork(params, head.parameters);
  rows.forEach((row) => work.add(row));
  return topCycles(params, config.beatBytes, work.ofHead(head), head.keys.length / head.dim);
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

function countsOf({ rows }: ExpectedHead, array: ArrayShape, cycles: number | null): Counts {
  const rounds = rows[0].kept.map((_, r) => rows.reduce((sum, { kept }) => sum + kept[r], 0));
  return { survivors: rounds, rows: rows.length, active: activeCycles(rows.map((row) => row.survivors), array), cycles };
}
