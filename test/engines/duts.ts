/** Small hand-written designs for testing engines, and vectors for them. */

import type { Circuit, Port, ResetKind } from "../../generator/ir/types";
import type { Design } from "../../sim/engines/engine";
import type { Channel, Field, VectorSet } from "../../sim/vectors/vectors";

function port(text: string): Port {
  const [direction, name, width] = text.split(" ");
  return { name, direction: direction as Port["direction"], width: Number(width), signed: false, source: name, loc: null };
}

/** A circuit without a body: the engines under test read only its ports. */
function design(top: string, text: string, ports: string[], clocked: boolean, reset: ResetKind = "sync-high"): Design {
  const circuit: Circuit = {
    schema: "lapa-ir/1", top, reset,
    modules: [{
      kind: "logic", name: top, doc: "", parameters: {}, loc: null, clocked, resettable: clocked,
      ports: ports.map(port), streams: [], signals: [], instances: [], body: [], latency: null,
    }],
  };
  return { circuit, files: [{ name: `${top}.v`, text }] };
}

export const adder = design("adder", `
module adder (input wire [39:0] a, input wire [7:0] b, output wire [40:0] sum, output wire odd);
  assign sum = {1'b0, a} + {33'd0, b};
  assign odd = sum[0];
endmodule
`, ["input a 40", "input b 8", "output sum 41", "output odd 1"], false);

export const delay = (reset: ResetKind): Design => {
  const port = reset.endsWith("low") ? "rst_n" : "rst";
  const edge = reset.startsWith("async") ? (port === "rst" ? " or posedge rst" : " or negedge rst_n") : "";
  return design("delay", `
module delay (input wire clk, input wire ${port}, input wire [7:0] gain, input wire [7:0] d, output reg [7:0] q);
  always @(posedge clk${edge})
    if (${port === "rst" ? "rst" : "!rst_n"}) q <= 8'h5a;
    else q <= d + gain;
endmodule
`, ["input gain 8", "input d 8", "output q 8"], true, reset);
};

/** A word whose `fault` is 1 comes out wrong, with 2 not at all, with 3 twice. Otherwise a two-word skid buffer. */
export const stage = design("stage", `
module stage (
  input  wire        clk,
  input  wire        rst,
  input  wire        in_valid,
  output wire        in_ready,
  input  wire [15:0] in_a,
  input  wire [1:0]  in_fault,
  output reg         out_valid,
  input  wire        out_ready,
  output reg  [15:0] out_a,
  output reg  [1:0]  out_fault,
  output wire        busy
);
  reg held;
  reg [17:0] skid;
  wire take = in_valid && !held && in_fault != 2'd2;
  wire [17:0] word = held ? skid : {in_fault, in_fault == 2'd1 ? in_a ^ 16'h0100 : in_a};
  assign in_ready = !held;
  assign busy = held;
  always @(posedge clk)
    if (rst) begin
      out_valid <= 1'b0;
      held <= 1'b0;
    end else if (!out_valid || out_ready) begin
      out_valid <= held || take;
      {out_fault, out_a} <= word;
      held <= (held || take) && word[17:16] == 2'd3;
      skid <= {2'd0, word[15:0]};
    end else if (take) begin
      held <= 1'b1;
      skid <= word;
    end
endmodule
`, [
  "input in_valid 1", "input in_a 16", "input in_fault 2", "input out_ready 1",
  "output in_ready 1", "output out_valid 1", "output out_a 16", "output out_fault 2", "output busy 1",
], true);

/** The same stage with a valid that no reset reaches. */
export const unresetStage: Design = {
  ...stage,
  files: [{ name: "stage.v", text: stage.files[0].text.replace("      out_valid <= 1'b0;\n", "").replace("!out_valid || out_ready", "out_ready") }],
};

export interface Word { readonly a: number; readonly fault: 0 | 1 | 2 | 3 }

/** @param values one bigint a field for each word. */
export function channel(name: string, direction: Channel["direction"], fields: [string, number][], values: bigint[][]): Channel {
  const all: Field[] = fields.map(([port, width]) => ({ name: port.replace(/^(in|out)_/, ""), port, width, signed: false }));
  const width = all.reduce((sum, f) => sum + f.width, 0);
  const limbs = Math.ceil(width / 32);
  const data = new Uint32Array(values.length * limbs);
  values.forEach((word, i) => {
    let packed = 0n;
    for (let f = all.length - 1; f >= 0; f--) packed = (packed << BigInt(all[f].width)) | BigInt.asUintN(all[f].width, word[f]);
    for (let l = 0; l < limbs; l++) data[i * limbs + l] = Number(BigInt.asUintN(32, packed >> BigInt(32 * l)));
  });
  return { name, direction, fields: all, width, limbs, count: values.length, data };
}

/** Vectors for `stage`; `expected` are the words that should come out. */
export function stageVectors(words: readonly Word[], expected: readonly Word[] = words): VectorSet {
  const values = (list: readonly Word[]): bigint[][] => list.map((w) => [BigInt(w.a), BigInt(w.fault)]);
  return {
    schema: "lapa-vectors/1", design: "stage", mode: "streams", constants: [],
    channels: [
      channel("in", "input", [["in_a", 16], ["in_fault", 2]], values(words)),
      channel("out", "output", [["out_a", 16], ["out_fault", 2]], values(expected)),
    ],
  };
}

export function goodWords(count: number): Word[] {
  return Array.from({ length: count }, (_, i) => ({ a: (i * 40503 + 17) & 0xffff, fault: 0 as const }));
}

export function adderVectors(count: number): VectorSet {
  const words = Array.from({ length: count }, (_, i) => [BigInt(i) * 0x1_2345_6789n & 0xff_ffff_ffffn, BigInt(i * 7 & 255)]);
  return {
    schema: "lapa-vectors/1", design: "adder", mode: "cycles", constants: [],
    channels: [
      channel("in", "input", [["a", 40], ["b", 8]], words),
      channel("out", "output", [["sum", 41], ["odd", 1]], words.map(([a, b]) => [a + b, (a + b) & 1n])),
    ],
  };
}

/** `delay` shows its reset value in cycle 0. */
export function delayVectors(count: number): VectorSet {
  const words = Array.from({ length: count }, (_, i) => BigInt((i * 29 + 3) & 255));
  return {
    schema: "lapa-vectors/1", design: "delay", mode: "cycles", constants: [{ port: "gain", width: 8, value: 9n }],
    channels: [
      channel("x", "input", [["d", 8]], words.map((w) => [w])),
      channel("y", "output", [["q", 8]], words.map((_, i) => [i === 0 ? 0x5an : words[i - 1] + 9n])),
    ],
  };
}
