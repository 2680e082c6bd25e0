/** The library of hardware, importable as `lapa/units`: the accelerator's units, and the blocks that they are made of. */

export { Aloc, type AlocParameters } from "./lapa/aloc";
export { AlocDot, type AlocDotParameters } from "./lapa/aloc-dot";
export { AlocEncoder } from "./lapa/aloc-encoder";
export { codeLayout, type CodeLayout, largestTerm } from "./lapa/aloc-format";
export { AlocShifter } from "./lapa/aloc-shifter";
export { Pe, PeArray, type PeArrayParameters, type PeParameters } from "./lapa/pe-array";
export { adderTree, type Summand, summand, treeLevels } from "./lib/adder-tree";
export { LeadingOne, type Leading, leadingOne } from "./lib/leading-one";
export { PipelineControl } from "./lib/pipeline";
