/** A designer's own file, from its name to Verilog. Loads no schema and no simulator. */

import type { Options } from "yargs";
import { build, type Built } from "../build";
import { Reporter } from "../diagnostics/diagnostic";
import type { Dialect } from "../emit/dialect";
import { UserError } from "../errors";
import { elaborate } from "../hdl/elaborate";
import type { Json, ResetKind } from "../ir/types";
import { chooseModule } from "../source/choose-module";
import { loadDesign } from "../source/load-design";
import { interruptible } from "../termination";
import { configurationOptions } from "./configuration";

export const designOptions = {
  top: { type: "string", describe: "The exported module to elaborate, where there are several" },
  params: { type: "string", describe: "Its parameters as a JSON object, over its static defaults" },
  name: { type: "string", describe: "Name of the top module in Verilog" },
  reset: { ...configurationOptions.reset, describe: "How registers are reset (default: sync-high)" },
  dialect: { ...configurationOptions.dialect, describe: "Verilog-2005 or SystemVerilog (default: verilog)" },
} as const satisfies Record<string, Options>;

export interface DesignArguments {
  readonly top?: string | undefined;
  readonly params?: string | undefined;
  readonly name?: string | undefined;
  readonly reset?: ResetKind | undefined;
  readonly dialect?: Dialect | undefined;
}

/**
 * Elaborates, checks and prints a module of a file.
 * @throws UserError for a missing file or parameters that are no JSON object; DiagnosticError for what is wrong in it.
 */
export function fileDesign(file: string, { top, params, name, reset, dialect = "verilog" }: DesignArguments): Built {
  const reporter = new Reporter();
  const circuit = interruptible(() => {
    const { module, defaults } = chooseModule(loadDesign(file), top);
    const parameters = params === undefined ? defaults : { ...defaults, ...parseParameters(params) };
    return elaborate(module, parameters, { reporter, ...(reset === undefined ? {} : { reset }), ...(name === undefined ? {} : { name }) });
  });
  return build(circuit, { configuration: null, dialect, reporter });
}

type Parameters = { readonly [key: string]: Json };

function parseParameters(text: string): Parameters {
  const hint = `write a JSON object: --params '{ "width": 8 }'`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(`--params is not JSON: ${(error as Error).message}`, hint);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new UserError(`--params is ${text}, not an object`, hint);
  return value as Parameters;
}
