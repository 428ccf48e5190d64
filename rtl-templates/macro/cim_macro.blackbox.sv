// cim_macro, black box: the ports of docs/macro.md and nothing else, for synthesis beside a LEF and a Liberty file.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

(* blackbox *)
module cim_macro #(
  parameter int Rows = 8,        // 8..1024
  parameter int Cols = 8,        // 8..1024: of the array, spare ones too
  parameter int Adcs = 4,        // converters: a power of two, 1..256, at most Cols
  parameter int AdcBits = 4,     // 1..12
  parameter int Refs = 1,        // comparators per lane: 2^e - 1, e in 1..8, e <= AdcBits
  parameter int CellBits = 1,    // 1..2
  parameter int SampleHold = 1,  // 1: bit lines are free again after hold_i
  parameter int Sets = 4,        // threshold sets, 4
  parameter int GridBits = 4,    // fractional bits of a threshold in the file, 1..8
  parameter int TileIndex = 0,   // which part of the threshold file is ours, 0..63
  localparam int Positions = (Cols + Adcs - 1) / Adcs,
  localparam int SelBits = Positions > 1 ? $clog2(Positions) : 1
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  input  logic                      we_i,
  input  logic [$clog2(Rows)-1:0]   waddr_i,
  input  logic [Cols*CellBits-1:0]  wdata_i,
  input  logic                      re_i,
  input  logic [$clog2(Rows)-1:0]   raddr_i,
  output logic [Cols*CellBits-1:0]  rdata_o,
  input  logic [Rows-1:0]           plane_i,
  input  logic                      precharge_i,
  input  logic                      evaluate_i,
  input  logic                      capture_i,
  input  logic                      hold_i,
  input  logic                      sample_i,
  input  logic [SelBits-1:0]        sel_i,
  input  logic [Adcs-1:0]           lane_en_i,
  input  logic                      pair_i,
  input  logic [3:0]                bits_i,
  input  logic                      flash_i,
  input  logic [1:0]                set_i,
  input  logic [15:0]               lsb_i,
  input  logic signed [15:0]        low_i,
  input  logic                      nearest_i,
  input  logic [Adcs*AdcBits-1:0]   ref_i,
  input  logic                      cmp_i,
  output logic [Adcs*Refs-1:0]      cmp_o,
  input  logic                      force_i,
  input  logic signed [23:0]        force_level_i,
  input  logic                      serve_i,
  input  logic                      serve_precharge_i,
  input  logic                      serve_share_i,
  input  logic [Adcs*AdcBits-1:0]   serve_ref_i
);
  // Nothing is inside: readers without black boxes see quiet outputs.
  logic unused_inputs;

  assign rdata_o = '0;
  assign cmp_o   = (Adcs*Refs)'(0);  // not '0: Verilator warns of one that is wider than 8192 bits
  assign unused_inputs = &{1'b0, clk_i, rst_ni, we_i, waddr_i, wdata_i, re_i, raddr_i, plane_i, precharge_i, evaluate_i, capture_i, hold_i,
                           sample_i, sel_i, lane_en_i, pair_i, bits_i, flash_i, set_i, lsb_i, low_i, nearest_i, ref_i, cmp_i,
                           force_i, force_level_i, serve_i, serve_precharge_i, serve_share_i, serve_ref_i,
                           32'(SampleHold), 32'(Sets), 32'(GridBits), 32'(TileIndex)};
endmodule

`default_nettype wire
