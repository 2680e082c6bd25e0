// Whether q is n / d rounded to the nearest integer, halves away from zero, by multiplication: with m and p the magnitudes
// of n and q, 2 * d * p <= 2 * m + d < 2 * d * (p + 1). Legal are operands whose quotient has W bits; 0 / 0 is 0.
module rounding_divider_reference #(
  parameter W = 8,
  parameter B = 8
) (
  input  wire signed [W+B-1:0] n,
  input  wire        [B-1:0]   d,
  input  wire signed [W-1:0]   q,
  output wire                  legal,
  output wire                  good
);

  wire [W+B-1:0] m = n < 0 ? -n : n;
  wire [W-1:0] p = q < 0 ? -q : q;
  wire [W+B-1:0] most = {{W{1'b0}}, d} * (n < 0 ? 1 << (W - 1) : (1 << (W - 1)) - 1);
  wire [W+B+1:0] dividend = {1'b0, m, 1'b0} + d;
  wire [W+B+1:0] least = ({{(W + 2){1'b0}}, d} * p) << 1;

  assign legal = m <= most;
  assign good = (p == 0 || (q < 0) == (n < 0)) && (d == 0 ? q == 0 : least <= dividend && dividend < least + {d, 1'b0});

endmodule
