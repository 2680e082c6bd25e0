// P of a score as the spec has it, from the table 255, 252, 250 .. 129; the last entry comes first here. It shares nothing
// with the generator.
module probability_reference #(
  parameter BITS = 8
) (
  input  wire signed [BITS-1:0] max,
  input  wire signed [BITS-1:0] score,
  input  wire                   live,
  input  wire            [15:0] c,
  input  wire             [4:0] s,
  output wire                   legal,
  output reg              [7:0] p
);

  localparam [511:0] lut = {
    256'h8182848587888a8b8d8e909193949698999b9d9ea0a2a4a5a7a9abadafb0b2b4,
    256'hb6b8babcbec0c3c5c7c9cbcdd0d2d4d6d9dbdee0e2e5e7eaeceff2f4f7fafcff
  };
  wire [BITS-1:0] distance = max - score;
  wire [BITS+15:0] t = (distance * c) >> s;
  wire [BITS+15:0] halvings = t >> 6;
  wire [8:0] entry = lut[8 * t[5:0] +: 8];

  assign legal = max >= score;

  always @*
    if (!live || halvings > 8) p = 0;
    else p = (entry + (9'd1 << halvings[3:0] >> 1)) >> halvings[3:0];

endmodule
