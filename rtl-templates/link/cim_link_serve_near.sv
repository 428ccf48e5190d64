// cim_link_serve_near: who serves whom in the networks `pair` and `ring`, and with which reference codes (docs/network.md sections 1, 2, 4).
// Server m of a client is its neighbour (pair) or m tiles on (ring). An array has one client at a time.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_link_serve_near #(
  parameter int Tiles = 2,         // 2..64
  parameter int Adcs = 4,          // 1..256
  parameter int AdcBits = 4,       // 1..12
  parameter int Pair = 0,          // 1 pair, 0 ring
  parameter int Servers = 1,       // 1..Tiles-1
  parameter int FlashBits = 0,     // bits of a flash step; 0: the kind has none
  parameter int Release = 0        // 1: servers from the second on are given back at flash_done_i
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  input  logic [Tiles-1:0]              converting_i,
  input  logic [Tiles-1:0]              flash_done_i,
  input  logic [Tiles-1:0]              end_i,
  input  logic [Tiles*4-1:0]            bits_i,
  input  logic [Tiles-1:0]              flash_i,
  input  logic [Tiles*Adcs*AdcBits-1:0] ref_i,
  input  logic [Tiles-1:0]              precharge_i,
  input  logic [Tiles-1:0]              share_i,
  output logic [Tiles-1:0]              serve_o,
  output logic [Tiles-1:0]              serve_precharge_o,
  output logic [Tiles-1:0]              serve_share_o,
  output logic [Tiles*Adcs*AdcBits-1:0] serve_ref_o
);
  localparam int Codes = Adcs * AdcBits;
  logic [Tiles-1:0] alone;  // these clients have only their first server left

  if (Release != 0) begin : g_release
    logic [Tiles-1:0] released_q;
    always_ff @(posedge clk_i or negedge rst_ni)
      if (!rst_ni) released_q <= '0;
      else released_q <= (released_q | flash_done_i) & ~end_i;
    assign alone = released_q;
  end else begin : g_keep
    logic unused_release;
    assign unused_release = ^{clk_i, rst_ni, flash_done_i, end_i};
    assign alone = '0;
  end

  for (genvar s = 0; s < Tiles; s++) begin : g_server
    localparam int Near = Pair != 0 ? (s % 2 == 0 ? s + 1 : s - 1) : (s + Tiles - 1) % Tiles;  // the client that s is the first server of
    if (FlashBits == 0) begin : g_search
      assign serve_o[s]                     = converting_i[Near];
      assign serve_precharge_o[s]           = precharge_i[Near];
      assign serve_share_o[s]               = share_i[Near];
      assign serve_ref_o[s*Codes +: Codes]  = ref_i[Near*Codes +: Codes];
    end else begin : g_flash
      logic                 near, near_flash, near_precharge, near_share;  // of the client whose first server this array is
      logic                 serve, flash, precharge, share, used, asked;
      logic [3:0]           near_bits, bits;
      logic [FlashBits-1:0] number;   // which server this array is
      logic [AdcBits-1:0]   code;

      // constant selects stand outside the process: Icarus 11 refuses them in it
      assign near           = converting_i[Near];
      assign near_flash     = near && flash_i[Near];
      assign near_precharge = near && precharge_i[Near];
      assign near_share     = near && share_i[Near];
      assign near_bits      = bits_i[Near*4 +: 4] & {4{near}};

      always_comb begin : p_client
        serve     = near;
        flash     = near_flash;
        precharge = near_precharge;
        share     = near_share;
        bits      = near_bits;
        number    = near ? FlashBits'(1) : '0;
        for (int m = 2; m <= Servers; m++) begin
          if (converting_i[(s+Tiles-m)%Tiles] && !alone[(s+Tiles-m)%Tiles]) begin
            serve     = 1'b1;
            flash     = flash_i[(s+Tiles-m)%Tiles];
            precharge = precharge_i[(s+Tiles-m)%Tiles];
            share     = share_i[(s+Tiles-m)%Tiles];
            bits      = bits_i[((s+Tiles-m)%Tiles)*4 +: 4];
            number    = FlashBits'(m);
          end
        end
      end

      cim_link_code #(
        .AdcBits   (AdcBits),
        .FlashBits (FlashBits)
      ) u_code (
        .server_i (number),
        .bits_i   (bits),
        .used_o   (used),
        .code_o   (code)
      );

      assign asked                         = flash ? used : number == FlashBits'(1);
      assign serve_o[s]                    = serve;
      assign serve_precharge_o[s]          = precharge && asked;
      assign serve_share_o[s]              = share && asked;
      assign serve_ref_o[s*Codes +: Codes] = flash ? {Adcs{code}} : ref_i[Near*Codes +: Codes];
    end
  end

  if (FlashBits == 0) begin : g_no_flash
    logic unused_flash;
    assign unused_flash = ^{bits_i, flash_i, alone};
  end
endmodule

`default_nettype wire
