// cim_tile: one array with its row latches, converters, column accumulators, drain and accumulator memory.
// Columns, converters and the macro are in cim_readout. An activation passes through four places in order, each holding at most one: shadow latch, word lines, converters, drain.
// The last two share two banks, each a command and its column accumulators. Timing: docs/isa.md section 6, clock by clock.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_tile #(
  parameter int Rows = 8,        // 8..1024
  parameter int Cols = 8,        // 8..1024
  parameter int Adcs = 4,        // converters: a power of two, 1..256, at most Cols
  parameter int AdcBits = 4,     // widest resolution, 1..12
  parameter int CellBits = 1,    // 1..2
  parameter int SampleHold = 1,  // 0..1
  parameter int GridBits = 4,    // fractional bits of the macro's thresholds, 1..8
  parameter int Kind = 0,        // 0 sar, 1 flash, 2 hybrid, 3 sense, 4 stochastic
  parameter int FlashBits = 1,   // of a hybrid
  parameter int Bubble = 0,      // 0 majority, 1 ones
  parameter int Search = 0,      // 0 binary, 1 asymmetric
  parameter int Immersed = 0,    // 1: other arrays are the converters' reference, and every plane waits for its turn
  parameter int AccDepth = 16,   // accumulator words, 2..65536
  parameter int Spares = 0,      // 0..4 spare positions; 0 with Immersed
  parameter int TileIndex = 0,   // number of this tile in its core, 0..63
  localparam int KeyBits = 37
) (
  input  logic                        clk_i,
  input  logic                        rst_ni,
  input  logic                        reg_rst_ni,       // of what software wrote: a stop leaves it alone
  // weights, a row at a time
  input  logic                        load_we_i,
  input  logic [$clog2(Rows)-1:0]     load_row_i,
  input  logic [Cols*CellBits-1:0]    load_data_i,
  // REPAIR of this tile
  input  logic                        repair_we_i,
  input  logic [1:0]                  repair_addr_i,
  input  logic                        repair_valid_i,
  input  logic [9:0]                  repair_position_i,
  // shadow latch and hand-over
  input  logic                        row_we_i,
  input  logic [$clog2(Rows)-1:0]     row_addr_i,
  input  logic [7:0]                  row_data_i,
  input  logic                        cmd_valid_i,
  input  logic [9:0]                  cmd_col_start_i,
  input  logic [9:0]                  cmd_col_stride_i,
  input  logic [10:0]                 cmd_col_count_i,
  input  logic [15:0]                 cmd_acc_base_i,
  input  logic [3:0]                  cmd_bits_i,
  input  logic [1:0]                  cmd_set_i,
  input  logic [3:0]                  cmd_slice0_i,
  input  logic [3:0]                  cmd_nslice_i,
  input  logic                        cmd_accumulate_i,
  output logic                        shadow_full_o,
  output logic [2:0]                  pending_o,
  // run-time registers, stable while pending_o is not zero
  input  logic [3:0]                  input_bits_i,
  input  logic                        input_sm_i,
  input  logic [3:0]                  weight_bits_i,
  input  logic                        weight_sm_i,   // sm or dif
  input  logic                        weight_dif_i,  // columns are pairs
  input  logic [7:0]                  precharge_i,
  input  logic [7:0]                  evaluate_i,
  input  logic [7:0]                  compare_i,
  input  logic [7:0]                  ref_precharge_i,
  input  logic [7:0]                  share_i,
  input  logic [7:0]                  settle_i,
  input  logic [11:0]                 samples_i,
  input  logic                        seed_load_i,
  input  logic [15:0]                 seed_i,
  input  logic [4*16-1:0]             lsb_i,      // set s in bits [16*s +: 16]
  input  logic [4*16-1:0]             low_i,
  input  logic [3:0]                  nearest_i,
  input  logic                        tree_we_i,
  input  logic [AdcBits-1:0]          tree_addr_i,
  input  logic [AdcBits-1:0]          tree_left_i,
  input  logic [AdcBits-1:0]          tree_right_i,
  // turns and references, only with Immersed (docs/network.md)
  output logic                        ask_o,
  output logic [KeyBits-1:0]          ask_key_o,     // {bits, set, col_start, col_stride, col_count}
  input  logic                        grant_i,       // in a clock of ask_o: precharges in the next one
  output logic                        converting_o,
  output logic                        flash_done_o,
  output logic                        turn_end_o,    // last clock of the turn
  output logic [3:0]                  turn_bits_o,
  output logic                        turn_flash_o,
  output logic [Adcs*AdcBits-1:0]     turn_ref_o,
  output logic                        turn_precharge_o,
  output logic                        turn_share_o,
  input  logic                        serve_i,
  input  logic                        serve_precharge_i,
  input  logic                        serve_share_i,
  input  logic [Adcs*AdcBits-1:0]     serve_ref_i,
  // characterisation, only while no activation is pending
  input  logic                        char_active_i,
  input  logic                        char_start_i,
  input  logic                        char_force_i,
  input  logic                        char_sample_i,
  input  logic                        char_strobe_i,
  input  logic                        char_flash_i,
  input  logic [3:0]                  char_bits_i,
  input  logic [1:0]                  char_set_i,
  input  logic signed [23:0]          char_level_i,
  input  logic [AdcBits-1:0]          char_ref_i,
  input  logic [7:0]                  char_lane_i,
  input  logic [AdcBits-1:0]          char_comparator_i,
  output logic [AdcBits-1:0]          char_code_o,
  output logic                        char_above_o,
  // accumulators, data one clock after the address
  input  logic [$clog2(AccDepth)-1:0] acc_raddr_i,
  output logic [31:0]                 acc_rdata_o,
  // events for the counters
  output logic                        ev_plane_o,
  output logic [8:0]                  ev_conversions_o,
  output logic [16:0]                 ev_comparisons_o,
  output logic                        ev_compare_o,
  output logic                        ev_convert_o,
  output logic                        ev_compute_o,
  output logic                        upset_o           // a flipped bit was noticed
);
  localparam int Positions = (Cols + Adcs - 1) / Adcs;
  localparam int SelBits = Positions > 1 ? $clog2(Positions) : 1;
  localparam int SumBits = AdcBits + 8;
  localparam int AddrBits = $clog2(AccDepth);
  // Of the columns of a legal command; a stride that leaves the array is that of a single column and says nothing. In turns all of it is compared.
  localparam int ColBits = Immersed != 0 ? 10 : $clog2(Cols);
  localparam int CmdBits = ColBits + ColBits + (ColBits + 1) + AddrBits + 4 + 2 + 4 + 4 + 1;

  if (SampleHold < 0 || SampleHold > 1) begin : g_bad_sample_hold
    cim_illegal_parameter_SampleHold u_illegal ();
  end
  if (Immersed < 0 || Immersed > 1 || (Immersed != 0 && SampleHold != 0)) begin : g_bad_immersed
    cim_illegal_parameter_Immersed u_illegal ();
  end
  if (AccDepth < 2 || AccDepth > 65536) begin : g_bad_acc_depth
    cim_illegal_parameter_AccDepth u_illegal ();
  end
  if (Spares < 0 || Spares > 4 || (Spares != 0 && Immersed != 0)) begin : g_bad_spares
    cim_illegal_parameter_Spares u_illegal ();
  end
  if (TileIndex < 0 || TileIndex > 63) begin : g_bad_tile_index
    cim_illegal_parameter_TileIndex u_illegal ();
  end

  // ---- commands: shadow, word lines, two banks ----
  logic [CmdBits-1:0] shadow_cmd_q, line_cmd_q, bank0_cmd_q, bank1_cmd_q, conv_cmd, start_cmd, drain_cmd;
  logic               shadow_full_q;
  logic [2:0]         pending_q;
  logic [1:0]         bank_used_q, bank_done_q;  // taken by the converters; converted, to be drained
  logic               next_bank_q;               // of the next activation to be converted
  logic               conv_bank_q, drain_bank_q, drain_busy_q;

  logic transfer, prepare, take, plane_first, plane_last, plane_negative, next_plane, next_negative;
  logic conv_sample, conv_comparing, conv_round_last, conv_busy, conv_last, conv_finished;
  logic drain_start, drain_bank_next, drain_finished;
  logic commands_move, banks_move;           // something below changes: named, so that a simulator works it out once
  logic [2:0] plane_bit, next_bit;
  logic [3:0] plane_index;

  // fields of the commands in use
  logic [ColBits-1:0]  line_col, line_stride, conv_col, conv_stride, start_col, start_stride, drain_col, drain_stride;
  logic [ColBits:0]    line_count, conv_count, start_count, drain_count;
  logic [AddrBits-1:0] line_base, conv_base, start_base, drain_base;
  logic [3:0]          line_bits, conv_bits, start_bits, drain_bits;
  logic [1:0]          line_set, conv_set, start_set, drain_set;
  logic [3:0]          line_slice0, line_nslice, conv_slice0, conv_nslice, start_slice0, start_nslice, drain_slice0, drain_nslice;
  logic                line_accumulate, conv_accumulate, start_accumulate, drain_accumulate;
  logic [31:0]         acc_sum;  // what the drain writes: for probes
  logic                unused_fields;

  assign {line_col, line_stride, line_count, line_base, line_bits, line_set, line_slice0, line_nslice, line_accumulate} = line_cmd_q;
  assign {conv_col, conv_stride, conv_count, conv_base, conv_bits, conv_set, conv_slice0, conv_nslice, conv_accumulate} = conv_cmd;
  assign {start_col, start_stride, start_count, start_base, start_bits, start_set, start_slice0, start_nslice, start_accumulate} = start_cmd;
  assign {drain_col, drain_stride, drain_count, drain_base, drain_bits, drain_set, drain_slice0, drain_nslice, drain_accumulate} = drain_cmd;
  // plane_index and acc_sum are for probes; bits above the depth wrap (docs/isa.md section 2)
  assign unused_fields = &{1'b0, line_base, line_bits, line_set, line_slice0, line_nslice, line_accumulate,
                           conv_col, conv_stride, conv_count, conv_base, conv_slice0, conv_nslice, conv_accumulate,
                           start_stride, start_bits, start_set, start_nslice, start_accumulate,
                           drain_col, drain_count, drain_base, drain_bits, plane_index, acc_sum, cmd_acc_base_i, cmd_col_start_i, cmd_col_stride_i, cmd_col_count_i};

  assign conv_cmd        = conv_bank_q ? bank1_cmd_q : bank0_cmd_q;
  assign drain_bank_next = drain_finished ? !drain_bank_q : drain_bank_q;
  assign drain_start     = bank_done_q[drain_bank_next] && (!drain_busy_q || drain_finished);
  assign drain_cmd       = drain_bank_q ? bank1_cmd_q : bank0_cmd_q;
  always_comb begin
    start_cmd = '0;
    if (drain_start) start_cmd = drain_bank_next ? bank1_cmd_q : bank0_cmd_q;  // may start in the last clock of the drain before it
  end

  assign commands_move = cmd_valid_i || transfer || take || drain_finished;
  assign banks_move    = take || conv_finished || drain_start || drain_finished;

  assign shadow_full_o = shadow_full_q;
  assign pending_o     = pending_q;

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      shadow_cmd_q  <= '0;
      line_cmd_q    <= '0;
      bank0_cmd_q   <= '0;
      bank1_cmd_q   <= '0;
      shadow_full_q <= 1'b0;
      pending_q     <= 3'd0;
    end else if (commands_move) begin
      if (cmd_valid_i)
        shadow_cmd_q <= {cmd_col_start_i[ColBits-1:0], cmd_col_stride_i[ColBits-1:0], cmd_col_count_i[ColBits:0], cmd_acc_base_i[AddrBits-1:0], cmd_bits_i, cmd_set_i,
                         cmd_slice0_i, cmd_nslice_i, cmd_accumulate_i};
      if (transfer)
        line_cmd_q <= shadow_cmd_q;
      if (take && plane_first && !next_bank_q)
        bank0_cmd_q <= line_cmd_q;
      if (take && plane_first && next_bank_q)
        bank1_cmd_q <= line_cmd_q;
      if (cmd_valid_i)
        shadow_full_q <= 1'b1;
      else if (transfer)
        shadow_full_q <= 1'b0;
      pending_q <= pending_q + {2'd0, cmd_valid_i} - {2'd0, drain_finished};
    end

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      bank_used_q  <= 2'b00;
      bank_done_q  <= 2'b00;
      next_bank_q  <= 1'b0;
      conv_bank_q  <= 1'b0;
      drain_bank_q <= 1'b0;
      drain_busy_q <= 1'b0;
    end else if (banks_move) begin
      if (take && plane_first) begin
        next_bank_q <= !next_bank_q;
        conv_bank_q <= next_bank_q;
      end
      bank_used_q <= (bank_used_q | (take && plane_first ? 2'b01 << next_bank_q : 2'b00)) & ~(drain_finished ? 2'b01 << drain_bank_q : 2'b00);
      bank_done_q <= (bank_done_q | (conv_finished ? 2'b01 << conv_bank_q : 2'b00)) & ~(drain_start ? 2'b01 << drain_bank_next : 2'b00);
      drain_bank_q <= drain_bank_next;
      drain_busy_q <= drain_start || (drain_busy_q && !drain_finished);
    end

  // Every pending activation is in one of the four places; a bank that waits to be drained is in use. Only a flipped bit changes that.
  logic       line_waiting, plane_upset, readout_upset;
  logic [2:0] places;
  assign places  = {2'd0, shadow_full_q} + {2'd0, line_waiting} + {2'd0, bank_used_q[0]} + {2'd0, bank_used_q[1]};
  assign upset_o = plane_upset || readout_upset || pending_q != places || (bank_done_q & ~bank_used_q) != 2'b00;

  // ---- rows ----
  logic [Rows-1:0] plane;
  logic            precharge, evaluate, capture;

  cim_row_latch #(.Rows(Rows)) u_row_latch (
    .clk_i           (clk_i),
    .rst_ni          (rst_ni),
    .sm_i            (input_sm_i),
    .we_i            (row_we_i),
    .addr_i          (row_addr_i),
    .data_i          (row_data_i),
    .transfer_i      (transfer),
    .next_i          (next_plane),
    .next_bit_i      (next_bit),
    .next_negative_i (next_negative),
    .plane_o         (plane)
  );

  cim_plane_seq #(.SampleHold(SampleHold), .Immersed(Immersed)) u_plane_seq (
    .clk_i           (clk_i),
    .rst_ni          (rst_ni),
    .input_bits_i    (input_bits_i),
    .input_sm_i      (input_sm_i),
    .precharge_i     (precharge_i),
    .evaluate_i      (evaluate_i),
    .shadow_full_i   (shadow_full_q),
    .conv_busy_i     (conv_busy),
    .conv_last_i     (conv_last),
    .bank_free_i     (!bank_used_q[next_bank_q]),
    .grant_i         (grant_i),
    .ask_o           (ask_o),
    .transfer_o      (transfer),
    .prepare_o       (prepare),
    .precharge_o     (precharge),
    .evaluate_o      (evaluate),
    .capture_o       (capture),
    .take_o          (take),
    .first_o         (plane_first),
    .last_o          (plane_last),
    .plane_o         (plane_index),
    .bit_o           (plane_bit),
    .negative_o      (plane_negative),
    .next_o          (next_plane),
    .next_bit_o      (next_bit),
    .next_negative_o (next_negative),
    .waiting_o       (line_waiting),
    .upset_o         (plane_upset)
  );

  assign ask_key_o = {line_bits, line_set, 10'(line_col), 10'(line_stride), 11'(line_count)};

  // ---- columns and converters ----
  logic [SelBits-1:0]      sel;
  logic [Adcs-1:0]         lane_en;
  logic [8:0]              lanes;
  logic [Adcs*AdcBits-1:0] codes;
  logic                    unused_lane_en;  // for probes

  assign unused_lane_en = ^{lane_en, conv_sample};

  cim_readout #(
    .Rows       (Rows),
    .Cols       (Cols),
    .Adcs       (Adcs),
    .AdcBits    (AdcBits),
    .CellBits   (CellBits),
    .SampleHold (SampleHold),
    .GridBits   (GridBits),
    .Kind       (Kind),
    .FlashBits  (FlashBits),
    .Bubble     (Bubble),
    .Search     (Search),
    .Immersed   (Immersed),
    .TileIndex  (TileIndex),
    .ColBits    (ColBits),
    .Spares     (Spares)
  ) u_readout (
    .clk_i             (clk_i),
    .rst_ni            (rst_ni),
    .reg_rst_ni        (reg_rst_ni),
    .load_we_i         (load_we_i),
    .load_row_i        (load_row_i),
    .load_data_i       (load_data_i),
    .repair_we_i       (repair_we_i),
    .repair_addr_i     (repair_addr_i),
    .repair_valid_i    (repair_valid_i),
    .repair_position_i (repair_position_i),
    .plane_i           (plane),
    .precharge_i       (precharge),
    .evaluate_i        (evaluate),
    .capture_i         (capture),
    .prepare_i         (prepare),
    .take_i            (take),
    .col_start_i       (line_col),
    .col_stride_i      (line_stride),
    .col_count_i       (line_count),
    .bits_i            (conv_bits),
    .set_i             (conv_set),
    .sample_o          (conv_sample),
    .comparing_o       (conv_comparing),
    .round_last_o      (conv_round_last),
    .busy_o            (conv_busy),
    .last_o            (conv_last),
    .sel_o             (sel),
    .lane_en_o         (lane_en),
    .lanes_o           (lanes),
    .code_o            (codes),
    .comparisons_o     (ev_comparisons_o),
    .pair_i            (weight_dif_i),
    .compare_i         (compare_i),
    .ref_precharge_i   (ref_precharge_i),
    .share_i           (share_i),
    .settle_i          (settle_i),
    .samples_i         (samples_i),
    .seed_load_i       (seed_load_i),
    .seed_i            (seed_i),
    .lsb_i             (lsb_i),
    .low_i             (low_i),
    .nearest_i         (nearest_i),
    .tree_we_i         (tree_we_i),
    .tree_addr_i       (tree_addr_i),
    .tree_left_i       (tree_left_i),
    .tree_right_i      (tree_right_i),
    .bits_o            (turn_bits_o),
    .flash_o           (turn_flash_o),
    .flash_done_o      (flash_done_o),
    .ref_o             (turn_ref_o),
    .ref_precharge_o   (turn_precharge_o),
    .ref_share_o       (turn_share_o),
    .serve_i           (serve_i),
    .serve_precharge_i (serve_precharge_i),
    .serve_share_i     (serve_share_i),
    .serve_ref_i       (serve_ref_i),
    .char_active_i     (char_active_i),
    .char_start_i      (char_start_i),
    .char_force_i      (char_force_i),
    .char_sample_i     (char_sample_i),
    .char_strobe_i     (char_strobe_i),
    .char_flash_i      (char_flash_i),
    .char_bits_i       (char_bits_i),
    .char_set_i        (char_set_i),
    .char_level_i      (char_level_i),
    .char_ref_i        (char_ref_i),
    .char_lane_i       (char_lane_i),
    .char_comparator_i (char_comparator_i),
    .char_code_o       (char_code_o),
    .char_above_o      (char_above_o),
    .upset_o           (readout_upset)
  );

  assign converting_o = conv_busy && !char_active_i;
  assign turn_end_o   = conv_last;

  // ---- the plane being converted, and the round whose codes are added one clock after its end ----
  logic               conv_first_q, conv_final_q, conv_negative_q;
  logic [2:0]         conv_bit_q;
  logic               add_q, add_bank_q, add_first_q, add_negative_q;
  logic [2:0]         add_bit_q;
  logic [SelBits-1:0] add_position_q;

  assign conv_finished = conv_last && conv_final_q && !char_active_i;

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      conv_first_q    <= 1'b0;
      conv_final_q    <= 1'b0;
      conv_negative_q <= 1'b0;
      conv_bit_q      <= 3'd0;
    end else if (take) begin
      conv_first_q    <= plane_first;
      conv_final_q    <= plane_last;
      conv_negative_q <= plane_negative;
      conv_bit_q      <= plane_bit;
    end

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      add_q <= 1'b0;
    end else begin
      add_q <= conv_round_last && !char_active_i;
    end

  // of meaning with add_q only: no reset
  always_ff @(posedge clk_i)
    if (conv_round_last) begin
      add_bank_q     <= conv_bank_q;
      add_first_q    <= conv_first_q;
      add_negative_q <= conv_negative_q;
      add_bit_q      <= conv_bit_q;
      add_position_q <= sel;
    end

  // ---- sums ----
  logic                      col_re, acc_re, acc_we;
  logic [SelBits-1:0]        col_position;
  logic [9:0]                col_lane;
  logic signed [SumBits-1:0] col_sum;
  logic [AddrBits-1:0]       acc_raddr, acc_waddr;
  logic [31:0]               partial;

  cim_shift_add #(.Adcs(Adcs), .AdcBits(AdcBits), .SelBits(SelBits)) u_shift_add (
    .clk_i       (clk_i),
    .rst_ni      (rst_ni),
    .pre_i       (conv_round_last),
    .pre_bank_i  (conv_bank_q),
    .pre_position_i (sel),
    .we_i        (add_q),
    .bank_i      (add_bank_q),
    .position_i  (add_position_q),
    .bit_i       (add_bit_q),
    .negative_i  (add_negative_q),
    .first_i     (add_first_q),
    .code_i      (codes),
    .re_i        (col_re),
    .rbank_i     (drain_bank_q),
    .rposition_i (col_position),
    .rlane_i     (col_lane),
    .rdata_o     (col_sum)
  );

  cim_drain #(.Adcs(Adcs), .AdcBits(AdcBits), .CellBits(CellBits), .SelBits(SelBits), .AddrBits(AddrBits), .ColBits(ColBits)) u_drain (
    .clk_i          (clk_i),
    .rst_ni         (rst_ni),
    .input_sm_i     (input_sm_i),
    .weight_bits_i  (weight_bits_i),
    .weight_sm_i    (weight_sm_i),
    .start_i        (drain_start),
    .start_col_i    (start_col),
    .start_count_i  (start_count),
    .start_addr_i   (start_base),
    .start_slice_i  (start_slice0),
    .col_stride_i   (drain_stride),
    .slice0_i       (drain_slice0),
    .nslice_i       (drain_nslice),
    .lsb_i          (lsb_i[drain_set*16 +: 16]),
    .low_i          (low_i[drain_set*16 +: 16]),
    .finished_o     (drain_finished),
    .col_re_o       (col_re),
    .col_position_o (col_position),
    .col_lane_o     (col_lane),
    .col_sum_i      (col_sum),
    .acc_re_o       (acc_re),
    .acc_raddr_o    (acc_raddr),
    .acc_we_o       (acc_we),
    .acc_waddr_o    (acc_waddr),
    .partial_o      (partial)
  );

  cim_acc_mem #(.AddrBits(AddrBits)) u_acc_mem (
    .clk_i        (clk_i),
    .re_i         (acc_re),
    .raddr_i      (acc_raddr),
    .we_i         (acc_we),
    .waddr_i      (acc_waddr),
    .partial_i    (partial),
    .accumulate_i (drain_accumulate),
    .sum_o        (acc_sum),
    .out_addr_i   (acc_raddr_i),
    .out_data_o   (acc_rdata_o)
  );

  assign ev_plane_o       = capture;
  assign ev_conversions_o = conv_round_last ? lanes : 9'd0;
  assign ev_compare_o     = conv_comparing;
  assign ev_convert_o     = conv_busy;
  assign ev_compute_o     = precharge || evaluate;
endmodule

`default_nettype wire
