// The definition of a product of ALOC from its code, written down as plainly as it is stated. It shares nothing with the
// generator. `legal` is 1 for the codes that some operand has.
module aloc_shifter_reference #(
  parameter W = 8,           // bits of y
  parameter TERMS = 1,
  parameter FIELD = 3,       // bits of a field
  parameter E = 6,           // the largest exponent
  parameter PRODUCT = 15     // bits of the product
) (
  input  wire signed [W-1:0] y,
  input  wire [TERMS*FIELD:0] code,
  output reg  signed [PRODUCT-1:0] product,
  output reg  legal
);

  localparam [FIELD-1:0] ZERO = {FIELD{1'b1}};
  reg sign;
  reg [FIELD-1:0] first;
  reg [FIELD-1:0] second;
  integer i;

  always @* begin
    sign = code[TERMS*FIELD];
    first = code[(TERMS-1)*FIELD +: FIELD];
    second = TERMS == 2 ? code[FIELD-1:0] : ZERO;
    legal = first == ZERO ? !sign && second == ZERO : first <= E && (second == ZERO || second < first);

    product = 0;
    for (i = 0; i <= E; i = i + 1) begin
      if (first != ZERO && first == i) product = product + y * (1 << i);
      if (second != ZERO && second == i) product = product + y * (1 << i);
    end
    if (sign) product = -product;
  end

endmodule
