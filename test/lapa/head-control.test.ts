import { parseConfig } from "../../generator/lapa/config-schema";
import { HeadControl } from "../../generator/lapa/head-control";
import type { SpeculationParameters } from "../../generator/lapa/speculation-format";
import type { SpeculationConfig } from "../../generator/lapa/unit-config";
import { speculationParameters } from "../../generator/lapa/units";
import { Simulator } from "../../sim/engines/builtin";
import { aliveCount } from "../../sim/golden/speculation";
import { build } from "./build";

const maxKeys = 8192;
const config = parseConfig({ unit: "speculation", headDim: 1, maxKeys, keysPerCycle: 1 }, "test") as SpeculationConfig;
const params: SpeculationParameters = { ...speculationParameters(config), keyBanks: 2 };
const { circuit } = build(HeadControl, params);

/** A head that brings no keys, up to its first row. */
function begun(rows: number, nValid: number, causal: boolean, offset: number): Simulator {
  const sim = new Simulator(circuit);
  sim.reset();
  const word = { valid: 1, rows, n_valid: nValid, causal: causal ? 1 : 0, offset };
  for (const [name, value] of Object.entries(word)) sim.poke(`head_${name}`, BigInt(value));
  sim.step();
  sim.poke("head_valid", 0n);
  sim.step();
  return sim;
}

/** Takes rows, each in the cycle in which the one before it leaves, until no more are taken. */
function rowsOf(sim: Simulator, each: (row: number) => void = () => undefined): number {
  let row = 0;
  for (const name of ["row_taken", "row_issued", "row_done"]) sim.poke(name, 1n);
  while (sim.peek("takes_rows") === 1n && row <= 65536) {
    each(row++);
    sim.step();
  }
  return row;
}

test.each([1, 4095, 4096, 32768, 65535])("a head of %i rows takes as many, and then ends", (rows) => {
  const sim = begun(rows, 1, false, 0);
  expect(sim.peek("busy")).toBe(1n);
  expect(rowsOf(sim)).toBe(rows);
  sim.step();
  expect(sim.peek("busy")).toBe(0n);
});

test.each([[-65536, maxKeys], [-60000, 5000], [-8192, maxKeys], [0, 4097], [65535, maxKeys]])("with offset %i rows see what the contract says, to the last of 65,535", (offset, nValid) => {
  const sim = begun(65535, nValid, true, offset);
  const wrong: string[] = [];
  const rows = rowsOf(sim, (row) => {
    const [got, expected] = [Number(sim.peek("alive")), aliveCount(row, { nValid, causal: true, offset })];
    if (got !== expected) wrong.push(`row ${row}: ${got}, not ${expected}`);
  });
  expect([rows, wrong]).toEqual([65535, []]);
});
