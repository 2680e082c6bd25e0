/** What the driver is told to do in a test, and what it has to say of it: commands of harness.cpp with their answers. */

import { spawnSync } from "node:child_process";
import type { AttentionConfig } from "../../generator/lapa/unit-config";
import type { AttentionHead } from "../../sim/vectors/attention-vectors";
import { goldenHead } from "../lapa/attention-golden";

export interface Step {
  readonly command: string;
  /** A line; null where nothing is said. */
  readonly answer: string | null;
}

export const step = (command: string, answer: string | null = null): Step => ({ command, answer });

const flag = (is: boolean): number => (is ? 1 : 0);
const hex = (bytes: Iterable<number>): string => Array.from(bytes, (x) => (x & 255).toString(16).padStart(2, "0")).join("");

/** A start, with what it returns. */
export function start({ keys, queries, dim, loads, parameters: p, execution, dense }: AttentionHead, code = 0): Step {
  const rounds = p.mode === "radius" ? p.rounds.map(({ rho, guard }) => [rho, guard, 0]) : p.rounds.map(({ a }) => [0, 0, a]);
  const numbers = [
    keys.length / dim, queries.length / dim, p.nValid, p.offset, flag(p.causal), flag(p.mode === "blend"), flag(dense), flag(loads), execution.c, execution.s,
    ...rounds.flat(),
  ];
  return step(`start ${numbers.join(" ")}`, `start ${code}`);
}

/** Its packets for the DMA engines. */
export function send({ keys, values, queries, loads }: AttentionHead): Step[] {
  const loaded = loads ? [step(`keys ${hex(keys)}`), step(`values ${hex(values)}`)] : [];
  return [...loaded, step(`queries ${hex(queries)}`)];
}

/** Its outputs, as they should be; they must have come. */
export const receive = (config: AttentionConfig, head: AttentionHead): Step => step("outputs", `outputs ${hex(goldenHead(config, head).outputs)}`);

/** Waits for the end of more heads; on the bus a read takes some cycles. */
export const wait = (heads: number, reads = 20_000, code = 0): Step => step(`wait ${heads} ${reads}`, `wait ${code}`);

/** What is counted over heads that have run one behind the other. */
export function counters(config: AttentionConfig, ...heads: readonly AttentionHead[]): Step {
  const rows = heads.reduce((sum, h) => sum + h.queries.length / h.dim, 0);
  const survivors = config.slices.map((_, r) => heads.reduce((sum, h) => sum + goldenHead(config, h).survivors[r]!, 0));
  return step("counters", `counters rows ${rows} survivors ${survivors.join(" ")}`);
}

/** A whole head, with nothing before or after it. */
export const whole = (config: AttentionConfig, head: AttentionHead): Step[] =>
  [start(head), ...send(head), wait(1), receive(config, head), step("finish", "finish 0"), counters(config, head)];

/** Runs steps from reset on. @param seed of the pauses on all buses; 0 for none. */
export function expectSteps(program: string, seed: number, steps: readonly Step[]): void {
  const input = steps.map((s) => `${s.command}\n`).join("");
  const { status, stdout, error } = spawnSync(program, [String(seed)], { input, encoding: "utf8", timeout: 60_000 });
  if (error) throw error;
  expect(stdout.trimEnd().split("\n")).toEqual(steps.flatMap((s) => (s.answer === null ? [] : [s.answer])));
  expect(status).toBe(0);
}
