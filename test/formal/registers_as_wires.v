// Registers of a pipeline as wires: what is left is the function that the pipeline has, without its latency. For `techmap`.
(* techmap_celltype = "$dff $dffe $sdff $sdffe $sdffce" *)
module register_as_wire (CLK, EN, SRST, D, Q);
  parameter WIDTH = 1;
  parameter CLK_POLARITY = 1;
  parameter EN_POLARITY = 1;
  parameter SRST_POLARITY = 1;
  parameter SRST_VALUE = 0;
  input CLK;
  input EN;
  input SRST;
  input [WIDTH-1:0] D;
  output [WIDTH-1:0] Q;
  assign Q = D;
endmodule
