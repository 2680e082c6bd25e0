/** What a host says to the accelerator's registers, and what it has to hear. */

import { codeOf } from "../../generator/lapa/error-codes";
import type { AttentionHead } from "../vectors/attention-vectors";
import type { Exchange } from "../vectors/host-script";
import { interrupt, poll, read, type RegisterMap, write } from "./registers";

/** What the counters have to be when a head has ended. */
export interface Counts {
  /** Keys that are left after each round, over all rows. */
  readonly survivors: readonly number[];
  readonly rows: number;
  /** Cycles in which the array has operands. */
  readonly active: number;
  /** From start to done, where no stream stalls; null where nobody knows, or streams may. Then neither it nor stalls are read. */
  readonly cycles: number | null;
}

/** Reads everything that never changes. */
export function identification(map: RegisterMap): Exchange[] {
  return map.filter((r) => r.fields.every((f) => f.access === "constant"))
    .map(({ name, fields }) => read(map, name, Object.fromEntries(fields.map((f) => [f.name, Number(f.reset)]))));
}

/**
 * One head: programs it, starts it, waits for the interrupt and reads the counters.
 * @param ended heads that have ended then, since reset.
 */
export function headConversation(map: RegisterMap, head: AttentionHead, counts: Counts, ended: number): Exchange[] {
  return named(head, [...programming(map, head), start(map, head), interrupt, read(map, "HEADS_DONE", { heads_done: ended }), ...end(map), ...counters(map, counts)]);
}

/**
 * Heads in flight together: each is programmed while the one before is at work, and started as soon as it can be. Counters are not
 * read: what they have depends on whether a head was still in flight when the next one came.
 * @param heads at least one. @param ended heads that have ended when these have, since reset.
 */
export function flightConversation(map: RegisterMap, heads: readonly AttentionHead[], ended: number): Exchange[] {
  const starts = heads.flatMap((head) => named(head, [...programming(map, head), poll(map, "STATUS", { pending: 0 }), start(map, head)]));
  return [...starts, ...named(heads.at(-1)!, [poll(map, "HEADS_DONE", { heads_done: ended }), ...end(map)])];
}

/** A head without queries: it is refused, and the accelerator is as it was. */
export function refusal(map: RegisterMap, head: AttentionHead): Exchange[] {
  const status = read(map, "STATUS", { busy: 0, done: 0, error: 1, pending: 0, error_code: codeOf("rows") });
  return named(head, [...programming(map, head), start(map, head), interrupt, status, write(map, "STATUS", { error: 1 }), atRest(map)]);
}

export const named = ({ label }: AttentionHead, exchanges: readonly Exchange[]): Exchange[] => exchanges.map((e) => ({ ...e, label: `${label}: ${e.label}` }));

/** The registers of a head, but for those that its mode does not look at: they keep what they hold. */
export function programming(map: RegisterMap, { keys, queries, dim, loads, parameters, execution }: AttentionHead): Exchange[] {
  const { nValid, offset, causal, mode } = parameters;
  const rounds = parameters.mode === "blend"
    ? parameters.rounds.map(({ a }, r) => write(map, `WEIGHT_${r}`, { [`weight_${r}`]: a }))
    : parameters.rounds.flatMap(({ rho, guard }, r) => [
      ...pair(rho).map(([half, value]) => write(map, `RHO_${r}_${half}`, { [`rho_${r}_${half.toLowerCase()}`]: value })),
      write(map, `GUARD_${r}`, { [`guard_${r}`]: guard }),
    ]);
  return [
    write(map, "KEYS", { keys: keys.length / dim }), write(map, "ROWS", { rows: queries.length / dim }), write(map, "N_VALID", { n_valid: nValid }),
    write(map, "OFFSET", { offset }), write(map, "MODE", { causal: Number(causal), blend: mode === "blend" ? 1 : 0, load: Number(loads) }),
    write(map, "SCALE", { scale: execution.c }), write(map, "SHIFT", { shift: execution.s }), ...rounds,
  ];
}

export const start = (map: RegisterMap, { dense }: AttentionHead): Exchange => write(map, "CONTROL", { start: 1, irq_enable: 1, dense: Number(dense) });

const atRest = (map: RegisterMap): Exchange => read(map, "STATUS", { busy: 0, done: 0, error: 0, pending: 0, error_code: 0 });

/** The last head has ended: the accelerator comes to rest, and says nothing is wrong. */
export function end(map: RegisterMap): Exchange[] {
  return [
    poll(map, "STATUS", { busy: 0 }), read(map, "STATUS", { done: 1, error: 0, pending: 0, error_code: 0 }), write(map, "STATUS", { done: 1 }), atRest(map),
  ];
}

function counters(map: RegisterMap, { survivors, rows, active, cycles }: Counts): Exchange[] {
  const wide = (name: string, count: number): Exchange[] => pair(count).map(([half, value]) => read(map, `${name}_${half}`, { [`${name}_${half}`.toLowerCase()]: value }));
  return [
    ...(cycles === null ? [] : [...wide("CYCLES", cycles), read(map, "INPUT_STALLS", { input_stalls: 0 }), read(map, "OUTPUT_STALLS", { output_stalls: 0 })]),
    ...wide("PE_ACTIVE", active), read(map, "ROWS_DONE", { rows_done: rows }),
    ...survivors.map((count, r) => read(map, `SURVIVORS_${r}`, { [`survivors_${r}`]: count })),
  ];
}

/** A number as the two registers have it that hold its halves. */
function pair(value: number): (readonly ["LO" | "HI", number])[] {
  return [["LO", value % 2 ** 32], ["HI", Math.floor(value / 2 ** 32)]];
}
