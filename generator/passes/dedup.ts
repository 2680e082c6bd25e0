/** Modules that do the same are one. */

import type { Circuit, Module } from "../ir/types";

/** Modules equal but for their names, parameters, places and what the designer called things: the first stays. */
export function mergeEqual(circuit: Circuit): Circuit {
  /** Modules that stay, by what is quickly said of them. */
  const alike = new Map<string, Candidate[]>();
  const renamed = new Map<string, string>();
  const modules: Module[] = [];
  for (const original of circuit.modules) {
    const m = original.kind === "logic" && renamed.size > 0
      ? { ...original, instances: original.instances.map((i) => ({ ...i, module: renamed.get(i.module) ?? i.module })) }
      : original;
    // The top keeps its name, and a macro's stub belongs to whoever fills it.
    if (m.name === circuit.top || (m.kind === "memory" && m.blackBox)) {
      modules.push(m);
      continue;
    }
    const outline = outlineOf(m);
    const others = alike.get(outline) ?? [];
    const candidate = new Candidate(m);
    const same = others.find((other) => other.content === candidate.content);
    if (same !== undefined) renamed.set(m.name, same.module.name);
    else {
      alike.set(outline, [...others, candidate]);
      modules.push(m);
    }
  }
  return { ...circuit, modules };
}

/** A module that another may be equal to. */
class Candidate {
  private text: string | null = null;

  constructor(readonly module: Module) {}

  get content(): string {
    return (this.text ??= contentOf(this.module));
  }
}

/** Equal for equal modules, and hardly ever for others. */
function outlineOf(m: Module): string {
  if (m.kind === "memory") return `${m.width} ${m.laneWidth} ${m.depth}`;
  return [...m.ports.map((p) => p.width), m.signals.length, m.instances.length, m.body.length].join(" ");
}

function contentOf(m: Module): string {
  const ignored = new Set(["loc", "source", "doc", "parameters"]);
  return JSON.stringify({ ...m, name: "" }, (key, value: unknown) => (ignored.has(key) ? undefined : value));
}
