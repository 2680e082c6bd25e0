export { builtinEngine } from "./engine";
export { simulate, Simulator } from "./simulator";
export type { PlacedPort } from "./simulator";
export type { TextSink } from "./vcd";
