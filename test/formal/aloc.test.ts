/** Encoder, shifter and leading-one tree equal plain references, for every input. */

import type { AlocFormat } from "lapa";
import { AlocEncoder } from "../../generator/lapa/aloc-encoder";
import { AlocShifter } from "../../generator/lapa/aloc-shifter";
import { LeadingOne } from "../../generator/lib/leading-one";
import { codeGeometry, productWidth } from "../../sim/golden/aloc";
import { build } from "../lapa/build";
import { formats, range } from "../lapa/formats";
import { type Claim, prove, requireYosys } from "./prove";

requireYosys();

function proves(claims: readonly Claim[]): void {
  const { proved, last } = prove(claims);
  if (proved !== claims.length) throw new Error(`only ${proved} of ${claims.length} proved: ${last}`);
}

function encoderClaim(format: AlocFormat): Claim {
  const { operandBits: W, rounding, terms } = format;
  const { fieldBits, codeBits } = codeGeometry(format);
  const parameters = `.W(${W}), .NEAREST(${rounding === "nearest" ? 1 : 0}), .TERMS(${terms}), .FIELD(${fieldBits})`;
  return {
    design: build(AlocEncoder, format),
    reference: "aloc_encoder_reference",
    proof: `
module proof (input wire signed [${W - 1}:0] x, output wire ok);
  wire [${codeBits - 1}:0] expected, got;
  aloc_encoder_reference #(${parameters}) reference (.x(x), .code(expected));
  lapa_aloc_encoder ours (.x(x), .code(got));
  assign ok = got == expected;
endmodule`,
  };
}

function shifterClaim(format: AlocFormat): Claim {
  const { operandBits: W, terms } = format;
  const { fieldBits, maxExponent, codeBits } = codeGeometry(format);
  const bits = productWidth(format);
  const design = build(AlocShifter, format);
  const ports = design.circuit.modules[0]!;
  const term = ports.kind === "logic" ? ports.ports.find((p) => p.name === "term")!.width : 0;
  const parameters = `.W(${W}), .TERMS(${terms}), .FIELD(${fieldBits}), .E(${maxExponent}), .PRODUCT(${bits})`;
  return {
    design,
    reference: "aloc_shifter_reference",
    proof: `
module proof (input wire signed [${W - 1}:0] y, input wire [${codeBits - 1}:0] code, output wire ok);
  wire signed [${bits - 1}:0] expected;
  wire signed [${term - 1}:0] term;
  wire carry, legal;
  aloc_shifter_reference #(${parameters}) reference (.y(y), .code(code), .product(expected), .legal(legal));
  lapa_aloc_shifter ours (.y(y), .code(code), .term(term), .carry(carry));
  wire signed [${bits - 1}:0] got = term + $signed({1'b0, carry});
  assign ok = !legal || got == expected;
endmodule`,
  };
}

function leadingOneClaim(width: number): Claim {
  const index = Math.max(1, Math.ceil(Math.log2(width)));
  return {
    design: build(LeadingOne, { width }),
    reference: "leading_one_reference",
    proof: `
module proof (input wire [${width - 1}:0] bits, output wire ok);
  wire found, expected_found;
  wire [${index - 1}:0] index, expected_index;
  leading_one_reference #(.WIDTH(${width}), .INDEX(${index})) reference (.bits(bits), .found(expected_found), .index(expected_index));
  lapa_leading_one ours (.bits(bits), .found(found), .index(index));
  assign ok = found == expected_found && index == expected_index;
endmodule`,
  };
}

test("encoder, W from 2 to 12, both roundings, one and two terms", () => proves(formats(range(2, 12)).map(encoderClaim)));

test("shifter, W from 2 to 8, with and without a window", () => proves(formats(range(2, 8), (W) => [null, Math.ceil(W / 2)]).map(shifterClaim)));

test("leading-one tree, widths from 1 to 64", () => proves(range(1, 64).map(leadingOneClaim)));

test("a wrong encoder is not proved", () => {
  const format: AlocFormat = { operandBits: 8, rounding: "floor", terms: 1, window: null };
  const claim = encoderClaim(format);
  const files = claim.design.files.map((f) => ({ ...f, text: f.text.replace("first_found ? ", "~first_found ? ") }));
  expect(files).not.toEqual(claim.design.files);
  expect(prove([{ ...claim, design: { ...claim.design, files } }]).proved).toBe(0);
});
