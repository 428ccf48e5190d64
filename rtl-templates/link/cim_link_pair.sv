// cim_link_pair: turns of the network `pair` (docs/network.md section 3): tiles 2i and 2i + 1 take each other, so one bit says that both are held.
// Every pair has a start of its own: two tiles that always ask alternate.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_link_pair #(
  parameter int Tiles = 2          // 2..64, even
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             clear_i,   // a program begins: p = 0
  input  logic [Tiles-1:0] req_i,
  input  logic [Tiles-1:0] end_i,     // last clock of the turn of this tile
  output logic [Tiles-1:0] grant_o
);
  localparam int Pairs = Tiles / 2;
  logic [Pairs-1:0] held_q, take, free;
  logic [Pairs-1:0] odd_q, odd_d;  // p of the pair

  for (genvar i = 0; i < Pairs; i++) begin : g_pair
    logic even_wins;
    // A conditional: of a && !(b && c) with a and b in one vector Verilator 5.006 makes a && !b && !c.
    assign even_wins      = odd_q[i] ? req_i[2*i] && !req_i[2*i+1] : req_i[2*i];
    assign grant_o[2*i]   = even_wins && !held_q[i];
    assign grant_o[2*i+1] = req_i[2*i+1] && !even_wins && !held_q[i];
    assign take[i]        = (req_i[2*i] || req_i[2*i+1]) && !held_q[i];
    // a grant moves p to the other one; an asker that is refused keeps it
    assign odd_d[i]       = take[i] ? even_wins : req_i[2*i] || req_i[2*i+1] ? !even_wins : odd_q[i];
    assign free[i]        = end_i[2*i] || end_i[2*i+1];
  end

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      held_q <= '0;
      odd_q  <= '0;
    end else begin
      held_q <= (held_q & ~free) | take;
      odd_q  <= clear_i ? '0 : odd_d;
    end
endmodule

`default_nettype wire
