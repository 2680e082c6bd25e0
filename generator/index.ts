/** The public API of the package `lapa`. */

export type * from "./ir/types";
export { fits, fromHex, log2Ceil, mask, signedWidth, toHex, unsignedWidth } from "./ir/bits";
export { memoryPorts } from "./ir/memory-ports";
export { type Code, type Diagnostic, DiagnosticError, formatDiagnostic, formatLocation, isError, Reporter } from "./diagnostics/diagnostic";
export { UserError } from "./errors";
export type { AlocFormat, LogSide, Rounding } from "./lapa/config";
export { elaborate, type ElaborateOptions } from "./hdl/elaborate";
export { Module, type ModuleClass, type Parameters, type RegOptions, type Reset } from "./hdl/module";
export { concat, literal, Signal } from "./hdl/signal";
export { Type } from "./hdl/types";
export type { Ports } from "./hdl/instance";
export { connect, Stream } from "./hdl/stream";
export { switchOn, type Switch, when, type When } from "./hdl/when";
export * from "./hdl/public-types";
export { verilogModule } from "./emit/verilog";
export { runPasses } from "./passes";
export { elaborateFile, type FileOptions } from "./elaborate-file";
export { emitFolder, type FolderOptions } from "./emit/collateral";
export type { Dialect } from "./emit/dialect";
export { printable } from "./passes/printable";
