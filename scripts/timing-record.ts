/** What happens in the speculation unit, cycle by cycle, in the built-in engine. */

import { build } from "../generator/build";
import { speculationFormat } from "../generator/lapa/speculation-format";
import { elaborateUnit, speculationParameters } from "../generator/lapa/units";
import { runBench } from "../sim/engines/builtin/bench";
import { Simulator } from "../sim/engines/builtin";
import { vectorsOfHeads } from "../sim/speculation-heads";
import type { WorkedExample } from "../sim/worked-example";

/** What a lane of the diagram shows in a cycle: something of a row, or (row null) of none; null for nothing. */
export interface Event {
  readonly row: number | null;
  readonly label: string;
}

export interface Cycle {
  readonly busy: boolean;
  /** By the names of the lanes. */
  readonly events: Readonly<Record<string, Event | null>>;
}

/** A simulation that is looked at before every edge, when all is settled. */
class Observed extends Simulator {
  observe: () => void = () => undefined;

  override edge(): void {
    this.observe();
    super.edge();
  }
}

/** Counts rows past a place in a round, where only their last words are marked. */
class RowCounter {
  private row = 0;

  /** The row at hand, to which what happens in this cycle belongs. */
  next(ends: boolean): number {
    return ends ? this.row++ : this.row;
  }
}

/**
 * Runs the head without stalls, and compares all that comes out.
 * @returns the cycles from the head's word to the last survivor, and one more. @throws Error where something differs from the golden model.
 */
export async function record({ config, head }: WorkedExample): Promise<Cycle[]> {
  const { circuit } = build(elaborateUnit(config), { configuration: null, dialect: "verilog" }).design;
  const { vectors, cycles } = vectorsOfHeads(config, [head]);
  const sim = new Observed(circuit);
  const seen: Cycle[] = [];
  const watch = watcher(sim, speculationFormat(speculationParameters(config)).rounds.map(({ lanes }) => lanes));
  // Nothing is offered during reset.
  sim.observe = () => { if (seen.length > 0 || sim.peek("head_valid") === 1n) seen.push(watch()); };
  const result = await runBench(sim, vectors, { stalls: { seed: 1, input: 0, output: 0 } });
  if (result.verdict !== "pass" || result.cycles !== cycles) throw new Error(`the simulation ended with ${result.verdict} after ${result.cycles} cycles, not ${cycles}`);
  return seen.slice(0, cycles + 1);
}

/** Looks at a cycle. */
function watcher(sim: Simulator, lanes: readonly number[]): () => Cycle {
  const is = (name: string): boolean => sim.peek(name) === 1n;
  const moves = (stream: string): boolean => is(`${stream}_valid`) && is(`${stream}_ready`);
  const [keys, queries] = [new RowCounter(), new RowCounter()];
  const inRounds = lanes.map((count, r) => roundWatcher(sim, r, count));
  const output = (stream: string, field: string): Event | null =>
    (moves(stream) ? { row: Number(sim.peek(`${stream}_row`)), label: field === "" ? "" : String(sim.peek(`${stream}_${field}`)) } : null);
  return () => {
    const [key, query] = [moves("keys"), moves("queries")];
    const taken = queries.next(query);
    return {
      busy: is("busy"),
      events: {
        head: moves("head") ? { row: null, label: "" } : null,
        keys: key ? { row: null, label: String(keys.next(true)) } : null,
        queries: query ? { row: taken, label: String(taken) } : null,
        ...Object.assign({}, ...inRounds.map((round) => round())) as Cycle["events"],
        survivors: output("survivors", "key"), masks: output("masks", ""),
        ...Object.fromEntries(inRounds.map((_, r) => [`statistics_${r}`, output(`statistics_${r}`, "")])),
      },
    };
  };
}

/** Of round r: `read_<r>`, `scores_<r>`, `threshold_<r>`, `compare_<r>`. */
function roundWatcher(sim: Simulator, r: number, lanes: number): () => Cycle["events"] {
  const at = `u_rounds_${r}`;
  const is = (name: string): boolean => sim.peek(`${at}.${name}`) === 1n;
  const [issued, scored, compared] = [new RowCounter(), new RowCounter(), new RowCounter()];
  const waiting: boolean[] = [];
  let thresholds = 0;
  const count = (name: string): string => String(Array.from({ length: lanes }, (_, k) => is(`${name}_${k}`)).filter(Boolean).length);
  return () => {
    const reads = is("u_issue.issues");
    const ends = reads && is("u_issue.ends");
    if (reads) waiting.push(ends);
    const scores = is("u_ddf.u_buffer.scored");
    const row = issued.next(ends);
    const label = r === 0 ? String(sim.peek(`${at}.u_issue.group`)) : count("u_issue.live");
    const known = is("u_ddf.u_threshold_threshold.out_valid");
    const begins = known && is("u_ddf.u_threshold_threshold.out_ready");
    const compares = is("u_ddf.filter_comparing");
    const events = {
      [`read_${r}`]: reads ? { row, label } : null,
      [`scores_${r}`]: scores ? { row: scored.next(waiting.shift()!), label: "" } : null,
      [`threshold_${r}`]: known ? { row: thresholds, label: "" } : null,
      [`compare_${r}`]: compares ? { row: compared.next(is("u_ddf.list_ends")), label: count("u_ddf.push") } : null,
    };
    if (begins) thresholds++;
    return events;
  };
}
