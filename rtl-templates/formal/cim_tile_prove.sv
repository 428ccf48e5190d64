// cim_tile_prove: cim_tile_mask and cim_tile_wait against the words of docs/isa.md section 2, for any instruction and any tiles; no state.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_tile_prove #(
  parameter int Tiles = 4
) (
  input logic               clk_i,
  input logic               en_i,
  input logic [15:0]        tile_i,
  input logic [7:0]         stride_i,
  input logic [7:0]         count_i,
  input logic [6:0]         limit_i,
  input logic [Tiles-1:0]   set_i,
  input logic [3:0]         lag_i,
  input logic               need_shadow_i,
  input logic [Tiles-1:0]   full_i,
  input logic [3*Tiles-1:0] pending_i
);
  logic [Tiles-1:0] mask, members;
  logic [6:0]       limit;
  logic             bad, illegal, ready, waits;
  logic [23:0]      last;

  logic unused_prove;
  assign unused_prove = clk_i;

  assign limit = 32'(limit_i) > Tiles ? 7'(Tiles) : limit_i;
  cim_tile_mask #(.Tiles(Tiles)) u_mask (.en_i(en_i), .tile_i(tile_i), .stride_i(stride_i), .count_i(count_i), .limit_i(limit), .mask_o(mask), .bad_o(bad));
  cim_tile_wait #(.Tiles(Tiles)) u_wait (
    .en_i(en_i), .tiles_i(set_i), .lag_i(lag_i), .need_shadow_i(need_shadow_i), .shadow_full_i(full_i), .pending_i(pending_i), .ready_o(ready)
  );

  assign last    = 24'(tile_i) + (24'(count_i) - 24'd1) * 24'(stride_i);
  assign illegal = count_i == 8'd0 || last >= 24'(limit) || (count_i > 8'd1 && stride_i == 8'd0);
  always_comb begin
    members = '0;
    for (int k = 0; k < Tiles; k++)
      for (int t = 0; t < Tiles; t++)
        if (8'(k) < count_i && 24'(t) == 24'(tile_i) + 24'(k) * 24'(stride_i)) members[t] = 1'b1;
    waits = 1'b0;
    for (int t = 0; t < Tiles; t++)
      if (set_i[t] && (need_shadow_i ? full_i[t] : 4'(pending_i[3*t +: 3]) > lag_i)) waits = 1'b1;
  end

  always @(*) begin
    if (!en_i) silent: assert(mask == '0 && !bad && !ready);
    if (en_i) refused: assert(bad == illegal);
    if (en_i && !illegal) set: assert(mask == members);
    if (en_i && illegal) none: assert(mask == '0);
    if (en_i) goes: assert(ready == !waits);
    c_all: cover(en_i && mask == '1);
  end
endmodule

`default_nettype wire
