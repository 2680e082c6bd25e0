/** Small designs for testing engines, each written twice, in the language and in Verilog by hand; and vectors for them. */

import { Bits, Bool, type Circuit, concat, elaborate, literal, Module, mux, type ResetKind, UInt, when } from "lapa";
import type { Design } from "../../sim/engines/engine";
import type { Channel, Field, VectorSet } from "../../sim/vectors/vectors";

type None = Record<string, never>;

function design(circuit: Circuit, text: string): Design {
  return { circuit, files: [{ name: `${circuit.top}.v`, text }] };
}

class Adder extends Module<None> {
  readonly a = this.input(UInt(40));
  readonly b = this.input(UInt(8));
  readonly sum = this.output(UInt(41));
  readonly odd = this.output(Bool());
  build(): void {
    const sum = this.a.zext(41).addWrap(this.b.zext(41));
    this.sum.set(sum);
    this.odd.set(sum.bit(0));
  }
}

export const adder = design(elaborate(Adder, {}), `
module adder (input wire [39:0] a, input wire [7:0] b, output wire [40:0] sum, output wire odd);
  assign sum = {1'b0, a} + {33'd0, b};
  assign odd = sum[0];
endmodule
`);

class Delay extends Module<None> {
  readonly gain = this.input(UInt(8));
  readonly d = this.input(UInt(8));
  readonly q = this.output(UInt(8));
  build(): void {
    const held = this.reg(UInt(8), { reset: 0x5an });
    held.set(this.d.addWrap(this.gain));
    this.q.set(held);
  }
}

export const delay = (reset: ResetKind): Design => {
  const port = reset.endsWith("low") ? "rst_n" : "rst";
  const edge = reset.startsWith("async") ? (port === "rst" ? " or posedge rst" : " or negedge rst_n") : "";
  return design(elaborate(Delay, {}, { reset }), `
module delay (input wire clk, input wire ${port}, input wire [7:0] gain, input wire [7:0] d, output reg [7:0] q);
  always @(posedge clk${edge})
    if (${port === "rst" ? "rst" : "!rst_n"}) q <= 8'h5a;
    else q <= d + gain;
endmodule
`);
};

/** A word whose `fault` is 1 comes out wrong, with 2 not at all, with 3 twice. Otherwise a two-word skid buffer. */
class Stage extends Module<None> {
  private readonly word = { a: UInt(16), fault: Bits(2) };
  readonly in = this.inputStream(this.word);
  readonly out = this.outputStream(this.word);
  readonly busy = this.output(Bool());
  build(): void {
    const { in: input, out } = this;
    const valid = this.reg(Bool(), { reset: 0n });
    const held = this.reg(Bool(), { reset: 0n });
    const skid = this.reg(Bits(18), { reset: "none" });
    const shown = this.reg(Bits(18), { reset: "none" });
    const take = input.valid.and(held.not()).and(input.payload.fault.ne(2n));
    const wrong = input.payload.a.xor(0x100n);
    const a = mux(input.payload.fault.eq(1n), wrong, input.payload.a);
    const word = mux(held, skid, concat(input.payload.fault, a));
    const full = held.or(take);
    when(valid.not().or(out.ready), () => {
      valid.set(full);
      shown.set(word);
      held.set(full.and(word.bits(17, 16).eq(3n)));
      skid.set(concat(literal(Bits(2), 0n), word.bits(15, 0)));
    }).elsewhen(take, () => {
      held.set(1n);
      skid.set(word);
    });
    input.ready.set(held.not());
    out.valid.set(valid);
    out.payload.a.set(shown.bits(15, 0).asUInt());
    out.payload.fault.set(shown.bits(17, 16));
    this.busy.set(held);
  }
}

export const stage = design(elaborate(Stage, {}), `
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
`);

/** The same ports: takes nothing, and gives words without end. */
class Flood extends Module<None> {
  private readonly word = { a: UInt(16), fault: Bits(2) };
  readonly in = this.inputStream(this.word);
  readonly out = this.outputStream(this.word);
  build(): void {
    this.in.ready.set(0n);
    this.out.valid.set(1n);
    this.out.payload.a.set(0n);
    this.out.payload.fault.set(0n);
  }
}

export const flood = design(elaborate(Flood, {}), `
module flood (
  input wire in_valid, output wire in_ready, input wire [15:0] in_a, input wire [1:0] in_fault,
  output wire out_valid, input wire out_ready, output wire [15:0] out_a, output wire [1:0] out_fault
);
  assign in_ready = 1'b0;
  assign out_valid = 1'b1;
  assign {out_a, out_fault} = 18'd0;
endmodule
`);

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
