// Tile set of an instruction as one bit per tile: tile, tile + stride, ... (count of them), and whether it lies among the tiles that may be in one.
// Every member is computed by itself (a constant times the stride): no chain of adders, no divider.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_tile_mask #(
  parameter int Tiles = 4  // 1..64
) (
  input  logic             en_i,      // mask and bad_o are zero without it
  input  logic [15:0]      tile_i,
  input  logic [7:0]       stride_i,
  input  logic [7:0]       count_i,
  input  logic [6:0]       limit_i,   // tiles 0..limit_i-1 may be in a set; at most Tiles
  output logic [Tiles-1:0] mask_o,
  output logic             bad_o      // no tile, one outside 0..limit_i-1, or several with stride 0
);
  localparam int TileBits = Tiles > 1 ? $clog2(Tiles) : 1;

  logic [2*TileBits:0] last;
  logic [7:0]          steps;          // from the first to the last
  logic [TileBits-1:0] first, stride;

  assign first  = tile_i[TileBits-1:0];
  assign stride = stride_i[TileBits-1:0];

  always_comb begin
    last   = '0;
    steps  = '0;
    bad_o  = 1'b0;
    mask_o = '0;
    if (en_i) begin
      // what is not below 2^TileBits would leave the tiles by itself (no tile: 255 steps), so the rest is worked out in few bits
      steps = count_i - 8'd1;
      last  = (2*TileBits+1)'(first) + (2*TileBits+1)'(TileBits'(steps)) * (2*TileBits+1)'(stride);
      bad_o = tile_i >> TileBits != 16'd0 || steps >> TileBits != 8'd0 || (steps != 8'd0 && (stride_i == 8'd0 || stride_i >> TileBits != 8'd0))
              || 13'(last) >= 13'(limit_i);
      if (!bad_o) begin
        for (int k = 0; k < Tiles; k++) begin
          if (8'(k) < count_i) mask_o[first + TileBits'(k) * stride] = 1'b1;
        end
      end
    end
  end

  initial begin : p_check
    if (Tiles < 1 || Tiles > 64) $error("Tiles %0d outside 1..64", Tiles);
  end
endmodule

`default_nettype wire
