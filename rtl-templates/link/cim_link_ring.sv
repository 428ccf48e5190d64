// cim_link_ring: turns of the network `ring` (docs/network.md section 3): tile t takes t .. t + Servers (mod Tiles).
// An asker is refused when an array it needs is held, or needed by an asker that comes before it in the look, granted or not.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_link_ring #(
  parameter int Tiles = 2,         // 2..64
  parameter int Servers = 1,       // 1..Tiles-1
  parameter int Release = 0        // 1: all servers but the first are given back at flash_done_i (`hybrid`)
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic [Tiles-1:0] req_i,
  input  logic [Tiles-1:0] flash_done_i,  // last clock that the servers after the first are needed
  input  logic [Tiles-1:0] end_i,         // last clock of the turn of this tile
  output logic [Tiles-1:0] grant_o
);
  logic [Tiles-1:0] held_q, start, refused, taken, freed, unused_behind, unused_first;

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

  // bit t of the result is bit t - d (mod Tiles)
  function automatic logic [Tiles-1:0] up(input logic [Tiles-1:0] bits, input int d);
    up = Tiles'({bits, bits} >> (Tiles - d));
  endfunction

  // Two askers at distance d <= Servers need a common array. Of tiles a and a + d the latter comes first in the look when p lies in a+1 .. a+d.
  always_comb begin : p_look
    logic [Tiles-1:0] between;  // bit t: p lies in t-d+1 .. t
    between = '0;
    refused = held_q;
    for (int d = 1; d <= Servers; d++) begin
      between = between | up(start, d - 1);
      refused = refused | up(held_q, Tiles - d) | (up(req_i, d) & ~between) | up(req_i & between, Tiles - d);
    end
  end

  assign grant_o = req_i & ~refused;

  always_comb begin : p_arrays
    taken = grant_o;
    freed = end_i | up(end_i, 1);
    for (int d = 1; d <= Servers; d++) begin
      taken = taken | up(grant_o, d);
      if (d > 1) freed = freed | up(Release != 0 ? flash_done_i : end_i, d);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) held_q <= '0;
    else held_q <= (held_q & ~freed) | taken;

  if (Release == 0) begin : g_keep
    logic unused_flash_done;
    assign unused_flash_done = ^flash_done_i;
  end
endmodule

`default_nettype wire
