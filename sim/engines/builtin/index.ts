export { builtinEngine } from "./engine";
export { Simulator } from "./simulator";
export type { PlacedPort } from "./simulator";
export type { TextSink } from "./vcd";
