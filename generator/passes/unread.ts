/** Check: what a designer wrote is read by something that reaches an output. */

import type { Reporter } from "../diagnostics/diagnostic";
import type { Circuit, Location, LogicModule } from "../ir/types";
import { type Node, Sources } from "./sources";

/** Reports LAPA-W003 for signals and instances that reach no output; of a chain of them, for its end only. */
export function checkUnread(circuit: Circuit, reporter: Reporter): Circuit {
  for (const m of circuit.modules) if (m.kind === "logic") checkModule(m, reporter);
  return circuit;
}

interface Thing {
  readonly name: string;
  readonly loc: Location | null;
  /** The names by which it is read. */
  readonly readAs: readonly string[];
  /** What is reported where nothing reads it, and where only things do that read each other in a ring. */
  readonly unread: string;
  readonly inRing: string;
}

function checkModule(module: LogicModule, reporter: Reporter): void {
  const sources = Sources.of(module);
  const dead = thingsOf(module, sources.ofOutputs);
  if (dead.length === 0) return;
  const explained = new Set(sources.ofOutputs);
  const report = (t: Thing, message: string): void => {
    if (explained.has(t.name)) return;
    reporter.report("LAPA-W003", message, t.loc, "Remove it, or use it.");
    sources.reach([t.name], explained);
  };
  const read = sources.readByOthers();
  for (const t of dead) if (!t.readAs.some((name) => read.has(name))) report(t, t.unread);
  for (const t of dead) report(t, t.inRing);
}

/** Signals and instances that reach no output; what an instance drives is part of the instance. */
function thingsOf(module: LogicModule, reaching: ReadonlySet<Node>): Thing[] {
  const dead = new Map(module.signals.filter((s) => !reaching.has(s.name)).map((s) => [s.name, s]));
  for (const i of module.instances) for (const o of i.outputs) dead.delete(o.signal);
  const signals = [...dead.values()].map((s): Thing => {
    const text = `'${s.source}' of module '${module.name}'`;
    return { name: s.name, loc: s.loc, readAs: [s.name], unread: `${text} is never read`, inRing: `${text} reaches no output` };
  });
  const instances = module.instances.filter((i) => !reaching.has(i.name)).map((i): Thing => {
    const text = `instance '${i.name}' of module '${module.name}'`;
    return { name: i.name, loc: i.loc, readAs: i.outputs.map((o) => o.signal), unread: `nothing reads an output of ${text}`, inRing: `${text} reaches no output` };
  });
  return [...signals, ...instances];
}
