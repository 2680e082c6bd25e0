/** For how many cycles engines are given corners and other heads that are chosen by what they exercise. */

import type { Engine } from "../../sim/engines/engine";
import type { UnitConfig } from "../lapa/unit-config";

/** A query takes tens of cycles and more, each of which is many columns. An array takes longer. */
const cycleLimits: Readonly<Record<"speculation" | "array", Readonly<Record<Engine["name"], number>>>> = {
  speculation: { builtin: 5000, icarus: 3600, verilator: Infinity },
  array: { builtin: 7500, icarus: 2700, verilator: Infinity },
};
/** Where no faster engine runs them all, times so many. */
const alone = 2;
/** For each query, where their number is limited. */
const cyclesOfQuery = 300;

const limitsOf = ({ unit }: UnitConfig): Readonly<Record<Engine["name"], number>> => cycleLimits[unit === "speculation" ? "speculation" : "array"];

/** @param all the engines that run: one has more to do where none is there that does everything. */
export function cyclesFor(config: UnitConfig, { name }: Engine, all: readonly Engine[]): number {
  const limits = limitsOf(config);
  return limits[name] * (all.every((e) => limits[e.name] <= limits[name]) ? alone : 1);
}

/** With so many queries at most, for any engine. */
export function cyclesWithin(config: UnitConfig, queries: number): number {
  return Math.min(limitsOf(config).builtin, queries * cyclesOfQuery);
}
