// The outputs' stream: beats stay until they are taken, through `clear` as well, and a packet has the bytes of its rows, at the
// bottom of its beats. A packet of which a beat was offered before `clear` ends with zeros and without `done`; another is gone.
// Assumed are rows of as many words as their features need, at most 3, and words that stay until they are taken
// or dropped.
module axis_output_rules #(
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
  input wire words_valid,
  input wire words_ready,
  input wire [8*W-1:0] words_features,
  input wire words_last,
  input wire tvalid,
  input wire tready,
  input wire [8*BYTES-1:0] tdata,
  input wire [BYTES-1:0] tkeep,
  input wire tlast,
  input wire busy,
  input wire done
);

  stream_rules #(.WIDTH(9 * BYTES + 1)) out (
    .clk(clk), .rst(rst), .excused(1'b0), .valid(tvalid), .ready(tready), .payload({tdata, tkeep, tlast})
  );
  localparam WORDS = (D + 7) / 8;
  localparam REST = D - 8 * (WORDS - 1);
  // Bytes of the packet that have not left; whether one was offered, and whether `clear` came since; the beat that it left alone.
  reg [6:0] left = 0;
  reg [6:0] sent = 0;
  reg begun = 0;
  reg cut = 0;
  reg held = 0;
  reg [3:0] word = 0;
  wire ends = tvalid && tready && tlast;
  wire drops = clear && !begun && !tvalid;

  stream_rules #(.WIDTH(8 * W + 1), .ASSUMED(1)) words (
    .clk(clk), .rst(rst), .excused(drops), .valid(words_valid), .ready(words_ready), .payload({words_features, words_last})
  );

  // One byte of the packet, whichever it is, as it entered.
  (* anyconst *) wire [6:0] which;
  reg [6:0] entered = 0;
  reg [7:0] value;
  integer i;

  always @(posedge clk) begin
    if (packet_valid) assume (packet_rows <= 3);
    if (words_valid) assume (words_last == (word == WORDS - 1));
    if (!rst) begin
      begun <= (begun || tvalid) && !ends;
      cut <= (cut || (clear && (begun || tvalid))) && !ends;
      held <= clear && !cut ? tvalid && !tready : held && !tready;
      if (packet_valid && packet_ready) begin
        assert (left == 0);
        left <= clear ? 0 : packet_rows * D;
        sent <= 0;
        entered <= 0;
      end else if (drops) left <= 0;
      else if (tvalid && tready) begin
        left <= left <= BYTES ? 0 : left - BYTES;
        sent <= sent + BYTES;
      end
      if (words_valid && words_ready) begin
        assert (left != 0);
        word <= words_last ? 0 : word + 1;
        entered <= entered + (words_last ? REST : 8);
        for (i = 0; i < 8; i = i + 1)
          if (which == entered + i) value <= {{8{words_features[W*i+W-1]}}, words_features[W*i +: W]};
      end
      if (drops) word <= 0;

      assert (busy == (left != 0));
      assert (done == (ends && !cut));
      if (tvalid) begin
        assert (left != 0 && tlast == (left <= BYTES));
        for (i = 0; i < BYTES; i = i + 1) begin
          assert (tkeep[i] == (i < left));
          if (!(i < left) || (cut && !held)) assert (tdata[8*i +: 8] == 0);
          if (i < left && which == sent + i && !(cut && !held)) assert (tdata[8*i +: 8] == value);
        end
      end
    end
  end

endmodule
