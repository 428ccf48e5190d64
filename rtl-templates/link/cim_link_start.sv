// cim_link_start: where the link begins to look (p of the grant rule, docs/network.md section 3), one-hot.
// The first asker keeps the start until it is granted; then the start moves behind it.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_link_start #(
  parameter int Tiles = 2          // 2..64
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             clear_i,   // a program begins: p = 0
  input  logic [Tiles-1:0] req_i,
  input  logic [Tiles-1:0] grant_i,
  output logic [Tiles-1:0] start_o,   // p
  output logic [Tiles-1:0] behind_o,  // tiles p .. Tiles-1, the first part of the look
  output logic [Tiles-1:0] first_o    // the first asker; none when nobody asks
);
  logic [Tiles-1:0] start_q, near;

  assign start_o  = start_q;
  assign behind_o = ~(start_q - Tiles'(1));
  assign near     = req_i & behind_o;
  assign first_o  = near != '0 ? near & (~near + Tiles'(1)) : req_i & (~req_i + Tiles'(1));  // lowest bit

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni)
      start_q <= Tiles'(1);
    else if (clear_i)
      start_q <= Tiles'(1);
    else if ((first_o & grant_i) != '0)
      start_q <= {first_o[Tiles-2:0], first_o[Tiles-1]};
    else if (first_o != '0)
      start_q <= first_o;
endmodule

`default_nettype wire
