/** From a designer's file to a circuit. */

import { elaborate, type ElaborateOptions } from "./hdl/elaborate";
import type { Parameters } from "./hdl/module";
import type { Circuit } from "./ir/types";

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
  // Required here and not above: a program with modules of its own has no use for it.
  const { chooseModule } = require("./source/choose-module") as typeof import("./source/choose-module");
  const { loadDesign } = require("./source/load-design") as typeof import("./source/load-design");
  const { module, defaults } = chooseModule(loadDesign(file), options.top);
  return elaborate(module, { ...defaults, ...options.params }, options);
}

