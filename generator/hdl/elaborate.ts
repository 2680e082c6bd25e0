import { Reporter } from "../diagnostics/diagnostic";
import type { Circuit, ResetKind } from "../ir/types";
import { Design } from "./design";
import { collecting } from "./problem";
import type { Module, ModuleClass, Parameters } from "./module";

/**
 * Runs a module's description, and those of the modules it is made of, and returns the circuit.
 * @param reset how registers are reset; default "sync-high".
 * @throws DiagnosticError with what is wrong in the design, located in the designer's TypeScript.
 */
export function elaborate<P extends Parameters, M extends Module<P>>(
  module: ModuleClass<P, M>,
  params: P,
  options: { readonly reset?: ResetKind } = {},
): Circuit {
  const design = new Design();
  const top = collecting(new Reporter(), () => design.shape(module, params).name);
  return { schema: "lapa-ir/1", top, reset: options.reset ?? "sync-high", modules: design.modules };
}
