/** The library of hardware, importable as `lapa/units`: the accelerator's units, and the blocks that they are made of. */

export { Aloc, type AlocParameters } from "./lapa/aloc";
export { AlocDot, type AlocDotParameters } from "./lapa/aloc-dot";
export { AlocEncoder } from "./lapa/aloc-encoder";
export { codeLayout, type CodeLayout, largestTerm } from "./lapa/aloc-format";
export { AlocShifter } from "./lapa/aloc-shifter";
export { Attention, type AttentionParameters } from "./lapa/attention";
export { Ddf, type DdfParameters } from "./lapa/ddf";
export { Execution } from "./lapa/execution";
export type { ExecutionParameters } from "./lapa/execution-format";
export { Mrsa, type MrsaParameters } from "./lapa/mrsa";
export { Pe, type PeParameters } from "./lapa/pe";
export { PeArray, peArrayLatency, type PeArrayParameters } from "./lapa/pe-array";
export { PeRow, type PeRowParameters } from "./lapa/pe-row";
export { RoundingDivider, type RoundingDividerParameters } from "./lapa/rounding-divider";
export { SoftmaxLane, type SoftmaxLaneParameters } from "./lapa/softmax-lane";
export { Speculation } from "./lapa/speculation";
export type { SpeculationParameters } from "./lapa/speculation-format";
export { Top } from "./lapa/top";
export { adderTree, type Summand, summand, treeLevels } from "./lib/adder-tree";
export { Fifo, type FifoParameters } from "./lib/fifo";
export { LeadingOne, type Leading, leadingOne } from "./lib/leading-one";
export { PipelineControl } from "./lib/pipeline";
export { SkewRegisters, type SkewRegistersParameters } from "./lib/skew-registers";
