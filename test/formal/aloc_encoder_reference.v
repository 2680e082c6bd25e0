// The definition of ALOC's code, written down as plainly as it is stated: saturate the magnitude, look at its bits one
// by one. It shares nothing with the generator.
module aloc_encoder_reference #(
  parameter W = 8,           // bits of x
  parameter NEAREST = 0,     // rounding: 0 floor, 1 nearest
  parameter TERMS = 1,
  parameter FIELD = 3        // bits of a field
) (
  input  wire signed [W-1:0] x,
  output reg  [TERMS*FIELD:0] code
);

  reg [W-1:0] m;
  reg [FIELD-1:0] first;
  reg [FIELD-1:0] second;
  integer i;

  always @* begin
    m = x < 0 ? -x : x;
    if (m == (1 << (W - 1))) m = (1 << (W - 1)) - 1;

    first = {FIELD{1'b1}};
    for (i = 0; i < W - 1; i = i + 1)
      if (m[i]) first = i;

    second = {FIELD{1'b1}};
    for (i = 0; i < W - 1; i = i + 1)
      if (m[i] && i < first) second = i;

    if (NEAREST)
      for (i = 1; i < W - 1; i = i + 1)
        if (m[i] && (m >> i) == 1 && m[i-1]) first = i + 1;

    code = TERMS == 2 ? {x < 0, first, second} : {x < 0, first};
  end

endmodule
