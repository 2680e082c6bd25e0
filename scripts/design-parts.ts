/** What an elaborated design has: its memories, and the widths of its modules' ports, by instances from the top down. */

import type { Circuit, LogicModule, MemoryModule } from "lapa";

export interface Placed<T> {
  /** Names of the instances from the top's on, without their `u_`: `core.execution.values.words_0`. The top itself is "". */
  readonly path: string;
  readonly module: T;
}

/** Every instance of a memory, and every instance of anything else, the top first. */
export function partsOf(circuit: Circuit): { readonly memories: readonly Placed<MemoryModule>[]; readonly modules: readonly Placed<LogicModule>[] } {
  const byName = new Map(circuit.modules.map((m) => [m.name, m]));
  const memories: Placed<MemoryModule>[] = [];
  const modules: Placed<LogicModule>[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    const module = byName.get(name)!;
    const placed = path.join(".");
    if (module.kind === "memory") memories.push({ path: placed, module });
    else {
      modules.push({ path: placed, module });
      for (const instance of module.instances) visit(instance.module, [...path, instance.name.replace(/^u_/, "")]);
    }
  };
  visit(circuit.top, []);
  return { memories, modules };
}

/** Bits of all ports of an instance whose names match; 0 where there is no such instance or port. */
export function portBits(modules: readonly Placed<LogicModule>[], path: string, ports: RegExp): number {
  const module = modules.find((m) => m.path === path)?.module;
  return (module?.ports ?? []).filter((p) => ports.test(p.name)).reduce((bits, p) => bits + p.width, 0);
}
