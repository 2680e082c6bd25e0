/** Heads through the accelerator, from bus to bus. */

import { attentionParts } from "../generator/lapa/attention";
import type { TopConfig } from "../generator/lapa/unit-config";
import type { ExecutionParameters } from "../generator/lapa/execution-format";
import { attentionParameters, benchName, topParameters } from "../generator/lapa/units";
import { activeCycles, type ArrayShape } from "./cycles/array-work";
import { AttentionWork } from "./cycles/attention-work";
import { sweep } from "./cycles/execution";
import { topCycles } from "./cycles/top";
import type { Counts } from "./driver/conversation";
import { HostSession } from "./driver/session";
import { type AttentionHead, headRows, type RowHistory } from "./vectors/attention-vectors";
import type { DescribedVectors } from "./vectors/described";
import type { ExpectedHead } from "./vectors/packets";
import { Coverage } from "./verification/coverage";
import { declareHost, hitAccesses, hitOverlaps } from "./verification/host/coverage";
import { beforehand, type Misconduct, misbehave } from "./verification/host";
import { SmallHeads } from "./verification/host/small-heads";

/** Heads that are in flight together, now and then: two are at most, so that the third one has to wait. */
const flightSizes = [1, 3];

/** What comes of heads, by the golden models. @param observe is shown how every row of every head came about, in order. */
export function expectedHeads(config: TopConfig, heads: readonly AttentionHead[], observe: (row: RowHistory, head: number) => void = () => undefined): ExpectedHead[] {
  return heads.map((head, h) => ({ head, rows: [...headRows(head, config, (row) => observe(row, h))] }));
}

/** What a host does besides running heads. */
export interface HostConduct extends Pick<Misconduct, "extent"> {
  /** Of its heads, and of what it writes. */
  readonly seed: number;
}

export interface TopVectors extends DescribedVectors {
  /** What the host has done to registers and bus. */
  readonly coverage: Coverage;
  /** Of each head, in order, what its register CYCLES counts; null where it is not read. */
  readonly cycles: readonly (number | null)[];
}

/**
 * Vectors of the unit `top` for some heads: the first by itself, then three that are started as soon as they can be, and so on.
 * Those without a query are refused.
 * @param stalls whether streams may stall: then the registers that count cycles and stalls are not read.
 * @param host what the host does besides; nothing where it is left out.
 */
export function topVectorsOfHeads(config: TopConfig, expected: readonly ExpectedHead[], stalls: boolean, host?: HostConduct): TopVectors {
  const { headDim, maxKeys, beatBytes } = config;
  const params = topParameters(config);
  const array = attentionParts(params).execution;
  const session = new HostSession({ design: benchName(config), headDim, beatBytes, format: config }, params);
  const heads = new SmallHeads({ headDim, maxKeys, beatBytes, format: config }, host?.seed ?? 1);
  const coverage = new Coverage();
  declareHost(coverage, session.map, heads.packets, beatBytes);
  if (host !== undefined) beforehand(session, heads, { ...host, stalls });
  session.identify();
  // A head that starts before the masks are cleared takes longer than the model says. Reading constants changes nothing but the time.
  if (!stalls) while (!isCleared(session, array)) session.identify();
  const counted = new Map<ExpectedHead, number>();
  for (const flight of flights(expected)) {
    const [first] = flight;
    if (flight.length > 1) {
      session.fly(flight);
      continue;
    }
    if (!stalls && first.rows.length > 0) counted.set(first, cyclesOf(first, config));
    session.run(first, countsOf(first, array, counted.get(first) ?? null));
  }
  if (host !== undefined) misbehave(session, heads, { ...host, stalls }, coverage);
  hitAccesses(coverage, session.map, session.script.exchanges);
  hitOverlaps(coverage, session.script.exchanges);
  return { coverage, ...session.script.vectors(), cycles: expected.map((e) => counted.get(e) ?? null) };
}

/** Whether the unit's masks, which are cleared after reset, are so when all this has been said: no access takes less than three cycles. */
function isCleared({ script }: HostSession, array: ExecutionParameters): boolean {
  return 3 * script.exchanges.length > sweep(array);
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
  const rounds = (rows[0]?.kept ?? []).map((_, r) => rows.reduce((sum, { kept }) => sum + kept[r], 0));
  return { survivors: rounds, rows: rows.length, active: activeCycles(rows.map((row) => row.survivors), array), cycles };
}
