/** From an elaborated circuit to the files of its output folder. */

import type { Diagnostic, Reporter } from "./diagnostics/diagnostic";
import { emitFolder, isVerilogFor, type Use, type VerilogFile } from "./emit/collateral";
import type { Dialect } from "./emit/dialect";
import type { Circuit, Json } from "./ir/types";
import { runPasses } from "./passes";

export interface BuildOptions {
  /** What the circuit was made from, for the manifest; null for a module of a designer's file. */
  readonly configuration: Json;
  readonly dialect: Dialect;
  /** Other files that belong into the folder, by path. */
  readonly beside?: ReadonlyMap<string, string>;
  /** With what elaboration found; receives the rest. By default a new one. */
  readonly reporter?: Reporter;
}

export interface Built {
  readonly warnings: readonly Diagnostic[];
  /** The whole folder: Verilog, file list, manifest, names. Contents by path. */
  readonly files: ReadonlyMap<string, string>;
  /** What can be simulated: the circuit after the passes, and the Verilog with the models of black boxes. */
  readonly design: { readonly circuit: Circuit; readonly files: readonly VerilogFile[] };
  /** What is synthesised and linted: the Verilog with the stubs of black boxes. */
  readonly synthesis: readonly VerilogFile[];
}

/** Checks a circuit and prints it. @throws DiagnosticError with all that is wrong. */
export function build(elaborated: Circuit, { reporter, ...options }: BuildOptions): Built {
  const { circuit, warnings } = runPasses(elaborated, reporter);
  const files = emitFolder(circuit, options);
  const verilog = (use: Use): VerilogFile[] => [...files].filter(([name]) => isVerilogFor(use, name)).map(([name, text]) => ({ name, text }));
  return { warnings, files, design: { circuit, files: verilog("simulation") }, synthesis: verilog("synthesis") };
}
