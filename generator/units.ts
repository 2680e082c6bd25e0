/** The library of hardware, importable as `lapa/units`: the accelerator's units, and the blocks that they are made of. */

export { Aloc, type AlocParameters } from "./lapa/aloc";
export { AlocDot, type AlocDotParameters } from "./lapa/aloc-dot";
export { AlocEncoder } from "./lapa/aloc-encoder";
export { codeLayout, type CodeLayout, largestTerm } from "./lapa/aloc-format";
export { AlocShifter } from "./lapa/aloc-shifter";
export { Pe, type PeParameters } from "./lapa/pe";
export { PeArray, peArrayLatency, type PeArrayParameters } from "./lapa/pe-array";
export { PeRow, type PeRowParameters } from "./lapa/pe-row";
export { adderTree, type Summand, summand, treeLevels } from "./lib/adder-tree";
export { LeadingOne, type Leading, leadingOne } from "./lib/leading-one";
export { PipelineControl } from "./lib/pipeline";
export { SkewRegisters, type SkewRegistersParameters } from "./lib/skew-registers";
