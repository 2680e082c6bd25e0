/** The language: what a design is written in. */

export { elaborate, type ElaborateOptions } from "./elaborate";
export { Module, type ModuleClass, type Parameters, type RegOptions, type Reset } from "./module";
export { concat, literal, Signal } from "./signal";
export { Type } from "./types";
export { connect, Stream } from "./stream";
export { switchOn, type Switch, when, type When } from "./when";
export * from "./public-types";
