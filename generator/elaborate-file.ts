/** From a designer's file to a circuit. */

import { elaborate, type ElaborateOptions } from "./hdl/elaborate";
import type { Parameters } from "./hdl/module";
import type { Circuit } from "./ir/types";
import { chooseModule } from "./source/choose-module";
import { loadDesign } from "./source/load-design";

export interface FileOptions extends ElaborateOptions {
  /** Which of the exported modules is the top; needed where there are several. */
  readonly top?: string;
  /** Parameters of the top; they override the class's `static defaults`. */
  readonly params?: Parameters;
}

/**
 * Loads, instruments and elaborates a designer's TypeScript file.
 * @throws UserError when there is no such file; DiagnosticError with what is wrong in it, located in the TypeScript.
 */
export function elaborateFile(file: string, options: FileOptions = {}): Circuit {
  const { module, defaults } = chooseModule(loadDesign(file), options.top);
  return elaborate(module, { ...defaults, ...options.params }, options);
}

