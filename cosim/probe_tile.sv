// cim_probe_tile: tells the judge what a tile does, as it does it. Bound into every cim_tile; for Verilator only, never emitted as RTL.
// A DPI call is made only in a clock in which there is something to tell. All cim_* tokens follow the prefix of the emitted RTL; bl_* do not.
//
// C side (svBitVecVal is uint32_t, svdpi.h; vectors are little-endian words, so codes may be read as uint16_t[lanes] on a little-endian host):
//   extern "C" void bl_probe_codes(int tile, int plane, int position, int lanes, const svBitVecVal *mask, const svBitVecVal *codes);
//        one round: lanes = ADCS; mask has (lanes + 31) / 32 words, bit l: lane l converted column position * lanes + l;
//        codes has (lanes + 1) / 2 words, 16 bits per lane (0 in lanes out of the mask); plane 0..P-1
//   extern "C" void bl_probe_partial(int tile, int address, int partial, int accumulator);   accumulator: the word after it
//   extern "C" void bl_probe_take(int tile);      a plane is taken (hold strobe)
//   extern "C" void bl_probe_finish(int tile);    last clock of a plane's conversion
//   extern "C" void bl_probe_load(int tile);      a row of weights is written
// Order within one clock: partial, codes, finish, take, load. The codes of a plane's last round come one clock after its finish.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_probe_tile #(
  parameter int Adcs = 4,
  parameter int AdcBits = 4,
  parameter int SelBits = 1,
  parameter int AddrBits = 4,
  parameter int TileIndex = 0
) (
  input logic                    clk_i,
  input logic                    load_i,
  input logic                    take_i,
  input logic [3:0]              plane_i,       // with take_i
  input logic                    finish_i,
  input logic                    round_last_i,
  input logic [Adcs-1:0]         lane_en_i,     // with round_last_i
  input logic                    add_i,         // codes of the round that ended a clock ago
  input logic [SelBits-1:0]      position_i,    // with add_i
  input logic [Adcs*AdcBits-1:0] code_i,        // with add_i
  input logic                    acc_we_i,
  input logic [AddrBits-1:0]     acc_addr_i,
  input logic [31:0]             partial_i,
  input logic [31:0]             accumulator_i
);
  localparam int MaskBits = (Adcs + 31) / 32 * 32;
  localparam int CodeBits = (Adcs + 1) / 2 * 32;

  import "DPI-C" function void bl_probe_codes(input int tile, input int plane, input int position, input int lanes,
                                              input bit [MaskBits-1:0] mask, input bit [CodeBits-1:0] codes);
  import "DPI-C" function void bl_probe_partial(input int tile, input int address, input int partial, input int accumulator);
  import "DPI-C" function void bl_probe_take(input int tile);
  import "DPI-C" function void bl_probe_finish(input int tile);
  import "DPI-C" function void bl_probe_load(input int tile);

  logic [3:0]      conv_plane_q, add_plane_q;
  logic [Adcs-1:0] add_mask_q;

  always_ff @(posedge clk_i) begin
    if (take_i)
      conv_plane_q <= plane_i;
    if (round_last_i) begin
      add_plane_q <= conv_plane_q;
      add_mask_q  <= lane_en_i;
    end
  end

  function automatic bit [CodeBits-1:0] spread(input logic [Adcs*AdcBits-1:0] code);
    spread = '0;
    for (int lane = 0; lane < Adcs; lane++)
      spread[lane*16 +: 16] = 16'(code[lane*AdcBits +: AdcBits]);
  endfunction

  always @(posedge clk_i) begin
    if (acc_we_i)
      bl_probe_partial(TileIndex, 32'(acc_addr_i), partial_i, accumulator_i);
    if (add_i)
      bl_probe_codes(TileIndex, 32'(add_plane_q), 32'(position_i), Adcs, MaskBits'(add_mask_q), spread(code_i));
    if (finish_i)
      bl_probe_finish(TileIndex);
    if (take_i)
      bl_probe_take(TileIndex);
    if (load_i)
      bl_probe_load(TileIndex);
  end
endmodule

bind cim_tile cim_probe_tile #(
  .Adcs      (Adcs),
  .AdcBits   (AdcBits),
  .SelBits   (SelBits),
  .AddrBits  (AddrBits),
  .TileIndex (TileIndex)
) u_probe (
  .clk_i         (clk_i),
  .load_i        (load_we_i),
  .take_i        (take),
  .plane_i       (plane_index),
  .finish_i      (conv_last && !char_active_i),
  .round_last_i  (conv_round_last),
  .lane_en_i     (lane_en),
  .add_i         (add_q),
  .position_i    (add_position_q),
  .code_i        (codes),
  .acc_we_i      (acc_we),
  .acc_addr_i    (acc_waddr),
  .partial_i     (partial),
  .accumulator_i (acc_sum)
);

`default_nettype wire
