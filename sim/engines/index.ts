/** Every simulator, by name. */

import { UserError } from "../../generator/errors";
import { builtinEngine } from "./builtin";
import type { Engine } from "./engine";
import { icarusEngine } from "./icarus";
import { verilatorEngine } from "./verilator";

const registry: readonly Engine[] = [builtinEngine, icarusEngine, verilatorEngine];

export function engines(): readonly Engine[] {
  return registry;
}

/** @throws UserError when there is no such engine; whether it can run here is another question (`Engine.version`). */
export function engineByName(name: string): Engine {
  const engine = registry.find((e) => e.name === name);
  if (engine === undefined) throw new UserError(`there is no engine "${name}"`, `choose one of ${registry.map((e) => e.name).join(", ")}`);
  return engine;
}
