// OUT: sum of the accumulator words of a tile set, registered.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_tile_sum #(
  parameter int Tiles = 1  // 1..64
) (
  input  logic                clk_i,
  input  logic                rst_ni,
  input  logic                valid_i,
  input  logic [Tiles-1:0]    tiles_i,
  input  logic [32*Tiles-1:0] words_i,  // signed 32 bits per tile
  output logic [31:0]         sum_o
);
  logic [31:0] sum_d, sum_q;

  assign sum_o = sum_q;

  always_comb begin
    sum_d = '0;
    if (valid_i) begin
      for (int t = 0; t < Tiles; t++) begin
        if (tiles_i[t]) sum_d = sum_d + words_i[32*t +: 32];
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) sum_q <= '0;
    else if (valid_i) sum_q <= sum_d;
  end

  initial begin : p_check
    if (Tiles < 1 || Tiles > 64) $error("Tiles %0d outside 1..64", Tiles);
  end
endmodule

`default_nettype wire
