/** The test bench that is written beside the vectors, run as its own first lines say, on designs that are hard on it. */

import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeVectors } from "../../sim/vectors/files";
import type { Top } from "../../sim/vectors/top";
import type { Channel, Field, VectorSet } from "../../sim/vectors/vectors";
import { ChannelBuilder } from "../../sim/vectors/words";
import { scratch } from "../engines/engine-suite";

interface Case {
  readonly vectors: VectorSet;
  readonly top: Top;
  readonly verilog: string;
  /** Words in all outputs. */
  readonly compared: number;
}

const stalls = { seed: 3, input: 90, output: 120 };
const field = (port: string, width: number, name = port): Field => ({ name, port, width, signed: false });

function channel(name: string, direction: Channel["direction"], fields: Field[], words: bigint[][]): Channel {
  const builder = new ChannelBuilder(name, direction, fields);
  for (const word of words) builder.push(word);
  return builder.build();
}

/** A fixed sequence of patterns. */
function patterns(width: number, count: number, seed: bigint): bigint[] {
  return Array.from({ length: count }, (_, i) => BigInt.asUintN(width, (seed + BigInt(i)) * 0x9e3779b97f4a7c15f39cc0605cedc835n ** 20n >> 7n));
}

/**
 * Two streams each way, of other lengths, without a clock; fields of 300 bits and of one; ports and a constant of the
 * bench's own names; an output that nobody reads.
 */
function several(): Case {
  const [wide, one, data] = [patterns(300, 5, 1n), [1n, 0n, 0n, 1n, 1n], patterns(7, 70, 9n)];
  const all = (1n << 300n) - 1n;
  const vectors: VectorSet = {
    schema: "lapa-vectors/1", design: "finish", mode: "streams", constants: [{ port: "fail", width: 90, value: (5n << 80n) | 3n }],
    channels: [
      channel("in", "input", [field("in_wide", 300), field("in_one", 1)], wide.map((w, i) => [w, one[i]])),
      channel("cycle", "output", [field("cycle_clk", 300, "list[0].re"), field("cycle_index", 1)], wide.map((w, i) => [one[i] === 1n ? w : w ^ all, one[i]])),
      channel("next", "input", [field("next_index", 7)], data.map((d) => [d])),
      channel("count", "output", [field("count_in", 7), field("expected", 93)], data.map((d) => [d ^ 3n, (d & 7n) << 90n | (5n << 80n) | 3n])),
    ],
  };
  const input = (name: string, width = 1) => ({ name, direction: "input" as const, width });
  const output = (name: string, width = 1) => ({ name, direction: "output" as const, width });
  return {
    vectors, compared: 75,
    top: {
      name: "finish", modules: ["finish"], clocked: false, resettable: false, reset: "sync-high",
      ports: [
        input("in_valid"), output("in_ready"), input("in_wide", 300), input("in_one"), input("next_valid"), output("next_ready"), input("next_index", 7),
        input("fail", 90), output("cycle_valid"), input("cycle_ready"), output("cycle_clk", 300), output("cycle_index"),
        output("count_valid"), input("count_ready"), output("count_in", 7), output("expected", 93), output("compared", 40),
      ],
    },
    verilog: `
module finish (
  input wire in_valid, output wire in_ready, input wire [299:0] in_wide, input wire in_one,
  input wire next_valid, output wire next_ready, input wire [6:0] next_index, input wire [89:0] fail,
  output wire cycle_valid, input wire cycle_ready, output wire [299:0] cycle_clk, output wire cycle_index,
  output wire count_valid, input wire count_ready, output wire [6:0] count_in, output wire [92:0] expected, output wire [39:0] compared
);
  assign cycle_valid = in_valid;
  assign in_ready = cycle_ready;
  assign cycle_clk = in_one ? in_wide : ~in_wide;
  assign cycle_index = in_one;
  assign count_valid = next_valid;
  assign next_ready = count_ready;
  assign count_in = next_index ^ fail[6:0];
  assign expected = {next_index[2:0], fail};
  assign compared = 40'd0;
endmodule
`,
  };
}

