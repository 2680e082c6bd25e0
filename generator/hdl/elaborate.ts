import type { Circuit, ResetKind } from "../ir/types";
import { Body } from "./body";
import { lower } from "./lower";
import type { Module, Parameters } from "./module";
import { nameProperties } from "./naming";
import { isolated } from "./trace";

/**
 * Runs a module's description and returns its circuit.
 * @param reset how registers are reset; default "sync-high".
 * @throws DiagnosticError with what is wrong in the design, located in the designer's TypeScript.
 */
export function elaborate<P extends Parameters>(
  module: new (params: P) => Module<P>,
  params: P,
  options: { readonly reset?: ResetKind } = {},
): Circuit {
  const body = new Body(module.name);
  const made = isolated(() => body.describe(() => {
    const m = new module(params);
    nameProperties(m);
    m.build();
    return m;
  }));
  const top = lower(made.moduleName, params, body);
  return { schema: "lapa-ir/1", top: top.name, reset: options.reset ?? "sync-high", modules: [top] };
}
