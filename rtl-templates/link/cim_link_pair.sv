// cim_link_pair: turns of the network `pair` (docs/network.md section 3): tiles 2i and 2i + 1 take each other, so one bit says that both are held.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_link_pair #(
  parameter int Tiles = 2          // 2..64, even
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic [Tiles-1:0] req_i,
  input  logic [Tiles-1:0] end_i,     // last clock of the turn of this tile
  output logic [Tiles-1:0] grant_o
);
  localparam int Pairs = Tiles / 2;
  logic [Tiles-1:0] start, unused_behind, unused_first;
  logic             unused_start;  // an even start is any start that is not odd
  logic [Pairs-1:0] held_q, take, free;

  cim_link_start #(
    .Tiles (Tiles)
  ) u_start (
    .clk_i    (clk_i),
    .rst_ni   (rst_ni),
    .req_i    (req_i),
    .grant_i  (grant_o),
    .start_o  (start),
    .behind_o (unused_behind),
    .first_o  (unused_first)
  );

  assign unused_start = ^start;

  // The even tile comes first in the look unless it begins at the odd one.
  for (genvar i = 0; i < Pairs; i++) begin : g_pair
    logic even_wins;
    // A conditional: of a && !(b && c) with a and b in one vector Verilator 5.006 makes a && !b && !c.
    assign even_wins      = start[2*i+1] ? req_i[2*i] && !req_i[2*i+1] : req_i[2*i];
    assign grant_o[2*i]   = even_wins && !held_q[i];
    assign grant_o[2*i+1] = req_i[2*i+1] && !even_wins && !held_q[i];
    assign take[i]        = (req_i[2*i] || req_i[2*i+1]) && !held_q[i];
    assign free[i]        = end_i[2*i] || end_i[2*i+1];
  end

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) held_q <= '0;
    else held_q <= (held_q & ~free) | take;
endmodule

`default_nettype wire
