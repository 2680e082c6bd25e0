/** Memories left to SRAM macros: simulators get what they do, linters and synthesis their ports, each of them once. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Circuit, type Dialect, elaborate } from "lapa";
import { build, type Built } from "../../generator/build";
import { builtinEngine } from "../../sim/engines/builtin";
import { icarusEngine } from "../../sim/engines/icarus";
import { lintVerilog } from "../../sim/lint";
import type { VectorSet } from "../../sim/vectors/vectors";
import { Fifo } from "../../examples/4-fifo";
import { inFolder, said } from "../emit/tools";
import { Banks } from "../hdl/designs/banks";
import { channel } from "./duts";
import { fifoVectors, outcomes } from "./outcomes";

const dialects = ["verilog", "systemverilog"] as const satisfies readonly Dialect[];

const built = (circuit: Circuit, dialect: Dialect = "verilog"): Built => build(circuit, { configuration: null, dialect });
const fifo = (macro: boolean, width = 31, depth = 64): Circuit => elaborate(Fifo, { width, depth, macro });
const banks = (macro: boolean): Circuit => elaborate(Banks, { macro });

const sent = Array.from({ length: 200 }, (_, i) => (BigInt(i) * 0x9e37_79b9n) & 0xffff_ffffn);

/** Random traffic in `Banks`, after every word was written once, and what comes out of it. */
function banksVectors(): VectorSet {
  const memory = { low: Array<bigint>(6).fill(0n), high: Array<bigint>(6).fill(0n), tag: Array<bigint>(8).fill(0n) };
  let shown = [0n, 0n, 0n];
  let noise = 1n;
  const random = (below: bigint): bigint => {
    noise = (noise * 6364136223846793005n + 1442695040888963407n) & ((1n << 64n) - 1n);
    return (noise >> 33n) % below;
  };
  const inputs: bigint[][] = [];
  const outputs: bigint[][] = [];
  for (let t = 0; t < 300; t++) {
    const first = t < 16;
    // Words 6 and 7 are not there in the banks: writing them does nothing, and they are not read.
    const address = first ? BigInt(t >> 1) : random(6n);
    const word = { write: first ? 1n : random(2n), upper: first ? BigInt(t & 1) : random(2n), lanes: first ? 15n : random(16n), address, data: random(1n << 32n), read: first ? 0n : random(2n) };
    inputs.push(Object.values(word));
    outputs.push(shown);
    shown = word.read ? [memory.low[Number(address)] ?? 0n, memory.high[Number(address)] ?? 0n, memory.tag[Number(address)]!] : [0n, 0n, 0n];
    if (!word.write) continue;
    const bank = word.upper ? memory.high : memory.low;
    const mask = [0, 1, 2, 3].reduce((m, i) => m | ((word.lanes >> BigInt(i)) & 1n ? 0xffn << BigInt(8 * i) : 0n), 0n);
    if (address < 6n) bank[Number(address)] = (bank[Number(address)]! & ~mask) | (word.data & mask);
    memory.tag[Number(address)] = word.data & 31n;
  }
  return {
    schema: "lapa-vectors/1", design: "banks", mode: "cycles", constants: [],
    channels: [
      channel("in", "input", [["write", 1], ["upper", 1], ["lanes", 4], ["address", 3], ["data", 32], ["read", 1]], inputs),
      channel("out", "output", [["low", 32], ["high", 32], ["tag", 5]], outputs),
    ],
  };
}

const designs: [string, (macro: boolean) => Circuit, VectorSet, number][] = [
  ["a FIFO", fifo, fifoVectors(31, sent), 1],
  ["two equal macros with lanes, and another", banks, banksVectors(), 3],
];

describe.each(designs)("%s", (_, circuit, vectors, macros) => {
  test("every engine's verdict is the one without macro", async () => {
    const stalls = { seed: 3, input: 60, output: 90 };
    const [plain] = await outcomes(built(circuit(false)).design, vectors, stalls, [builtinEngine]);
    expect(plain).toMatchObject({ verdict: "pass", mismatches: [] });
    expect(await outcomes(built(circuit(true)).design, vectors, stalls)).toEqual([plain, plain, plain]);
    expect(await outcomes(built(circuit(true), "systemverilog").design, vectors, stalls, [icarusEngine])).toEqual([plain]);
  });

  test.each(dialects)("%s: linters have nothing to say", async (dialect) => {
    const { design, synthesis, warnings } = built(circuit(true), dialect);
    expect(warnings).toEqual([]);
    for (const { version, messages, clean } of await lintVerilog(design.circuit.top, synthesis)) expect([version === null, messages, clean]).toEqual([false, "", true]);
  });

  test.each(dialects)("%s: the folder's own lists work as they are", (dialect) => {
    const { files, design: { circuit: { top } } } = built(circuit(true), dialect);
    const [icarus, yosys] = dialect === "verilog" ? ["-g2005", "read_verilog"] : ["-g2012", "read_verilog -sv"];
    const { lists } = JSON.parse(files.get("manifest.json")!) as { lists: { synthesis: string[]; simulation: string[] } };
    const given = (names: string[]): string[] => names.flatMap((name) => ["-f", name]);
    const sources = lists.synthesis.map((list) => files.get(list)!.trim().split("\n").join(" ")).join(" ");
    inFolder(files, (folder) => {
      expect(said(folder, "iverilog", icarus!, "-Wall", "-s", top, "-o", "sim.vvp", ...given(lists.simulation))).toBe("");
      expect(said(folder, "verilator", "--lint-only", "-Wall", ...given(lists.synthesis))).toBe("");
      expect(said(folder, "verilator", "--lint-only", "-Wall", ...given(lists.simulation))).toBe("");
      expect(said(folder, "yosys", "-q", "-p", `${yosys} ${sources}; hierarchy -check -top ${top}; proc; check -assert; flatten; select -assert-count ${macros} t:lapa_memory_* t:tag_ram; memory; select -assert-none t:$mem*`)).toBe("");
    });
  });
});

test("the wrapper in docs/conventions.md is one", async () => {
  const wrapper = /^```verilog\n(module lapa_memory_64x32_macro [^]*?)^```$/m.exec(readFileSync(join(__dirname, "../../../docs/conventions.md"), "utf8"))![1]!;
  const { design, synthesis } = built(fifo(true));
  const wrapped = [...design.files.filter((f) => !f.name.startsWith("models/")), { name: "wrapper.v", text: wrapper }, { name: "sram_64x32.v", text: vendorsMacro }];
  expect(wrapped).toHaveLength(synthesis.length + 1);
  const stalls = { seed: 5, input: 80, output: 80 };
  const [result] = await outcomes({ ...design, files: wrapped }, fifoVectors(31, sent), stalls, [icarusEngine]);
  expect(result).toMatchObject({ verdict: "pass", compared: 200 });
  expect([result]).toEqual(await outcomes(built(fifo(false)).design, fifoVectors(31, sent), stalls, [builtinEngine]));
});

/** A macro as foundries' compilers make them: enables active low, and a read that meets a write gives nothing useful. */
const vendorsMacro = `
module sram_64x32 (
  input wire CLK, input wire CENA, input wire [5:0] AA, output reg [31:0] QA,
  input wire CENB, input wire [5:0] AB, input wire [31:0] DB, input wire [31:0] WENB
);
  reg [31:0] words [0:63];
  always @(posedge CLK) begin
    if (!CENA) QA <= !CENB && AA == AB ? ~words[AA] : words[AA];
    if (!CENB) words[AB] <= (words[AB] & WENB) | (DB & ~WENB);
  end
endmodule
`;
