import { Reporter } from "../diagnostics/diagnostic";
import type { Circuit, ResetKind } from "../ir/types";
import { Design } from "./design";
import { collecting } from "./problem";
import type { Module, ModuleClass, Parameters } from "./module";

export interface ElaborateOptions {
  /** How registers are reset; default "sync-high". */
  readonly reset?: ResetKind;
  /** Name of the top module in Verilog; by default the module's own. */
  readonly name?: string;
  /** Receives what was found, warnings too. */
  readonly reporter?: Reporter;
}

/**
 * Runs a module's description, and those of the modules it is made of, and returns the circuit.
 * @throws DiagnosticError with all that is wrong in the design, located in the designer's TypeScript.
 */
export function elaborate<P extends Parameters, M extends Module<P>>(module: ModuleClass<P, M>, params: NoInfer<P>, options: ElaborateOptions = {}): Circuit {
  const { name = null, reset = "sync-high", reporter = new Reporter() } = options;
  const design = new Design(name, reset);
  const top = collecting(reporter, () => design.shape(module, params).name);
  return { schema: "lapa-ir/1", top, reset, modules: design.modules };
}
