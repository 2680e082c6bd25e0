// What AXI4-Lite asks of a slave, and that it answers: one response for each write whose address and data have been taken, one
// for each read, OKAY or SLVERR, not before and not much later. Assumed of the master is only that what it offers stays.
module axi_lite_slave_rules #(
  parameter ADDRESS = 12
) (
  input wire clk,
  input wire rst,
  input wire [ADDRESS-1:0] awaddr,
  input wire awvalid,
  input wire awready,
  input wire [31:0] wdata,
  input wire [3:0] wstrb,
  input wire wvalid,
  input wire wready,
  input wire [1:0] bresp,
  input wire bvalid,
  input wire bready,
  input wire [ADDRESS-1:0] araddr,
  input wire arvalid,
  input wire arready,
  input wire [31:0] rdata,
  input wire [1:0] rresp,
  input wire rvalid,
  input wire rready
);

  stream_rules #(.WIDTH(ADDRESS), .ASSUMED(1)) aw (.clk(clk), .rst(rst), .excused(1'b0), .valid(awvalid), .ready(awready), .payload(awaddr));
  stream_rules #(.WIDTH(36), .ASSUMED(1)) w (.clk(clk), .rst(rst), .excused(1'b0), .valid(wvalid), .ready(wready), .payload({wdata, wstrb}));
  stream_rules #(.WIDTH(ADDRESS), .ASSUMED(1)) ar (.clk(clk), .rst(rst), .excused(1'b0), .valid(arvalid), .ready(arready), .payload(araddr));
  stream_rules #(.WIDTH(2)) b (.clk(clk), .rst(rst), .excused(1'b0), .valid(bvalid), .ready(bready), .payload(bresp));
  stream_rules #(.WIDTH(34)) r (.clk(clk), .rst(rst), .excused(1'b0), .valid(rvalid), .ready(rready), .payload({rdata, rresp}));

  // What has been taken and not answered; for how long an answer has been due.
  reg [4:0] addresses = 0;
  reg [4:0] words = 0;
  reg [4:0] reads = 0;
  reg [1:0] late = 0;
  wire due = addresses != 0 && words != 0;

  always @(posedge clk)
    if (!rst) begin
      addresses <= addresses + (awvalid && awready) - (bvalid && bready);
      words <= words + (wvalid && wready) - (bvalid && bready);
      reads <= reads + (arvalid && arready) - (rvalid && rready);
      late <= due && !bvalid ? late + 1 : 0;
      if (bvalid) assert (due && (bresp == 2'b00 || bresp == 2'b10));
      if (rvalid) assert (rresp == 2'b00 || rresp == 2'b10);
      assert (rvalid == (reads != 0));
      assert (late < 2);
    end

endmodule
