/** What the tools say about emitted Verilog: nothing. */

import type { Dialect } from "../../generator/emit/dialect";
import { printable } from "../../generator/passes/printable";
import type { Circuit } from "../../generator/ir/types";
import { files, inFolder, said } from "./tools";
import { memory, zoo } from "./zoo";

/** What a tool says about each circuit, those about which it says nothing left out. */
function complaints(dialect: Dialect, tool: (folder: string, sources: string[], top: string) => string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const circuit of zoo()) {
    const emitted = files(printable(circuit), dialect);
    const text = inFolder(emitted, (folder) => tool(folder, [...emitted.keys()], circuit.top));
    if (text !== "") found[circuit.top] = text;
  }
  return found;
}

const icarus = (folder: string, sources: string[], top: string, language: string): string =>
  said(folder, "iverilog", language, "-Wall", "-s", top, "-o", "design.vvp", ...sources);
const yosys = (folder: string, sources: string[], top: string, read: string): string =>
  said(folder, "yosys", "-q", "-p", `${read} ${sources.join(" ")}; hierarchy -check -top ${top}; proc; check -assert`);
const verilator = (folder: string, sources: string[], top: string): string =>
  said(folder, "verilator", "--lint-only", "-Wall", "--top-module", top, ...sources);

describe.each<[Dialect, string, string]>([["verilog", "-g2005", "read_verilog"], ["systemverilog", "-g2012", "read_verilog -sv"]])("%s", (dialect, language, read) => {
  test("Icarus has no warning", () => expect(complaints(dialect, (f, s, top) => icarus(f, s, top, language))).toEqual({}));
  test("Verilator has no warning", () => expect(complaints(dialect, verilator)).toEqual({}));
  test("Yosys has no warning and finds no problem", () => expect(complaints(dialect, (f, s, top) => yosys(f, s, top, read))).toEqual({}));
});

test.each<[string, Circuit]>([["one lane", memory(16, 8)], ["lanes, depth not a power of two", memory(16, 5, 4)], ["one word", memory(9, 1)]])("Yosys finds one memory: %s", (_, circuit) => {
  const emitted = files(printable(circuit));
  const text = inFolder(emitted, (folder) =>
    said(folder, "yosys", "-q", "-p", `read_verilog ${[...emitted.keys()].join(" ")}; hierarchy -top ${circuit.top}; proc; flatten; opt; memory -nomap; select -assert-count 1 t:$mem_v2`));
  expect(text).toBe("");
});
