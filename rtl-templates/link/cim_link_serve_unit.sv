// cim_link_serve_unit: what the servers of the network `broadcast` do (docs/network.md sections 1, 2, 4). In a flash step server m = 1..Servers gives
// one threshold to all clients, which go in step; in the search steps of `hybrid` it serves client t with t mod Servers = m - 1 alone.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_link_serve_unit #(
  parameter int Clients = 1,       // 1..63
  parameter int Servers = 1,       // 1..63
  parameter int Adcs = 4,          // 1..256
  parameter int AdcBits = 4,       // 1..12
  parameter int FlashBits = 4      // Servers = 2^FlashBits - 1
) (
  input  logic [Clients-1:0]              converting_i,
  input  logic [Clients*4-1:0]            bits_i,
  input  logic [Clients-1:0]              flash_i,
  input  logic [Clients*Adcs*AdcBits-1:0] ref_i,
  input  logic [Clients-1:0]              precharge_i,
  input  logic [Clients-1:0]              share_i,
  output logic [Servers-1:0]              serve_o,
  output logic [Servers-1:0]              serve_precharge_o,
  output logic [Servers-1:0]              serve_share_o,
  output logic [Servers*Adcs*AdcBits-1:0] serve_ref_o
);
  localparam int Codes = Adcs * AdcBits;
  logic       flash, precharge, share;
  logic [3:0] bits;

  assign serve_o   = {Servers{converting_i != '0}};
  assign flash     = (converting_i & flash_i) != '0;
  assign precharge = (converting_i & precharge_i) != '0;
  assign share     = (converting_i & share_i) != '0;

  always_comb begin : p_bits
    bits = '0;
    for (int t = 0; t < Clients; t++)
      if (converting_i[t]) bits = bits | bits_i[t*4 +: 4];
  end

  for (genvar i = 0; i < Servers; i++) begin : g_server
    logic               used, searched;
    logic [AdcBits-1:0] code;

    cim_link_code #(
      .AdcBits   (AdcBits),
      .FlashBits (FlashBits)
    ) u_code (
      .server_i (FlashBits'(i + 1)),
      .bits_i   (bits),
      .used_o   (used),
      .code_o   (code)
    );

    if (FlashBits == AdcBits || i >= Clients) begin : g_flash
      assign searched                      = 1'b0;
      assign serve_ref_o[i*Codes +: Codes] = {Adcs{code}};
    end else begin : g_search
      logic [Codes-1:0] codes;
      always_comb begin : p_client
        searched = 1'b0;
        codes    = '0;
        for (int t = i; t < Clients; t = t + Servers)
          if (converting_i[t]) begin
            searched = 1'b1;
            codes    = codes | ref_i[t*Codes +: Codes];
          end
      end
      assign serve_ref_o[i*Codes +: Codes] = flash ? {Adcs{code}} : codes;
    end

    assign serve_precharge_o[i] = precharge && (flash ? used : searched);
    assign serve_share_o[i]     = share && (flash ? used : searched);
  end

  if (FlashBits == AdcBits) begin : g_no_search
    logic unused_ref;
    assign unused_ref = ^ref_i;
  end
endmodule

`default_nettype wire
