/** Which of the modules that a designer's file exports is the top. */

import { DiagnosticError, type Code } from "../diagnostics/diagnostic";
import { Module, type ModuleClass, type Parameters } from "../hdl/module";
import type { LoadedDesign } from "./load-design";

/** A module that can be elaborated, with the parameters that its class gives as `static defaults`. */
export interface ChosenModule {
  readonly name: string;
  readonly module: ModuleClass<Parameters, Module>;
  readonly defaults: Parameters;
}

/**
 * The module of this name, or the one that the file exports.
 * @throws DiagnosticError LAPA-E022 when the file exports no module, or none of the name; LAPA-E023 when it exports
 *   several and no name says which.
 */
export function chooseModule(design: LoadedDesign, name?: string): ChosenModule {
  const found = new Map<unknown, ChosenModule>();
  for (const [key, value] of Object.entries(design.exports)) {
    if (!isModule(value) || found.has(value)) continue;
    found.set(value, { name: key === "default" ? value.name : key, module: value, defaults: (value as { defaults?: Parameters }).defaults ?? {} });
  }
  const all = [...found.values()];
  const names = all.map((m) => m.name).join(", ");
  const complain = (code: Code, message: string, hint: string): never => {
    throw new DiagnosticError([{ code, message, loc: { file: design.file, line: 1, column: 1 }, hint, related: [] }]);
  };
  if (all.length === 0) return complain("LAPA-E022", "the file exports no module", "Export the class: export class Top extends Module<...>.");
  const chosen = name === undefined ? all : all.filter((m) => m.name === name);
  if (chosen.length === 0) return complain("LAPA-E022", `the file exports no module '${name}'`, `It exports ${names}.`);
  if (chosen.length > 1) return complain("LAPA-E023", `the file exports ${all.length} modules: ${names}`, "Name the one to elaborate: --top NAME.");
  return chosen[0]!;
}

const isModule = (value: unknown): value is ModuleClass<Parameters, Module> => typeof value === "function" && value.prototype instanceof Module;
