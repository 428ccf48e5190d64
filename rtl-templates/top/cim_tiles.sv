// The tiles of a core, the link that lends one's array to another as a reference, and the characterisation of a converter.
// Wiring only. Where references are local there is no link.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_tiles #(
  parameter int Rows       = 8,   // 8..1024
  parameter int Cols       = 8,   // 8..1024
  parameter int Tiles      = 1,   // 1..64
  parameter int Adcs       = 4,   // a power of two, 1..256, at most Cols
  parameter int AdcBits    = 4,   // 1..12
  parameter int CellBits   = 1,   // 1..2
  parameter int SampleHold = 1,   // 0..1
  parameter int GridBits   = 4,   // 1..8
  parameter int AccDepth   = 64,  // 2..65536
  parameter int Kind       = 0,   // 0 sar, 1 flash, 2 hybrid, 3 sense, 4 stochastic
  parameter int FlashBits  = 1,   // of a hybrid, 1..6
  parameter int Bubble     = 0,   // 0 majority, 1 ones
  parameter int Search     = 0,   // 0 binary, 1 asymmetric
  parameter int Immersed   = 0,   // 0..1
  parameter int Network    = 0,   // 0 pair, 1 ring, 2 broadcast
  parameter int Spares     = 0,   // 0..4 spare positions; 0 with Immersed
  localparam int AccBits   = $clog2(AccDepth)
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  input  logic                     reg_rst_ni,      // of what software wrote: a stop leaves it alone
  // weights
  input  logic [Tiles-1:0]         load_we_i,
  input  logic [$clog2(Rows)-1:0]  load_row_i,
  input  logic [Cols*CellBits-1:0] load_data_i,
  // repair maps
  input  logic [Tiles-1:0]         repair_we_i,
  input  logic [1:0]               repair_addr_i,
  input  logic                     repair_valid_i,
  input  logic [9:0]               repair_position_i,
  // shadow latches and hand-over
  input  logic [Tiles-1:0]         row_we_i,
  input  logic [$clog2(Rows)-1:0]  row_addr_i,
  input  logic [7:0]               row_data_i,
  input  logic [Tiles-1:0]         cmd_valid_i,
  input  logic [9:0]               cmd_col_start_i,
  input  logic [9:0]               cmd_col_stride_i,
  input  logic [10:0]              cmd_col_count_i,
  input  logic [15:0]              cmd_acc_base_i,
  input  logic [3:0]               cmd_bits_i,
  input  logic [1:0]               cmd_set_i,
  input  logic [3:0]               cmd_slice0_i,
  input  logic [3:0]               cmd_nslice_i,
  input  logic                     cmd_accumulate_i,
  output logic [Tiles-1:0]         shadow_full_o,
  output logic [3*Tiles-1:0]       pending_o,
  // run-time registers
  input  logic [3:0]               input_bits_i,
  input  logic                     input_sm_i,
  input  logic [3:0]               weight_bits_i,
  input  logic                     weight_sm_i,
  input  logic                     weight_dif_i,
  input  logic [7:0]               precharge_i,
  input  logic [7:0]               evaluate_i,
  input  logic [7:0]               compare_i,
  input  logic [7:0]               ref_precharge_i,
  input  logic [7:0]               share_i,
  input  logic [7:0]               settle_i,
  input  logic [11:0]              samples_i,
  input  logic                     seed_load_i,
  input  logic [15:0]              seed_i,
  input  logic [63:0]              lsb_i,
  input  logic [63:0]              low_i,
  input  logic [3:0]               nearest_i,
  input  logic                     tree_we_i,
  input  logic [AdcBits-1:0]       tree_addr_i,
  input  logic [AdcBits-1:0]       tree_left_i,
  input  logic [AdcBits-1:0]       tree_right_i,
  // accumulators, data one clock after the address
  input  logic [AccBits-1:0]       acc_raddr_i,
  output logic [32*Tiles-1:0]      acc_rdata_o,
  // characterisation
  input  logic                     char_start_i,
  input  logic                     char_mode_i,
  input  logic [3:0]               char_bits_i,
  input  logic [1:0]               char_set_i,
  input  logic [5:0]               char_tile_i,
  input  logic [7:0]               char_lane_i,
  input  logic [7:0]               char_repeats_i,
  input  logic signed [23:0]       char_level_i,
  input  logic [15:0]              char_step_i,
  input  logic [15:0]              char_count_i,
  output logic                     char_busy_o,
  input  logic                     bin_re_i,
  input  logic [AdcBits-1:0]       bin_addr_i,
  output logic [23:0]              bin_data_o,
  // events for the counters
  output logic [Tiles-1:0]         ev_plane_o,
  output logic [9*Tiles-1:0]       ev_conversions_o,
  output logic [17*Tiles-1:0]      ev_comparisons_o,
  output logic [Tiles-1:0]         ev_compare_o,
  output logic [Tiles-1:0]         ev_convert_o,
  output logic [Tiles-1:0]         ev_compute_o,
  output logic [Tiles-1:0]         ev_serve_o,
  output logic                     char_step_o,
  output logic                     upset_o           // a flipped bit was noticed
);
  localparam int KeyBits  = 37;
  localparam int CodeBits = Adcs * AdcBits;  // of a tile
  localparam int Refs     = Kind == 1 ? (1 << AdcBits) - 1 : Kind == 2 ? (1 << FlashBits) - 1 : 1;  // comparators per lane, and servers of a tile

  if (Immersed < 0 || Immersed > 1) begin : g_bad_immersed
    cim_illegal_parameter_Immersed u_illegal ();
  end
  if (Network < 0 || Network > 2 || (Immersed != 0 && ((Network == 0 && (Refs != 1 || Tiles % 2 != 0)) || (Network == 2 && Kind != 1 && Kind != 2) ||
                                                       Tiles < Refs + 1))) begin : g_bad_network
    cim_illegal_parameter_Network u_illegal ();
  end

  // ---- turns and references ----
  logic [Tiles-1:0]          ask, grant, converting, flash_done, turn_end, turn_flash, turn_precharge, turn_share;
  logic [Tiles-1:0]          serve, serve_precharge, serve_share;
  logic [KeyBits*Tiles-1:0]  ask_key;
  logic [4*Tiles-1:0]        turn_bits;
  logic [CodeBits*Tiles-1:0] turn_ref, serve_ref;

  assign ev_serve_o = serve;

  if (Immersed != 0) begin : g_link
    cim_link #(
      .Tiles    (Tiles),
      .Adcs     (Adcs),
      .AdcBits  (AdcBits),
      .Network  (Network),
      .Refs     (Refs),
      .Kind     (Kind),
      .FlashBits(FlashBits)
    ) u_link (
      .clk_i            (clk_i),
      .rst_ni           (rst_ni),
      .clear_i          (seed_load_i),
      .req_i            (ask),
      .key_i            (ask_key),
      .grant_o          (grant),
      .converting_i     (converting),
      .flash_done_i     (flash_done),
      .end_i            (turn_end),
      .bits_i           (turn_bits),
      .flash_i          (turn_flash),
      .ref_i            (turn_ref),
      .precharge_i      (turn_precharge),
      .share_i          (turn_share),
      .serve_o          (serve),
      .serve_precharge_o(serve_precharge),
      .serve_share_o    (serve_share),
      .serve_ref_o      (serve_ref)
    );
  end else begin : g_local
    logic unused_turns;
    assign unused_turns    = ^{ask, ask_key, converting, flash_done, turn_end, turn_bits, turn_flash, turn_ref, turn_precharge, turn_share};
    assign grant           = '0;
    assign serve           = '0;
    assign serve_precharge = '0;
    assign serve_share     = '0;
    for (genvar t = 0; t < Tiles; t++) begin : g_none
      assign serve_ref[CodeBits*t +: CodeBits] = '0;
    end
  end

  // ---- characterisation ----
  logic [Tiles-1:0]           char_active;
  logic                       char_upset, char_start, char_force, char_sample, char_strobe, char_flash, char_last, char_above;
  logic [3:0]                 char_bits;
  logic [1:0]                 char_set;
  logic signed [23:0]         char_level;
  logic [AdcBits-1:0]         char_ref, char_code, char_comparator;
  logic [AdcBits*Tiles-1:0]   codes;
  logic [Tiles-1:0]           above;

  cim_char #(
    .Tiles    (Tiles),
    .AdcBits  (AdcBits),
    .Kind     (Kind),
    .FlashBits(FlashBits)
  ) u_char (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .start_i      (char_start_i),
    .mode_i       (char_mode_i),
    .bits_i       (char_bits_i),
    .set_i        (char_set_i),
    .tile_i       (char_tile_i),
    .repeats_i    (char_repeats_i),
    .level_i      (char_level_i),
    .step_i       (char_step_i),
    .levels_i     (char_count_i),
    .busy_o       (char_busy_o),
    .active_o     (char_active),
    .force_level_o(char_level),
    .set_o        (char_set),
    .bits_o       (char_bits),
    .adc_start_o  (char_start),
    .ref_force_o  (char_force),
    .ref_sample_o (char_sample),
    .ref_strobe_o (char_strobe),
    .ref_flash_o  (char_flash),
    .ref_code_o   (char_ref),
    .adc_last_i   (char_last),
    .code_i       (char_code),
    .above_i      (char_above),
    .hist_re_i    (bin_re_i),
    .hist_addr_i  (bin_addr_i),
    .hist_data_o  (bin_data_o),
    .step_o       (char_step_o),
    .upset_o      (char_upset)
  );

  // the comparator that answers threshold k = char_ref: m - 1 of a flash step, where k = m * 2^(b-e), else the lane's only one or first
  if (Kind == 1) begin : g_char_flash
    assign char_comparator = char_ref - AdcBits'(1);
  end else if (Kind == 2) begin : g_char_hybrid
    logic [AdcBits-1:0] m;
    assign m               = char_bits > 4'(FlashBits) ? char_ref >> (char_bits - 4'(FlashBits)) : char_ref;
    assign char_comparator = char_flash ? m - AdcBits'(1) : '0;
  end else begin : g_char_one
    assign char_comparator = '0;
  end

  // tiles that are not under test answer 0
  assign char_above = above != '0;
  always_comb begin
    char_last = 1'b0;
    char_code = '0;
    if (char_busy_o) begin
      char_last = (turn_end & char_active) != '0;
      for (int t = 0; t < Tiles; t++)
        char_code = char_code | codes[AdcBits*t +: AdcBits];
    end
  end

  // ---- tiles ----
  logic [Tiles-1:0] tile_upset;
  assign upset_o = tile_upset != '0 || char_upset;

  for (genvar t = 0; t < Tiles; t++) begin : g_tile
    cim_tile #(
      .Rows      (Rows),
      .Cols      (Cols),
      .Adcs      (Adcs),
      .AdcBits   (AdcBits),
      .CellBits  (CellBits),
      .SampleHold(SampleHold),
      .GridBits  (GridBits),
      .Kind      (Kind),
      .FlashBits (FlashBits),
      .Bubble    (Bubble),
      .Search    (Search),
      .Immersed  (Immersed),
      .AccDepth  (AccDepth),
      .Spares    (Spares),
      .TileIndex (t)
    ) u_tile (
      .clk_i            (clk_i),
      .rst_ni           (rst_ni),
      .reg_rst_ni       (reg_rst_ni),
      .load_we_i        (load_we_i[t]),
      .load_row_i       (load_row_i),
      .load_data_i      (load_data_i),
      .repair_we_i      (repair_we_i[t]),
      .repair_addr_i    (repair_addr_i),
      .repair_valid_i   (repair_valid_i),
      .repair_position_i(repair_position_i),
      .row_we_i         (row_we_i[t]),
      .row_addr_i       (row_addr_i),
      .row_data_i       (row_data_i),
      .cmd_valid_i      (cmd_valid_i[t]),
      .cmd_col_start_i  (cmd_col_start_i),
      .cmd_col_stride_i (cmd_col_stride_i),
      .cmd_col_count_i  (cmd_col_count_i),
      .cmd_acc_base_i   (cmd_acc_base_i),
      .cmd_bits_i       (cmd_bits_i),
      .cmd_set_i        (cmd_set_i),
      .cmd_slice0_i     (cmd_slice0_i),
      .cmd_nslice_i     (cmd_nslice_i),
      .cmd_accumulate_i (cmd_accumulate_i),
      .shadow_full_o    (shadow_full_o[t]),
      .pending_o        (pending_o[3*t +: 3]),
      .input_bits_i     (input_bits_i),
      .input_sm_i       (input_sm_i),
      .weight_bits_i    (weight_bits_i),
      .weight_sm_i      (weight_sm_i),
      .weight_dif_i     (weight_dif_i),
      .precharge_i      (precharge_i),
      .evaluate_i       (evaluate_i),
      .compare_i        (compare_i),
      .ref_precharge_i  (ref_precharge_i),
      .share_i          (share_i),
      .settle_i         (settle_i),
      .samples_i        (samples_i),
      .seed_load_i      (seed_load_i),
      .seed_i           (seed_i),
      .lsb_i            (lsb_i),
      .low_i            (low_i),
      .nearest_i        (nearest_i),
      .tree_we_i        (tree_we_i),
      .tree_addr_i      (tree_addr_i),
      .tree_left_i      (tree_left_i),
      .tree_right_i     (tree_right_i),
      .ask_o            (ask[t]),
      .ask_key_o        (ask_key[KeyBits*t +: KeyBits]),
      .grant_i          (grant[t]),
      .converting_o     (converting[t]),
      .flash_done_o     (flash_done[t]),
      .turn_end_o       (turn_end[t]),
      .turn_bits_o      (turn_bits[4*t +: 4]),
      .turn_flash_o     (turn_flash[t]),
      .turn_ref_o       (turn_ref[CodeBits*t +: CodeBits]),
      .turn_precharge_o (turn_precharge[t]),
      .turn_share_o     (turn_share[t]),
      .serve_i          (serve[t]),
      .serve_precharge_i(serve_precharge[t]),
      .serve_share_i    (serve_share[t]),
      .serve_ref_i      (serve_ref[CodeBits*t +: CodeBits]),
      .char_active_i    (char_active[t]),
      .char_start_i     (char_start && char_active[t]),
      .char_force_i     (char_force && char_active[t]),
      .char_sample_i    (char_sample && char_active[t]),
      .char_strobe_i    (char_strobe && char_active[t]),
      .char_flash_i     (char_flash),
      .char_bits_i      (char_bits),
      .char_set_i       (char_set),
      .char_level_i     (char_level),
      .char_ref_i       (char_ref),
      .char_lane_i      (char_lane_i),
      .char_comparator_i(char_comparator),
      .char_code_o      (codes[AdcBits*t +: AdcBits]),
      .char_above_o     (above[t]),
      .acc_raddr_i      (acc_raddr_i),
      .acc_rdata_o      (acc_rdata_o[32*t +: 32]),
      .ev_plane_o       (ev_plane_o[t]),
      .ev_conversions_o (ev_conversions_o[9*t +: 9]),
      .ev_comparisons_o (ev_comparisons_o[17*t +: 17]),
      .ev_compare_o     (ev_compare_o[t]),
      .ev_convert_o     (ev_convert_o[t]),
      .ev_compute_o     (ev_compute_o[t]),
      .upset_o          (tile_upset[t])
    );
  end
endmodule

`default_nettype wire
