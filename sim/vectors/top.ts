/** What a test bench has to know about a design's top module. */

import type { Circuit, Port, ResetKind } from "../../generator/ir/types";
import { memoryPorts } from "../../generator/ir/memory-ports";

export interface Top {
  readonly name: string;
  /** The names of all modules of the design, the top's among them. */
  readonly modules: readonly string[];
  readonly clocked: boolean;
  readonly resettable: boolean;
  readonly reset: ResetKind;
  /** Without clock and reset. */
  readonly ports: readonly Pick<Port, "name" | "direction" | "width">[];
}

/** @throws RangeError when the circuit lacks its own top module. */
export function topOf(circuit: Circuit): Top {
  const module = circuit.modules.find((m) => m.name === circuit.top);
  if (module === undefined) throw new RangeError(`the circuit has no module ${circuit.top}`);
  const { name } = module;
  const modules = circuit.modules.map((m) => m.name);
  return module.kind === "memory"
    ? { name, modules, clocked: true, resettable: false, reset: circuit.reset, ports: memoryPorts(module) }
    : { name, modules, clocked: module.clocked, resettable: module.resettable, reset: circuit.reset, ports: module.ports };
}
