/** The measuring of columns, with a library of five cells. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";

const script = resolve(__dirname, "../../scripts/area.js");
let folder = "";
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), "lapa area-")); });
afterAll(() => rmSync(folder, { recursive: true }));

const pin = (name: string, more = ""): string => `pin(${name}) { direction : input; capacitance : 1; ${more}}`;
const table = (value: number): string => `(grid) { values("${value}, ${value}", "${value}, ${value}"); }`;
const arc = (from: string): string => `timing() { related_pin : "${from}";
  cell_rise ${table(1)} cell_fall ${table(1)} rise_transition ${table(0)} fall_transition ${table(0)} }`;
const gate = (name: string, area: number, inputs: readonly string[], value: string): string => `cell(${name}) { area : ${area};
  ${inputs.map((i) => pin(i)).join("\n")} pin(Y) { direction : output; function : "${value}"; ${inputs.map(arc).join("\n")} } }`;

/** Buffer, inverter, NAND, NOR, and a flip-flop of a given area; every gate takes 1 ns. */
const library = (flipFlop: number): string => `library(small) { delay_model : table_lookup; time_unit : "1ns"; capacitive_load_unit(1, pf);
  lu_table_template(grid) { variable_1 : input_net_transition; variable_2 : total_output_net_capacitance; index_1("0, 1"); index_2("0, 1"); }
  ${gate("BUF", 2, ["A"], "A")} ${gate("INV", 1, ["A"], "!A")} ${gate("NAND", 2, ["A", "B"], "!(A&B)")} ${gate("NOR", 2, ["A", "B"], "!(A|B)")}
  cell(DFF) { area : ${flipFlop}; ff(IQ, IQN) { clocked_on : "C"; next_state : "D"; } ${pin("C", "clock : true; ")} ${pin("D")} pin(Q) { direction : output; function : "IQ"; } } }`;

interface Figures {
  readonly features: number;
  readonly figures: readonly { column: string; rowIsShared: boolean; registersAt: string; area: number; flipFlops: number; nanoseconds: number; ratio: number }[];
}

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
}

function figures(flipFlop: number): Figures {
  const file = join(folder, "small cells.lib");
  writeFileSync(file, library(flipFlop));
  const { status, stdout, stderr } = run("--liberty", file, "--features", "4", "--json");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return JSON.parse(stdout) as Figures;
}

test("areas are those of the cells; columns are compared with multipliers that have the same registers", () => {
  const [small, large] = [figures(10), figures(17)];
  expect(small.features).toBe(4);
  small.figures.forEach((f, i) => {
    expect(large.figures[i]!.area - f.area).toBe(7 * f.flipFlops);
    expect(Number.isInteger(f.nanoseconds) && f.nanoseconds > 0).toBe(true);
    const whole = small.figures.find((g) => g.column === "8 x 8 multipliers" && g.rowIsShared === f.rowIsShared && g.registersAt === f.registersAt)!;
    expect(f.ratio).toBe(f.area / whole.area);
  });
  // Four features: operands, then four products or two sums of them, then the sum.
  const flipFlops = (column: string): number[] => small.figures.filter((f) => f.column === column).map((f) => f.flipFlops);
  expect(flipFlops("8 x 8 multipliers")).toEqual([64 + 64 + 18, 64 + 2 * 17 + 18, 32 + 2 * 17 + 18]);
  // Slices and codes of 4 bits each, and a correction; then terms of 10 bits or sums of 11; then the score, of 13 bits.
  expect(flipFlops("slices of 4 bits")).toEqual([16 + 16 + 13 + 40 + 13, 16 + 16 + 13 + 22 + 13, 16 + 22 + 13]);
}, 300_000);

test("as a table, and with a library that is compressed", () => {
  const file = join(folder, "cells.lib.gz");
  writeFileSync(file, gzipSync(library(10)));
  const { status, stdout, stderr } = run("--liberty", file, "--features", "1");
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^Yosys \S+, 1 feature\n\nevery column holds the row; registers behind the terms\n +area +flip-flops +ns +ratio\n {2}8 x 8 multipliers +[\d,]+ +48 +\d+\.00 +1\.000\n/);
}, 300_000);

test.each<[string, string[], string]>([
  ["no library", [], "error: --liberty is missing\n  hint: node dist/scripts/area.js --liberty FILE"],
  ["an unknown option", ["--librty", "x"], "error: Unknown option '--librty'"],
  ["a number of features that is none", ["--liberty", "x", "--features", "0"], "error: --features is 0; choose an integer from 1 to 256"],
  ["a library that is not there", ["--liberty", "/nowhere.lib"], "error: cannot read the library /nowhere.lib: ENOENT"],
  ["a file that is no library", ["--liberty", script, "--features", "1"], "error: yosys cannot map lapa_multiplier_column to this library:\n"],
])("%s", (_, args, message) => {
  const { status, stdout, stderr } = run(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr.slice(0, message.length)).toBe(message);
  expect(stderr).not.toContain("    at ");
});
