// cim_link_ring: turns of the network `ring` (docs/network.md section 3): tile t takes t .. t + Servers (mod Tiles).
// An asker is refused when an array it needs is held, or taken by an asker before it in the look, or needed by the first asker.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_link_ring #(
  parameter int Tiles = 2,         // 2..64
  parameter int Servers = 1,       // 1..Tiles-1
  parameter int Release = 0        // 1: all servers but the first are given back at flash_done_i (`hybrid`)
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             clear_i,       // a program begins: p = 0
  input  logic [Tiles-1:0] req_i,
  input  logic [Tiles-1:0] flash_done_i,  // last clock that the servers after the first are needed
  input  logic [Tiles-1:0] end_i,         // last clock of the turn of this tile
  output logic [Tiles-1:0] grant_o
);
  logic [Tiles-1:0] held_q, taken, freed, behind, first, unused_start;

  cim_link_start #(
    .Tiles (Tiles)
  ) u_start (
    .clk_i    (clk_i),
    .rst_ni   (rst_ni),
    .clear_i  (clear_i),
    .req_i    (req_i),
    .grant_i  (grant_o),
    .start_o  (unused_start),
    .behind_o (behind),
    .first_o  (first)
  );

  // bit t of the result is bit t - d (mod Tiles)
  function automatic logic [Tiles-1:0] up(input logic [Tiles-1:0] bits, input int d);
    up = Tiles'({bits, bits} >> (Tiles - d));
  endfunction

  // The look: first from p on, then from tile 0 to p. needs of tile t: bits t .. t + Servers.
  always_comb begin : p_look
    logic [Tiles-1:0] needs, looked;
    grant_o = '0;
    looked  = held_q;
    for (int i = 0; i < 2*Tiles; i++) begin
      needs = Tiles'({2{Tiles'((65'd2 << Servers) - 65'd1)}} >> (i % Tiles == 0 ? 0 : Tiles - i % Tiles));
      if (req_i[i%Tiles] && (i < Tiles ? behind[i%Tiles] : !behind[i%Tiles])) begin
        if ((needs & looked) == '0) grant_o[i%Tiles] = 1'b1;
        if ((needs & looked) == '0 || first[i%Tiles]) looked = looked | needs;
      end
    end
  end

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
