/** The public API of the package `lapa`. */

export type * from "./ir/types";
export { fits, fromHex, log2Ceil, mask, signedWidth, toHex, unsignedWidth } from "./ir/bits";
export { memoryPorts } from "./ir/memory-ports";
export { type Code, type Diagnostic, DiagnosticError, formatDiagnostic, formatLocation, isError, Reporter } from "./diagnostics/diagnostic";
export { UserError } from "./errors";
export type { AlocFormat, LogSide, Rounding } from "./lapa/config";
export { elaborate } from "./hdl/elaborate";
export { Module, type Parameters, type RegOptions } from "./hdl/module";
export { concat, mux, Signal } from "./hdl/signal";
export { when, type When } from "./hdl/when";
export * from "./hdl/public-types";
export { verilogModule } from "./emit/verilog";
