/** Probability and division equal plain references, for every input, at sizes that a prover can do. */

import { Probability } from "../../generator/lapa/probability";
import { numeratorBits, RoundingDivider } from "../../generator/lapa/rounding-divider";
import { build } from "../lapa/build";
import { type Claim, prove, requireYosys } from "./prove";

requireYosys();

function proves(claims: readonly Claim[]): void {
  const { proved, last } = prove(claims);
  if (proved !== claims.length) throw new Error(`only ${proved} of ${claims.length} proved: ${last}`);
}

const probabilityClaim = (bits: number): Claim => ({
  design: build(Probability, { scoreBits: bits }),
  reference: "probability_reference",
  isPipeline: true,
  proof: `
module proof (
  input wire clk, input wire signed [${bits - 1}:0] max, input wire signed [${bits - 1}:0] score, input wire live, input wire [15:0] c, input wire [4:0] s, output wire ok
);
  wire [7:0] expected, got;
  wire legal;
  probability_reference #(.BITS(${bits})) reference (.max(max), .score(score), .live(live), .c(c), .s(s), .legal(legal), .p(expected));
  lapa_probability ours (.clk(clk), .scale(c), .shift(s), .live(live), .score(score), .max(max), .probability(got));
  assign ok = !legal || got == expected;
endmodule`,
});

function dividerClaim([operandBits, denominatorBits, bitsPerStage]: readonly [number, number, number]): Claim {
  const params = { operandBits, denominatorBits, bitsPerStage };
  return {
    design: build(RoundingDivider, params),
    reference: "rounding_divider_reference",
    isPipeline: true,
    proof: `
module proof (input wire clk, input wire signed [${numeratorBits(params) - 1}:0] n, input wire [${denominatorBits - 1}:0] d, output wire ok);
  wire signed [${operandBits - 1}:0] q;
  wire legal, good;
  lapa_rounding_divider ours (.clk(clk), .rst(1'b0), .enable(1'b1), .valid(1'b1), .numerator(n), .denominator(d), .quotient_valid(), .quotient(q));
  rounding_divider_reference #(.W(${operandBits}), .B(${denominatorBits})) reference (.n(n), .d(d), .q(q), .legal(legal), .good(good));
  assign ok = !legal || good;
endmodule`,
  };
}

test("probability, scores of up to 2 bits, every c and s: every t of 16 bits among them", () => proves([1, 2].map(probabilityClaim)), 60_000);

test("division, quotients of 2 to 8 bits", () => proves(([[2, 3, 1], [4, 6, 2], [5, 6, 5], [8, 4, 3]] as const).map(dividerClaim)), 60_000);

test.each([["the half", "+ half", "- half"], ["the comparison", ">= magnitude", "> magnitude"]])("a wrong divider is not proved: %s", (_, from, to) => {
  const claim = dividerClaim([4, 6, 2]);
  const files = claim.design.files.map((f) => ({ ...f, text: f.text.replace(from, to) }));
  expect(files).not.toEqual(claim.design.files);
  expect(prove([{ ...claim, design: { ...claim.design, files } }]).proved).toBe(0);
});

test("a wrong probability is not proved", () => {
  const claim = probabilityClaim(2);
  const files = claim.design.files.map((f) => ({ ...f, text: f.text.replace("8'd250", "8'd249") }));
  expect(files).not.toEqual(claim.design.files);
  expect(prove([{ ...claim, design: { ...claim.design, files } }]).proved).toBe(0);
});