/** One stream out, and nothing in but the clock and an asynchronous reset that is active low. */
function outputsOnly(): Case {
  return {
    vectors: {
      schema: "lapa-vectors/1", design: "dut", mode: "streams", constants: [],
      channels: [channel("tb", "output", [field("tb_cycle", 33)], Array.from({ length: 19 }, (_, i) => [(1n << 33n) - 4n + BigInt(i)].map((n) => BigInt.asUintN(33, n))))],
    },
    compared: 19,
    top: {
      name: "dut", modules: ["dut"], clocked: true, resettable: true, reset: "async-low",
      ports: [
        { name: "tb_valid", direction: "output", width: 1 }, { name: "tb_ready", direction: "input", width: 1 },
        { name: "tb_cycle", direction: "output", width: 33 },
      ],
    },
    // It ends by itself: a word that nobody expects would be one too many.
    verilog: `
module dut (input wire clk, input wire rst_n, output wire tb_valid, input wire tb_ready, output reg [32:0] tb_cycle);
  assign tb_valid = tb_cycle != 33'd15;
  always @(posedge clk or negedge rst_n)
    if (!rst_n) tb_cycle <= 33'h1fffffffc;
    else if (tb_valid && tb_ready) tb_cycle <= tb_cycle + 33'd1;
endmodule
`,
  };
}

/** By cycles, and without a clock. @param design a name that the bench has inside, or might have. */
function adder(design: string, count: number): Case {
  const [a, b] = [patterns(64, count, 4n), patterns(64, count, 5n)];
  return {
    vectors: {
      schema: "lapa-vectors/1", design, mode: "cycles", constants: [],
      channels: [
        channel("words", "input", [field("a", 64), field("b", 64)], a.map((x, i) => [x, b[i]])),
        channel("running", "output", [field("y", 65)], a.map((x, i) => [x + b[i]])),
      ],
    },
    compared: count,
    top: {
      name: design, modules: [design], clocked: false, resettable: false, reset: "sync-high",
      ports: [{ name: "a", direction: "input", width: 64 }, { name: "b", direction: "input", width: 64 }, { name: "y", direction: "output", width: 65 }],
    },
    verilog: `
module ${design} (input wire [63:0] a, input wire [63:0] b, output wire [64:0] y);
  assign y = {1'b0, a} + {1'b0, b};
endmodule
`,
  };
}

/** A folder with the design's file and, in `v`, what is written; and what running commands there gives. */
async function bench({ vectors, top, verilog }: Case, dir: string) {
  mkdirSync(dir);
  writeFileSync(join(dir, "design.v"), verilog);
  const v = join(dir, "v");
  await writeVectors(v, vectors, top, { stalls });
  const commands = readFileSync(join(v, "tb.v"), "utf8").split("\n").flatMap((line) => /^\/\/ +\$ (.*)$/.exec(line)?.slice(1) ?? []);
  expect(commands.map((c) => c.split(" ")[0])).toEqual(["iverilog", "verilator"]);
  const shell = (command: string): { readonly passes: boolean; readonly text: string } => {
    // The library unoptimised: it is compiled faster than it would run.
    const env = { ...process.env, MAKEFLAGS: " -j2 -- OPT_GLOBAL=-O0" };
    const { status, stdout, stderr } = spawnSync("sh", ["-c", command], { cwd: v, env, encoding: "utf8" });
    return { passes: status === 0, text: stdout + stderr };
  };
  const [icarus, verilator] = commands.map((c) => c.replace("<the design's files>", "../design.v"));
  return { v, shell, icarus, verilator };
}

/** Changes the last digit of a word. @returns a function that changes it back. */
function changeWord(file: string, line: number): () => void {
  const before = readFileSync(file, "ascii");
  const lines = before.split("\n");
  lines[line] = lines[line].replace(/.$/, (digit) => (parseInt(digit, 16) ^ 1).toString(16));
  writeFileSync(file, lines.join("\n"));
  return () => writeFileSync(file, before);
}

