// adc_slot: one cim_adc of some shape behind ports of the largest shape, so that one bench drives all shapes. Not selected: no clock, outputs 0.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
`timescale 1ns / 1ns

module adc_slot #(
  parameter int Index = 0,
  parameter int Adcs = 1,
  parameter int AdcBits = 1,
  parameter int Kind = 0,
  parameter int FlashBits = 2,
  parameter int Bubble = 0,
  parameter int Search = 0,
  parameter int TileIndex = 0,
  localparam int CycleBits = Index % 2 == 0 ? 10 : 8,
  localparam int Refs = Kind == 1 ? 2**AdcBits - 1 : Kind == 2 ? 2**FlashBits - 1 : 1
) (
  input  logic          clk_i,
  input  logic          rst_ni,
  input  logic [7:0]    which_i,
  input  logic          start_i,
  input  logic          more_i,
  input  logic [3:0]    bits_i,
  input  logic [9:0]    cycle_i,
  input  logic [11:0]   samples_i,
  input  logic          seed_load_i,
  input  logic [15:0]   seed_i,
  input  logic [8:0]    lanes_i,
  input  logic [3:0]    lane_en_i,
  input  logic [1019:0] above_i,       // 255 per lane
  input  logic          tree_we_i,
  input  logic [11:0]   tree_addr_i,
  input  logic [11:0]   tree_left_i,
  input  logic [11:0]   tree_right_i,
  output logic [133:0]  out_o          // sample, comparing, strobe, flash, round_last, busy, last, ask 4, clock 10, comparisons 17, ref 4*12, code 4*12
);
  logic                    selected, clk, sample, comparing, strobe, flash, round_last, busy, last;
  logic [Adcs-1:0]         ask;
  logic [CycleBits-1:0]    cycle_clock;
  logic [16:0]             comparisons;
  logic [Adcs*AdcBits-1:0] trial, code;
  logic [Adcs*Refs-1:0]    above;
  logic [47:0]             wide_trial, wide_code;

  assign selected = which_i == 8'(Index);
  assign clk      = clk_i && selected;

  for (genvar lane = 0; lane < Adcs; lane++) begin : g_lane
    assign above[lane*Refs +: Refs]  = selected ? above_i[lane*255 +: Refs] : '0;
    assign wide_trial[lane*12 +: 12] = 12'(trial[lane*AdcBits +: AdcBits]);
    assign wide_code[lane*12 +: 12]  = 12'(code[lane*AdcBits +: AdcBits]);
  end
  for (genvar lane = Adcs; lane < 4; lane++) begin : g_none
    assign wide_trial[lane*12 +: 12] = 12'd0;
    assign wide_code[lane*12 +: 12]  = 12'd0;
  end

  assign out_o = selected ? {sample, comparing, strobe, flash, round_last, busy, last, 4'(ask), 10'(cycle_clock), comparisons, wide_trial, wide_code}
                          : 134'd0;

  logic upset;

  cim_adc #(
    .Adcs(Adcs), .AdcBits(AdcBits), .Kind(Kind), .FlashBits(FlashBits), .Bubble(Bubble), .Search(Search), .TileIndex(TileIndex), .CycleBits(CycleBits)
  ) u_adc (
    .clk_i(clk), .rst_ni(rst_ni), .reg_rst_ni(rst_ni), .start_i(start_i), .more_i(more_i), .bits_i(bits_i), .cycle_i(cycle_i[CycleBits-1:0]), .samples_i(samples_i),
    .seed_load_i(seed_load_i), .seed_i(seed_i), .lanes_i(lanes_i), .lane_en_i(lane_en_i[Adcs-1:0]), .above_i(above),
    .tree_we_i(tree_we_i), .tree_addr_i(tree_addr_i[AdcBits-1:0]), .tree_left_i(tree_left_i[AdcBits-1:0]), .tree_right_i(tree_right_i[AdcBits-1:0]),
    .sample_o(sample), .comparing_o(comparing), .clock_o(cycle_clock), .strobe_o(strobe), .flash_o(flash), .round_last_o(round_last), .busy_o(busy),
    .last_o(last), .ask_o(ask), .ref_o(trial), .code_o(code), .comparisons_o(comparisons), .upset_o(upset)
  );

  // nothing flips bits here
  always @(posedge clk) if (rst_ni && upset) $fatal(1, "adc_slot: upset");
endmodule

`default_nettype wire
