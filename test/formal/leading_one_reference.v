// The highest set bit, by looking at the bits one by one. It shares nothing with the generator.
module leading_one_reference #(
  parameter WIDTH = 8,
  parameter INDEX = 3
) (
  input  wire [WIDTH-1:0] bits,
  output reg  found,
  output reg  [INDEX-1:0] index
);

  integer i;

  always @* begin
    found = 0;
    index = 0;
    for (i = 0; i < WIDTH; i = i + 1)
      if (bits[i]) begin
        found = 1;
        index = i;
      end
  end

endmodule