const dir = scratch();
const pass = ({ compared }: Case): RegExp => new RegExp(`^lapa: PASS compared=${compared} cycles=\\d+\\s*$`, "m");

describe.each<[string, () => Case]>([
  ["several streams each way", several], ["outputs only", outputsOnly], ["by cycles", () => adder("index", 5)],
])("%s", (name, make) => {
  const design = make();
  const outputs = design.vectors.channels.filter((c) => c.direction === "output");

  test.each(["icarus", "verilator"] as const)("%s passes, and fails with one word changed", async (tool) => {
    const { v, shell, [tool]: command } = await bench(design, join(dir, `${name} ${tool}`.replaceAll(" ", "-")));
    const good = shell(command);
    expect(good).toEqual({ passes: true, text: expect.stringMatching(pass(design)) });
    expect(good.text).not.toMatch(/warning/i);
    // What has been built reads the words anew.
    const again = command.split("&& ")[1];
    for (const { name: output, count, fields } of outputs) {
      for (const index of [0, count - 1]) {
        const restore = changeWord(join(v, `${output}.hex`), index);
        const { passes, text } = shell(again);
        expect({ passes, text }).toEqual({ passes: false, text: expect.stringMatching(new RegExp(`^lapa: FAIL verdict=mismatch compared=${design.compared} `, "m")) });
        expect(text.match(/MISMATCH .* expected/g)).toEqual([expect.stringMatching(new RegExp(`channel=${output} index=${index} cycle=\\d+ field=${fields[0].name.replace(/[[\].]/g, "\\$&")} `))]);
        restore();
      }
    }
    expect(shell(again)).toEqual({ passes: true, text: expect.stringMatching(pass(design)) });
  });
});

test("a single word, and designs that are called as something inside the bench", async () => {
  for (const design of ["clk", "check", "compare_running", "fail", "next_index", "dut_y", "words_words", "SHOWN"]) {
    const one = adder(design, 1);
    const { shell, icarus, verilator } = await bench(one, join(dir, design));
    expect([design, shell(icarus)]).toEqual([design, { passes: true, text: expect.stringMatching(pass(one)) }]);
    // Everything but compiling the C++.
    expect([design, shell(verilator.split(" &&")[0].replace("--binary", "--lint-only --timing"))]).toEqual([design, { passes: true, text: "" }]);
  }
});

test("options: where the words are, how many of them, nothing compared, no words at all", async () => {
  const design = several();
  const { v, shell, icarus } = await bench(design, join(dir, "options"));
  expect(shell(icarus).passes).toBe(true);
  const said = (options: string): string => {
    const { passes, text } = shell(`cd .. && vvp -n tb.vvp ${options}`);
    const verdict = /^lapa: (PASS|FAIL) .*$/m.exec(text);
    expect([options, verdict?.[1]]).toEqual([options, passes ? "PASS" : "FAIL"]);
    return verdict![0];
  };
  expect(said("+dir=v")).toMatch(/PASS compared=75 /);
  expect(said(`+dir=${v} +count_in=2 +count_cycle=2`)).toMatch(/PASS compared=72 /);
  expect(said("+dir=v +count_in=2 +hang=50")).toMatch(/FAIL verdict=hang compared=72 /);
  expect(said("+dir=v +count_cycle=2")).toMatch(/FAIL verdict=extra compared=72 /);
  expect(said("+dir=v +stall_in=0 +stall_out=0")).toMatch(/PASS compared=75 cycles=70$/);
  expect(said("+dir=nowhere")).toMatch(/FAIL cannot open nowhere\/in\.hex$/);
  changeWord(join(v, "count.hex"), 3);
  expect(said("+dir=v")).toMatch(/FAIL verdict=mismatch compared=75 /);
  expect(said("+dir=v +nocheck")).toMatch(/PASS compared=0 /);
});
