/** `lapa elaborate`: a designer's own module, as Verilog or as a circuit. */

import { UserError } from "../errors";
import type { Json } from "../ir/types";
import { command } from "./command";
import { resetKinds } from "./configuration";

type Parameters = { readonly [key: string]: Json };

/** The parameters given as JSON. @throws UserError when they are not an object. */
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

export const elaborateCommand = command({
  positional: { name: "file", describe: "a TypeScript file that exports a module (import { Module } from \"lapa\")", required: true },
  options: {
    top: { type: "string", describe: "The exported module to elaborate, where there are several" },
    params: { type: "string", describe: "Its parameters as a JSON object, over its static defaults" },
    name: { type: "string", describe: "Name of the top module in Verilog" },
    reset: { choices: resetKinds, default: "sync-high", describe: "How registers are reset" },
    ir: { type: "boolean", describe: "Print the circuit as JSON instead of Verilog" },
  },
  examples: [
    ["elaborate counter.ts", "Print the Verilog of the module that the file exports"],
    ["elaborate counter.ts --params '{ \"width\": 16 }'", "With other parameters"],
    ["elaborate blocks.ts --top Fifo --reset async-low", "One of several modules, with another reset"],
    ["elaborate counter.ts --ir", "The circuit before printing"],
  ],
  run: async ({ operand, top, params, name, reset, ir }, { say }) => {
    const { chooseModule } = require("../source/choose-module") as typeof import("../source/choose-module");
    const { loadDesign } = require("../source/load-design") as typeof import("../source/load-design");
    const { elaborate } = require("../hdl/elaborate") as typeof import("../hdl/elaborate");
    const { module, defaults } = chooseModule(loadDesign(operand!), top);
    const parameters = params === undefined ? defaults : { ...defaults, ...parseParameters(params) };
    const circuit = elaborate(module, parameters, { reset, ...(name === undefined ? {} : { name }) });
    if (ir) say(JSON.stringify(circuit, null, 2));
    return { ok: true, result: { circuit } };
  },
});
