// Units leave as they enter: none is lost, doubled or out of place, words are full but for the one that is last, and what is
// behind the last word waits until that has left. Assumed is a word of 1 to IN units.
module gearbox_rules #(
  parameter UNIT = 2,
  parameter IN = 2,          // units of a word that enters
  parameter OUT = 3,
  parameter IN_COUNT = 2,    // bits of their numbers
  parameter OUT_COUNT = 2
) (
  input wire clk,
  input wire rst,
  input wire clear,
  input wire in_valid,
  input wire in_ready,
  input wire [UNIT*IN-1:0] in_data,
  input wire [IN_COUNT-1:0] in_count,
  input wire in_last,
  input wire out_valid,
  input wire out_ready,
  input wire [UNIT*OUT-1:0] out_data,
  input wire [OUT_COUNT-1:0] out_count,
  input wire out_last
);

  // Units that a receiver looks at.
  wire [UNIT*OUT-1:0] known;
  genvar k;
  generate
    for (k = 0; k < OUT; k = k + 1) assign known[UNIT*k +: UNIT] = k < out_count ? out_data[UNIT*k +: UNIT] : {UNIT{1'b0}};
  endgenerate
  stream_rules #(.WIDTH(UNIT * OUT + OUT_COUNT + 1)) out (
    .clk(clk), .rst(rst), .excused(clear), .valid(out_valid), .ready(out_ready), .payload({known, out_count, out_last})
  );

  // Units so far, whether the last has entered, and the value of one of them, whichever it is.
  (* anyconst *) wire [5:0] which;
  reg [5:0] entered = 0;
  reg [5:0] left = 0;
  reg ended = 0;
  reg [UNIT-1:0] value;
  integer i;

  always @(posedge clk) begin
    if (in_valid) assume (in_count >= 1 && in_count <= IN);
    if (rst || clear) begin
      entered <= 0;
      left <= 0;
      ended <= 0;
    end else begin
      if (in_valid && in_ready) begin
        entered <= entered + in_count;
        ended <= in_last;
        for (i = 0; i < IN; i = i + 1)
          if (i < in_count && which == entered + i) value <= in_data[UNIT*i +: UNIT];
        assert (!ended);
      end
      if (out_valid && out_ready) begin
        left <= left + out_count;
        if (out_last) ended <= 0;
      end
      if (out_valid) begin
        assert (out_count >= 1 && out_count <= OUT && left + out_count <= entered);
        assert (out_count == OUT || out_last);
        assert (out_last == (ended && left + out_count == entered));
        for (i = 0; i < OUT; i = i + 1)
          if (i < out_count && which == left + i) assert (out_data[UNIT*i +: UNIT] == value);
      end
      // Whatever can leave is offered, and the narrower side never waits for the wider.
      assert (out_valid == (entered - left >= OUT || (ended && entered != left)));
      if (!ended && entered - left < OUT) assert (in_ready);
    end
  end

endmodule
