// cim_link_code: the threshold that one server of a flash step gives to all lanes of its clients: server * 2^(b-e), e = min(FlashBits, b)
// (docs/network.md section 1). With b < FlashBits the servers from 2^b on give none.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_link_code #(
  parameter int AdcBits = 4,       // 1..12
  parameter int FlashBits = 4      // 1..AdcBits
) (
  input  logic [FlashBits-1:0] server_i,  // 1..2^FlashBits-1
  input  logic [3:0]           bits_i,    // b, 1..AdcBits
  output logic                 used_o,
  output logic [AdcBits-1:0]   code_o
);
  logic [AdcBits-1:0] server;

  assign server = AdcBits'(server_i);
  assign used_o = (server_i >> bits_i) == '0;
  assign code_o = !used_o ? '0 : bits_i <= 4'(FlashBits) ? server : server << (bits_i - 4'(FlashBits));
endmodule

`default_nettype wire
