/** Modules that do the same are one. */

import type { Circuit, Module } from "../ir/types";

/** Modules equal but for their names, parameters, places and what the designer called things: the first stays. */
export function mergeEqual(circuit: Circuit): Circuit {
  const first = new Map<string, string>();
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
    const content = contentOf(m);
    const same = first.get(content);
    if (same !== undefined) renamed.set(m.name, same);
    else {
      first.set(content, m.name);
      modules.push(m);
    }
  }
  return { ...circuit, modules };
}

function contentOf(m: Module): string {
  const ignored = new Set(["loc", "source", "doc", "parameters"]);
  return JSON.stringify({ ...m, name: "" }, (key, value: unknown) => (ignored.has(key) ? undefined : value));
}
