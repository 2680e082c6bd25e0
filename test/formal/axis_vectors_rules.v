// A tensor's stream: no beat is taken without a packet that was told of, nor behind its last; each packet gives as many rows as it
// was told to have, whatever its length; a row stays until it is taken, but for `clear`. Assumed are at most 3 rows, and beats that stay.
module axis_vectors_rules #(
  parameter D = 9,           // features of a row
  parameter W = 8,           // bits of a feature
  parameter BYTES = 4        // of a beat
) (
  input wire clk,
  input wire rst,
  input wire clear,
  input wire packet_valid,
  input wire packet_ready,
  input wire [15:0] packet_rows,
  input wire tvalid,
  input wire tready,
  input wire [8*BYTES-1:0] tdata,
  input wire [BYTES-1:0] tkeep,
  input wire tlast,
  input wire vectors_valid,
  input wire vectors_ready,
  input wire [D*W-1:0] vectors_features,
  input wire busy
);

  stream_rules #(.WIDTH(D * W)) vectors (
    .clk(clk), .rst(rst), .excused(clear), .valid(vectors_valid), .ready(vectors_ready), .payload(vectors_features)
  );
  // A sender starts anew after `clear`.
  stream_rules #(.WIDTH(9 * BYTES + 1), .ASSUMED(1)) axis (
    .clk(clk), .rst(rst), .excused(clear), .valid(tvalid), .ready(tready), .payload({tdata, tkeep, tlast})
  );

  // Whether the last beat of the packet is still to come; rows that are due, and for how long none has come though all beats have.
  reg open = 0;
  reg [3:0] due = 0;
  reg [2:0] quiet = 0;
  wire takes = tvalid && tready;

  always @(posedge clk) begin
    if (packet_valid) assume (packet_rows <= 3);
    if (rst || clear) begin
      open <= 0;
      due <= 0;
      quiet <= 0;
    end else begin
      if (takes && tlast) open <= 0;
      if (packet_valid && packet_ready) open <= packet_rows != 0;
      due <= due + (packet_valid && packet_ready ? packet_rows : 0) - (vectors_valid && vectors_ready);
      quiet <= busy || vectors_valid || packet_valid ? 0 : quiet == 7 ? 7 : quiet + 1;

      assert (!tready || open);
      assert (!open || busy);
      if (vectors_valid) assert (due != 0);
      if (quiet >= 2) assert (due == 0);
    end
  end

endmodule
