// cim_readout: the column side of a tile: which columns come next, the converters, the macro, and the phases of an immersed reference.
// While a characterisation holds the tile (char_active_i) every lane takes part and samples the forced level.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_readout #(
  parameter int Rows = 8,        // 8..1024
  parameter int Cols = 8,        // 8..1024
  parameter int Adcs = 4,        // a power of two, 1..256, at most Cols
  parameter int AdcBits = 4,     // 1..12
  parameter int CellBits = 1,    // 1..2
  parameter int SampleHold = 1,  // 0..1
  parameter int GridBits = 4,    // 1..8
  parameter int Kind = 0,        // 0 sar, 1 flash, 2 hybrid, 3 sense, 4 stochastic
  parameter int FlashBits = 1,   // of a hybrid
  parameter int Bubble = 0,      // 0 majority, 1 ones
  parameter int Search = 0,      // 0 binary, 1 asymmetric
  parameter int Immersed = 0,    // 0..1
  parameter int TileIndex = 0,   // 0..63
  parameter int ColBits = 10,    // of a column's number in the commands
  parameter int Spares = 0,      // 0..4 spare positions
  localparam int Positions = (Cols + Adcs - 1) / Adcs,
  localparam int SelBits = Positions > 1 ? $clog2(Positions) : 1,
  localparam int AllPositions = Spares != 0 ? (Positions + 1) / 2 * 2 + Spares : Positions,  // of the array
  localparam int AllCols = Spares != 0 ? AllPositions * Adcs : Cols,
  localparam int AllSelBits = AllPositions > 1 ? $clog2(AllPositions) : 1,
  localparam int Refs = Kind == 1 ? (1 << AdcBits) - 1 : Kind == 2 ? (1 << FlashBits) - 1 : 1  // comparators per lane
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,
  input  logic                      reg_rst_ni,       // of what software wrote: a stop leaves it alone
  // weights
  input  logic                      load_we_i,
  input  logic [$clog2(Rows)-1:0]   load_row_i,
  input  logic [Cols*CellBits-1:0]  load_data_i,
  // REPAIR of this tile
  input  logic                      repair_we_i,
  input  logic [1:0]                repair_addr_i,
  input  logic                      repair_valid_i,
  input  logic [9:0]                repair_position_i,
  // rows
  input  logic [Rows-1:0]           plane_i,
  input  logic                      precharge_i,
  input  logic                      evaluate_i,
  input  logic                      capture_i,
  // columns of the activation on the word lines
  input  logic                      prepare_i,
  input  logic                      take_i,
  input  logic [ColBits-1:0]        col_start_i,
  input  logic [ColBits-1:0]        col_stride_i,
  input  logic [ColBits:0]          col_count_i,
  // the plane under conversion
  input  logic [3:0]                bits_i,
  input  logic [1:0]                set_i,
  output logic                      sample_o,
  output logic                      comparing_o,
  output logic                      round_last_o,
  output logic                      busy_o,
  output logic                      last_o,
  output logic [SelBits-1:0]        sel_o,
  output logic [Adcs-1:0]           lane_en_o,
  output logic [8:0]                lanes_o,
  output logic [Adcs*AdcBits-1:0]   code_o,
  output logic [16:0]               comparisons_o,
  // run-time registers
  input  logic                      pair_i,           // columns are pairs
  input  logic [7:0]                compare_i,
  input  logic [7:0]                ref_precharge_i,
  input  logic [7:0]                share_i,
  input  logic [7:0]                settle_i,
  input  logic [11:0]               samples_i,
  input  logic                      seed_load_i,
  input  logic [15:0]               seed_i,
  input  logic [4*16-1:0]           lsb_i,
  input  logic [4*16-1:0]           low_i,
  input  logic [3:0]                nearest_i,
  input  logic                      tree_we_i,
  input  logic [AdcBits-1:0]        tree_addr_i,
  input  logic [AdcBits-1:0]        tree_left_i,
  input  logic [AdcBits-1:0]        tree_right_i,
  // what this tile wants of its references
  output logic [3:0]                bits_o,
  output logic                      flash_o,
  output logic                      flash_done_o,     // strobe of the flash step of the last round
  output logic [Adcs*AdcBits-1:0]   ref_o,
  output logic                      ref_precharge_o,
  output logic                      ref_share_o,
  // this tile as a reference
  input  logic                      serve_i,
  input  logic                      serve_precharge_i,
  input  logic                      serve_share_i,
  input  logic [Adcs*AdcBits-1:0]   serve_ref_i,
  // characterisation
  input  logic                      char_active_i,
  input  logic                      char_start_i,     // a conversion from the next clock
  input  logic                      char_force_i,     // char_ref_i instead of the converters' trial codes
  input  logic                      char_sample_i,    // ... the level is sampled
  input  logic                      char_strobe_i,    // ... and compared
  input  logic                      char_flash_i,     // by the comparators of a flash step
  input  logic [3:0]                char_bits_i,
  input  logic [1:0]                char_set_i,
  input  logic signed [23:0]        char_level_i,
  input  logic [AdcBits-1:0]        char_ref_i,
  input  logic [7:0]                char_lane_i,
  input  logic [AdcBits-1:0]        char_comparator_i,  // of that lane
  output logic [AdcBits-1:0]        char_code_o,      // 0 while not under test
  output logic                      char_above_o,
  output logic                      upset_o           // a flipped bit was noticed
);
  localparam int CycleBits = Immersed != 0 ? 10 : 8;  // three phases of 8 bits, or one

  logic [Adcs-1:0]          mux_lane_en, ask, macro_lane_en;
  logic                     more, mux_more, strobe, flash;
  logic [3:0]               bits;
  logic [1:0]               set;
  logic [CycleBits-1:0]     cycle, clock;
  logic [Adcs*AdcBits-1:0]  trial;
  logic [Adcs*Refs-1:0]     above;
  logic                     unused_readout;
  logic [AllCols*CellBits-1:0] row_write, row_read;  // of the array
  logic [AllSelBits-1:0]       sel;

  assign bits      = char_active_i ? char_bits_i : bits_i;
  assign set       = char_active_i ? char_set_i : set_i;
  assign more      = mux_more && !char_active_i;
  assign lane_en_o = char_active_i ? '1 : mux_lane_en;

  cim_col_mux #(.Adcs(Adcs), .SelBits(SelBits), .ColBits(ColBits)) u_col_mux (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .prepare_i    (prepare_i),
    .col_start_i  (col_start_i),
    .col_stride_i (col_stride_i),
    .col_count_i  (col_count_i),
    .take_i       (take_i),
    .sample_i     (sample_o),
    .advance_i    (round_last_o && more),
    .sel_o        (sel_o),
    .lane_en_o    (mux_lane_en),
    .lanes_o      (lanes_o),
    .more_o       (mux_more)
  );

  // a compare cycle: the comparator alone, or the reference's phases before it (docs/network.md section 4)
  if (Immersed != 0) begin : g_phases
    logic [9:0] shared;  // clock in which the lines are shared no more
    logic       unused_compare;
    assign unused_compare  = ^compare_i;
    assign shared          = {2'd0, ref_precharge_i} + {2'd0, share_i};
    assign cycle           = shared + {2'd0, settle_i};
    assign ref_precharge_o = comparing_o && clock < {2'd0, ref_precharge_i};
    assign ref_share_o     = comparing_o && clock >= {2'd0, ref_precharge_i} && clock < shared;
  end else begin : g_local
    logic unused_phases;
    assign unused_phases   = ^{ref_precharge_i, share_i, settle_i, clock};
    assign cycle           = compare_i;
    assign ref_precharge_o = 1'b0;
    assign ref_share_o     = 1'b0;
  end

  cim_adc #(
    .Adcs      (Adcs),
    .AdcBits   (AdcBits),
    .Kind      (Kind),
    .FlashBits (FlashBits),
    .Bubble    (Bubble),
    .Search    (Search),
    .TileIndex (TileIndex),
    .CycleBits (CycleBits)
  ) u_adc (
    .clk_i         (clk_i),
    .rst_ni        (rst_ni),
    .reg_rst_ni    (reg_rst_ni),
    .start_i       (take_i || char_start_i),
    .more_i        (more),
    .bits_i        (bits),
    .cycle_i       (cycle),
    .samples_i     (samples_i),
    .seed_load_i   (seed_load_i),
    .seed_i        (seed_i),
    .lanes_i       (lanes_o),
    .lane_en_i     (lane_en_o),
    .above_i       (above),
    .tree_we_i     (tree_we_i),
    .tree_addr_i   (tree_addr_i),
    .tree_left_i   (tree_left_i),
    .tree_right_i  (tree_right_i),
    .sample_o      (sample_o),
    .comparing_o   (comparing_o),
    .clock_o       (clock),
    .strobe_o      (strobe),
    .flash_o       (flash),
    .round_last_o  (round_last_o),
    .busy_o        (busy_o),
    .last_o        (last_o),
    .ask_o         (ask),
    .ref_o         (trial),
    .code_o        (code_o),
    .comparisons_o (comparisons_o),
    .upset_o       (upset_o)
  );

  assign bits_o       = bits;
  assign flash_o      = flash;
  assign flash_done_o = strobe && flash && !more;
  assign ref_o        = trial;

  // looked at only under test: elsewhere a wide shift in every clock
  always_comb begin
    char_code_o  = '0;
    char_above_o = 1'b0;
    if (char_active_i) begin
      char_code_o  = code_o[32'(char_lane_i) * AdcBits +: AdcBits];
      char_above_o = above[32'(char_lane_i) * Refs + 32'(char_comparator_i)];
    end
  end

  if (Spares != 0) begin : g_repair
    cim_repair #(.Cols(Cols), .Adcs(Adcs), .CellBits(CellBits), .Spares(Spares)) u_repair (
      .clk_i       (clk_i),
      .rst_ni      (reg_rst_ni),
      .we_i        (repair_we_i),
      .addr_i      (repair_addr_i),
      .valid_i     (repair_valid_i),
      .position_i  (repair_position_i),
      .pair_i      (pair_i),
      .load_we_i   (load_we_i),
      .load_data_i (load_data_i),
      .load_data_o (row_write),
      .sel_i       (sel_o),
      .sel_o       (sel)
    );
  end else begin : g_no_spares
    logic unused_repair;
    assign unused_repair = ^{repair_we_i, repair_addr_i, repair_valid_i, repair_position_i};
    assign row_write     = load_data_i;
    assign sel           = sel_o;
  end

  assign macro_lane_en  = sample_o || char_force_i ? lane_en_o : ask;
  assign unused_readout = ^row_read;

  cim_macro #(
    .Rows       (Rows),
    .Cols       (AllCols),
    .Adcs       (Adcs),
    .AdcBits    (AdcBits),
    .Refs       (Refs),
    .CellBits   (CellBits),
    .SampleHold (SampleHold),
    .Sets       (4),
    .GridBits   (GridBits),
    .TileIndex  (TileIndex)
  ) u_macro (
    .clk_i             (clk_i),
    .rst_ni            (rst_ni),
    .we_i              (load_we_i),
    .waddr_i           (load_row_i),
    .wdata_i           (row_write),
    .re_i              (1'b0),
    .raddr_i           ({$clog2(Rows){1'b0}}),
    .rdata_o           (row_read),
    .plane_i           (plane_i),
    .precharge_i       (precharge_i),
    .evaluate_i        (evaluate_i),
    .capture_i         (capture_i),
    .hold_i            (take_i),
    .sample_i          (sample_o || char_sample_i),
    .sel_i             (sel),
    .lane_en_i         (macro_lane_en),
    .pair_i            (pair_i),
    .bits_i            (bits),
    .flash_i           (char_force_i ? char_flash_i : flash),
    .set_i             (set),
    .lsb_i             (lsb_i[set*16 +: 16]),
    .low_i             (low_i[set*16 +: 16]),
    .nearest_i         (nearest_i[set]),
    .ref_i             (char_force_i ? {Adcs{char_ref_i}} : trial),
    .cmp_i             (strobe || char_strobe_i),
    .cmp_o             (above),
    .force_i           (char_active_i),
    .force_level_i     (char_level_i),
    .serve_i           (serve_i),
    .serve_precharge_i (serve_precharge_i),
    .serve_share_i     (serve_share_i),
    .serve_ref_i       (serve_ref_i)
  );
endmodule

`default_nettype wire
