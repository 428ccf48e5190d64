// What an instruction waits for: every tile of the set has a free shadow latch, or at most `lag` pending activations.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_tile_wait #(
  parameter int Tiles = 4  // 1..64
) (
  input  logic               en_i,            // looks only then; ready_o is 0 without it
  input  logic [Tiles-1:0]   tiles_i,
  input  logic [3:0]         lag_i,
  input  logic               need_shadow_i,   // the shadow latch, whatever is pending
  input  logic [Tiles-1:0]   shadow_full_i,
  input  logic [3*Tiles-1:0] pending_i,       // 3 bits per tile
  output logic               ready_o
);
  always_comb begin
    ready_o = 1'b0;
    if (en_i && need_shadow_i) begin
      ready_o = (tiles_i & shadow_full_i) == '0;
    end else if (en_i) begin
      ready_o = 1'b1;
      for (int t = 0; t < Tiles; t++) begin
        if (tiles_i[t] && {1'b0, pending_i[3*t +: 3]} > lag_i) ready_o = 1'b0;
      end
    end
  end

  initial begin : p_check
    if (Tiles < 1 || Tiles > 64) $error("Tiles %0d outside 1..64", Tiles);
  end
endmodule

`default_nettype wire
