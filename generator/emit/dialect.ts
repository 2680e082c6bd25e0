/** What differs between the dialects, and names that the whole circuit shares. */

import type { Circuit, Module } from "../ir/types";

/** Verilog-2005, or the part of SystemVerilog that says the same with clearer words. */
export type Dialect = "verilog" | "systemverilog";

/** The words of a dialect. Combinational processes are `always @*` in both: Icarus 11 has faults in `always_comb`. */
export interface Words {
  readonly extension: ".v" | ".sv";
  readonly input: string;
  readonly outputNet: string;
  readonly outputVariable: string;
  readonly net: string;
  readonly variable: string;
  readonly clocked: string;
}

export const words: { readonly [D in Dialect]: Words } = {
  verilog: {
    extension: ".v", input: "input  wire", outputNet: "output wire", outputVariable: "output reg",
    net: "wire", variable: "reg", clocked: "always",
  },
  // `wire logic`: under `default_nettype none` some tools refuse a port that names no net type.
  systemverilog: {
    extension: ".sv", input: "input  wire logic", outputNet: "output logic", outputVariable: "output logic",
    net: "logic", variable: "logic", clocked: "always_ff",
  },
};

/** The reset port's name in every module of the circuit that has one. */
export function resetPort({ reset }: Pick<Circuit, "reset">): "rst" | "rst_n" {
  return reset.endsWith("low") ? "rst_n" : "rst";
}

/** Clock and reset, as far as the module has them, in the order of the ports. */
export function implicitPorts(module: Module, circuit: Pick<Circuit, "reset">): string[] {
  if (module.kind === "memory") return ["clk"];
  return [...(module.clocked ? ["clk"] : []), ...(module.resettable ? [resetPort(circuit)] : [])];
}
