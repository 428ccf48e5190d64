// cim_link_unit: turns of the network `broadcast` (docs/network.md section 3): the servers are one unit. The first asker of a look takes it;
// askers with the same key (bits, set, columns) join in the same clock and go in step. Only tiles 0 .. Clients-1 ask.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_link_unit #(
  parameter int Tiles = 2,         // 2..64
  parameter int Clients = 1,       // computing tiles, 1..Tiles-1
  parameter int Places = 0,        // `hybrid`: a look grants only one tile of every residue modulo Places (= servers); 0: any number of tiles
  parameter int KeyBits = 37
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic                       clear_i, // a program begins: p = 0
  input  logic [Clients-1:0]         req_i,
  input  logic [Clients*KeyBits-1:0] key_i,
  input  logic [Clients-1:0]         end_i,   // last clock of the turn of this tile
  output logic [Clients-1:0]         grant_o
);
  logic [Clients-1:0] held_q, first, near, match, chosen;
  logic [Tiles-1:0]   behind, asker, unused_start;
  logic [KeyBits-1:0] key;

  cim_link_start #(
    .Tiles (Tiles)
  ) u_start (
    .clk_i    (clk_i),
    .rst_ni   (rst_ni),
    .clear_i  (clear_i),
    .req_i    (Tiles'(req_i)),
    .grant_i  (Tiles'(grant_o)),
    .start_o  (unused_start),
    .behind_o (behind),
    .first_o  (asker)
  );

  assign first = asker[Clients-1:0];
  assign near  = behind[Clients-1:0];

  always_comb begin : p_key
    key = '0;
    for (int t = 0; t < Clients; t++)
      key = key | (key_i[t*KeyBits +: KeyBits] & {KeyBits{first[t]}});
    for (int t = 0; t < Clients; t++)
      match[t] = req_i[t] && key_i[t*KeyBits +: KeyBits] == key;
  end

  if (Places == 0) begin : g_all
    logic unused_near;
    assign unused_near = ^near;
    assign chosen = match;
  end else begin : g_places
    // of every residue the first in the look: the lowest from p on, or else the lowest
    always_comb begin : p_choose
      logic [Places-1:0] any_near, seen_near, seen_far;
      any_near  = '0;
      seen_near = '0;
      seen_far  = '0;
      for (int t = 0; t < Clients; t++)
        any_near[t % Places] = any_near[t % Places] | (match[t] & near[t]);
      for (int t = 0; t < Clients; t++) begin
        chosen[t] = match[t] && (near[t] ? !seen_near[t % Places] : !any_near[t % Places] && !seen_far[t % Places]);
        if (match[t] && near[t]) seen_near[t % Places] = 1'b1;
        if (match[t] && !near[t]) seen_far[t % Places] = 1'b1;
      end
    end
  end

  assign grant_o = held_q == '0 ? chosen : '0;

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) held_q <= '0;
    else held_q <= (held_q & ~end_i) | grant_o;

  logic unused_servers;  // they never ask
  assign unused_servers = ^{behind, asker};
endmodule

`default_nettype wire
