// What AXI4-Stream, and every stream of ours, asks of who offers words: a word that is offered stays as it is until it is taken.
// Asserted, or assumed of what is outside. After `excused` the word may be gone.
module stream_rules #(
  parameter WIDTH = 1,
  parameter ASSUMED = 0
) (
  input wire clk,
  input wire rst,
  input wire excused,
  input wire valid,
  input wire ready,
  input wire [WIDTH-1:0] payload
);

  reg waits = 0;
  reg [WIDTH-1:0] held;

  always @(posedge clk) begin
    waits <= valid && !ready && !excused && !rst;
    held <= payload;
    if (waits)
      if (ASSUMED) assume (valid && payload == held);
      else assert (valid && payload == held);
  end

endmodule
