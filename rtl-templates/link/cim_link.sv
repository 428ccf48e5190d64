// cim_link: turns and roles of arrays that take neighbouring arrays as the reference of their converters (docs/network.md).
// grant_o follows req_i and key_i within the clock; a granted tile precharges in the next one and holds its arrays to end_i. serve_ref_o follows ref_i
// within the clock: ref_i changes only at the edge that begins a compare cycle, so the server has the client's codes during the whole cycle.
// All serve_* outputs are decoded from flops of the tiles and of the link. converting_i of a tile is high only in a turn of it.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_link #(
  parameter int Tiles = 2,         // 2..64; pair: even; ring and broadcast: at least Refs + 1
  parameter int Adcs = 4,          // 1..256
  parameter int AdcBits = 4,       // 1..12
  parameter int Network = 0,       // 0 pair, 1 ring, 2 broadcast
  parameter int Refs = 1,          // servers of a client: flash 2^AdcBits - 1, hybrid 2^FlashBits - 1, else 1
  parameter int Kind = 0,          // 0 sar, 1 flash, 2 hybrid, 3 sense, 4 stochastic
  parameter int FlashBits = 2,     // hybrid: 1..6, less than AdcBits
  localparam int KeyBits = 37      // bits 4, set 2, first column 10, stride 10, count 11
) (
  input  logic                          clk_i,
  input  logic                          rst_ni,
  input  logic                          clear_i,       // a program begins: the look begins at tile 0
  input  logic [Tiles-1:0]              req_i,
  input  logic [Tiles*KeyBits-1:0]      key_i,         // broadcast: tiles with the same key may go in step
  output logic [Tiles-1:0]              grant_o,
  input  logic [Tiles-1:0]              converting_i,  // sample and compare clocks
  input  logic [Tiles-1:0]              flash_done_i,  // hybrid: strobe of the flash step of the turn's last round
  input  logic [Tiles-1:0]              end_i,         // last clock of the turn's conversion
  input  logic [Tiles*4-1:0]            bits_i,        // resolution of the conversion
  input  logic [Tiles-1:0]              flash_i,       // this compare cycle is a flash step
  input  logic [Tiles*Adcs*AdcBits-1:0] ref_i,
  input  logic [Tiles-1:0]              precharge_i,   // reference phases of the client, only where converting_i is high
  input  logic [Tiles-1:0]              share_i,
  output logic [Tiles-1:0]              serve_o,
  output logic [Tiles-1:0]              serve_precharge_o,  // only arrays whose lines this step uses
  output logic [Tiles-1:0]              serve_share_o,
  output logic [Tiles*Adcs*AdcBits-1:0] serve_ref_o         // means something with serve_precharge_o and serve_share_o
);
  localparam int Step = Kind == 1 ? AdcBits : Kind == 2 ? FlashBits : 0;  // bits of a flash step
  localparam int Need = Step == 0 ? 1 : (1 << Step) - 1;
  localparam int Release = Kind == 2 && Network == 1 ? 1 : 0;
  localparam int Codes = Adcs * AdcBits;

  if (Tiles < 2 || Tiles > 64 || (Network == 0 && Tiles % 2 != 0) || Tiles < Refs + 1) begin : g_bad_tiles
    cim_illegal_parameter_Tiles u_illegal ();
  end
  if (Adcs < 1 || Adcs > 256 || (1 << $clog2(Adcs)) != Adcs) begin : g_bad_adcs
    cim_illegal_parameter_Adcs u_illegal ();
  end
  if (AdcBits < 1 || AdcBits > 12 || (Kind == 3 && AdcBits != 1)) begin : g_bad_adc_bits
    cim_illegal_parameter_AdcBits u_illegal ();
  end
  if (Network < 0 || Network > 2 || (Network == 0 && Refs != 1) || (Network == 2 && Step == 0)) begin : g_bad_network
    cim_illegal_parameter_Network u_illegal ();
  end
  if (Refs != Need) begin : g_bad_refs
    cim_illegal_parameter_Refs u_illegal ();
  end
  if (Kind < 0 || Kind > 4) begin : g_bad_kind
    cim_illegal_parameter_Kind u_illegal ();
  end
  if (Kind == 2 && (FlashBits < 1 || FlashBits > 6 || FlashBits >= AdcBits)) begin : g_bad_flash_bits
    cim_illegal_parameter_FlashBits u_illegal ();
  end

  if (Network == 2) begin : g_broadcast
    localparam int Clients = Tiles - Refs;

    cim_link_unit #(
      .Tiles   (Tiles),
      .Clients (Clients),
      .Places  (Kind == 2 ? Refs : 0),
      .KeyBits (KeyBits)
    ) u_turns (
      .clk_i   (clk_i),
      .rst_ni  (rst_ni),
      .clear_i (clear_i),
      .req_i   (req_i[Clients-1:0]),
      .key_i   (key_i[Clients*KeyBits-1:0]),
      .end_i   (end_i[Clients-1:0]),
      .grant_o (grant_o[Clients-1:0])
    );

    cim_link_serve_unit #(
      .Clients   (Clients),
      .Servers   (Refs),
      .Adcs      (Adcs),
      .AdcBits   (AdcBits),
      .FlashBits (Step)
    ) u_serve (
      .converting_i      (converting_i[Clients-1:0]),
      .bits_i            (bits_i[Clients*4-1:0]),
      .flash_i           (flash_i[Clients-1:0]),
      .ref_i             (ref_i[Clients*Codes-1:0]),
      .precharge_i       (precharge_i[Clients-1:0]),
      .share_i           (share_i[Clients-1:0]),
      .serve_o           (serve_o[Tiles-1:Clients]),
      .serve_precharge_o (serve_precharge_o[Tiles-1:Clients]),
      .serve_share_o     (serve_share_o[Tiles-1:Clients]),
      .serve_ref_o       (serve_ref_o[Tiles*Codes-1:Clients*Codes])
    );

    assign grant_o[Tiles-1:Clients]         = '0;
    assign serve_o[Clients-1:0]             = '0;
    assign serve_precharge_o[Clients-1:0]   = '0;
    assign serve_share_o[Clients-1:0]       = '0;
    assign serve_ref_o[Clients*Codes-1:0]   = '0;

    logic unused_servers;  // reference tiles neither ask nor convert
    assign unused_servers = ^{req_i, key_i, converting_i, flash_done_i, end_i, bits_i, flash_i, ref_i, precharge_i, share_i};
  end else begin : g_near
    if (Network == 0) begin : g_pair
      cim_link_pair #(
        .Tiles (Tiles)
      ) u_turns (
        .clk_i   (clk_i),
        .rst_ni  (rst_ni),
        .clear_i (clear_i),
        .req_i   (req_i),
        .end_i   (end_i),
        .grant_o (grant_o)
      );
    end else begin : g_ring
      cim_link_ring #(
        .Tiles   (Tiles),
        .Servers (Refs),
        .Release (Release)
      ) u_turns (
        .clk_i        (clk_i),
        .rst_ni       (rst_ni),
        .clear_i      (clear_i),
        .req_i        (req_i),
        .flash_done_i (flash_done_i),
        .end_i        (end_i),
        .grant_o      (grant_o)
      );
    end

    cim_link_serve_near #(
      .Tiles     (Tiles),
      .Adcs      (Adcs),
      .AdcBits   (AdcBits),
      .Pair      (Network == 0 ? 1 : 0),
      .Servers   (Refs),
      .FlashBits (Step),
      .Release   (Release)
    ) u_serve (
      .clk_i             (clk_i),
      .rst_ni            (rst_ni),
      .converting_i      (converting_i),
      .flash_done_i      (flash_done_i),
      .end_i             (end_i),
      .bits_i            (bits_i),
      .flash_i           (flash_i),
      .ref_i             (ref_i),
      .precharge_i       (precharge_i),
      .share_i           (share_i),
      .serve_o           (serve_o),
      .serve_precharge_o (serve_precharge_o),
      .serve_share_o     (serve_share_o),
      .serve_ref_o       (serve_ref_o)
    );

    logic unused_key;
    assign unused_key = ^key_i;
  end
endmodule

`default_nettype wire
