// One compute-in-memory core: registers, program memory, sequencer, activation buffer, tiles, requantiser, two streams (isa.md section 1).
// Wiring only; every idea has a module of its own.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_core #(
  parameter int Rows            = 8,    // 8..1024
  parameter int Cols            = 8,    // 8..1024
  parameter int Tiles           = 1,    // 1..64
  parameter int Adcs            = 4,    // a power of two, 1..256, at most Cols
  parameter int AdcBits         = 4,    // 1..12
  parameter int CellBits        = 1,    // 1..2
  parameter int SampleHold      = 1,    // 0..1
  parameter int GridBits        = 4,    // 1..8
  parameter int ProgDepth       = 256,  // instructions, 2..65536
  parameter int ActDepth        = 1024, // bytes, 2..65536
  parameter int AccDepth        = 64,   // words per tile, 2..65536
  parameter int ChDepth         = 64,   // requantiser channels, 2..65536
  parameter int CounterBits     = 64,   // of a performance counter, 16..64
  parameter int Kind            = 0,    // converters: 0 sar, 1 flash, 2 hybrid, 3 sense, 4 stochastic
  parameter int FlashBits       = 1,    // of a hybrid, 1..6, below AdcBits; ignored otherwise
  parameter int Bubble          = 0,    // flash, hybrid: 0 majority, 1 ones
  parameter int Search          = 0,    // sar: 0 binary, 1 asymmetric
  parameter int Immersed        = 0,    // reference: 0 local, 1 other arrays
  parameter int Network         = 0,    // immersed: 0 pair, 1 ring, 2 broadcast
  parameter int PrechargeReset  = 1,    // clocks, 1..255
  parameter int EvaluateReset   = 1,    // clocks, 1..255
  parameter int CompareReset    = 1,    // clocks, 1..255
  parameter int RefPrechargeReset = 1,  // clocks, 1..255
  parameter int ShareReset      = 1,    // clocks, 1..255
  parameter int SettleReset     = 1,    // clocks, 1..255
  parameter int SamplesReset    = 1,    // stochastic: draws, 1..4095
  parameter int SeedReset       = 0,    // stochastic, 0..65535
  parameter int WatchdogReset   = 65535, // 256 clocks each, 0..65535; 0: never
  parameter int Spares          = 0,    // spare positions of a tile, 0..4; 0 with Immersed
  parameter logic [255:0] ConfigHash = 256'd0  // SHA-256 of the resolved configuration
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  // AXI4-Lite: registers and program
  input  logic [21:0] s_axi_awaddr_i,
  input  logic        s_axi_awvalid_i,
  output logic        s_axi_awready_o,
  input  logic [31:0] s_axi_wdata_i,
  input  logic [3:0]  s_axi_wstrb_i,
  input  logic        s_axi_wvalid_i,
  output logic        s_axi_wready_o,
  output logic [1:0]  s_axi_bresp_o,
  output logic        s_axi_bvalid_o,
  input  logic        s_axi_bready_i,
  input  logic [21:0] s_axi_araddr_i,
  input  logic        s_axi_arvalid_i,
  output logic        s_axi_arready_o,
  output logic [31:0] s_axi_rdata_o,
  output logic [1:0]  s_axi_rresp_o,
  output logic        s_axi_rvalid_o,
  input  logic        s_axi_rready_i,
  // AXI4-Stream in: weights, activations, requantiser parameters
  input  logic [63:0] s_axis_tdata_i,
  input  logic        s_axis_tvalid_i,
  output logic        s_axis_tready_o,
  input  logic        s_axis_tlast_i,   // ignored
  // AXI4-Stream out: results
  output logic [63:0] m_axis_tdata_o,
  output logic        m_axis_tvalid_o,
  input  logic        m_axis_tready_i,
  output logic        m_axis_tlast_o,
  output logic        irq_o
);
  localparam int RowDataBits  = Cols * CellBits;
  localparam int RowBeats     = (RowDataBits + 63) / 64;
  localparam int OutFifoDepth = 8;
  localparam int RowBits      = $clog2(Rows);
  localparam int AccBits      = $clog2(AccDepth);
  localparam int Servers      = Kind == 1 ? (1 << AdcBits) - 1 : Kind == 2 ? (1 << FlashBits) - 1 : 1;  // of a tile, where references are immersed
  localparam int ServeOnly    = Immersed != 0 && Network == 2 ? Servers : 0;  // the last tiles of a broadcast network

  // ---- registers ----
  logic         csr_write, csr_werror, csr_read, csr_rready, csr_rerror;
  logic [21:0]  csr_waddr, csr_raddr;
  logic [31:0]  csr_wdata, csr_rdata;
  logic [3:0]   csr_wstrb;
  logic         prog_we;
  logic [$clog2(ProgDepth)-1:0] prog_waddr;
  logic [2:0]   prog_wword;
  logic         start, busy, done, error, stall;
  logic [3:0]   error_code;
  logic [15:0]  pc;
  logic [3:0]   input_bits, weight_bits, nearest;
  logic         input_sm, weight_sm, weight_dif;
  logic [7:0]   precharge, evaluate, compare, ref_precharge, share, settle;
  logic [11:0]  samples;
  logic [15:0]  seed;
  logic [63:0]  lsb, low;
  logic         tree_we;
  logic [AdcBits-1:0] tree_addr, tree_left, tree_right, bin_addr;
  logic [Tiles-1:0] repair_we;
  logic [1:0]   repair_addr;
  logic         repair_valid;
  logic [9:0]   repair_position;
  logic         char_start, char_mode, char_busy, bin_re;
  logic [3:0]   char_bits;
  logic [1:0]   char_set;
  logic [5:0]   char_tile;
  logic [7:0]   char_lane, char_repeats;
  logic [15:0]  char_step, char_count;
  logic signed [23:0] char_level;
  logic [23:0]  bin_data;
  logic [CounterBits-1:0] cycles, stalls, activations, conversions, comparisons, compare_clocks, compute_clocks, convert_clocks, serve_clocks;
  logic [CounterBits-1:0] wait_load, wait_act, wait_out, wait_end;
  logic [3:0]   waiting;

  cim_axil #(
    .AddrBits(22)
  ) u_axil (
    .clk_i          (clk_i),
    .rst_ni         (rst_ni),
    .s_axi_awaddr_i (s_axi_awaddr_i),
    .s_axi_awvalid_i(s_axi_awvalid_i),
    .s_axi_awready_o(s_axi_awready_o),
    .s_axi_wdata_i  (s_axi_wdata_i),
    .s_axi_wstrb_i  (s_axi_wstrb_i),
    .s_axi_wvalid_i (s_axi_wvalid_i),
    .s_axi_wready_o (s_axi_wready_o),
    .s_axi_bresp_o  (s_axi_bresp_o),
    .s_axi_bvalid_o (s_axi_bvalid_o),
    .s_axi_bready_i (s_axi_bready_i),
    .s_axi_araddr_i (s_axi_araddr_i),
    .s_axi_arvalid_i(s_axi_arvalid_i),
    .s_axi_arready_o(s_axi_arready_o),
    .s_axi_rdata_o  (s_axi_rdata_o),
    .s_axi_rresp_o  (s_axi_rresp_o),
    .s_axi_rvalid_o (s_axi_rvalid_o),
    .s_axi_rready_i (s_axi_rready_i),
    .write_o        (csr_write),
    .waddr_o        (csr_waddr),
    .wdata_o        (csr_wdata),
    .wstrb_o        (csr_wstrb),
    .werror_i       (csr_werror),
    .read_o         (csr_read),
    .raddr_o        (csr_raddr),
    .rready_i       (csr_rready),
    .rdata_i        (csr_rdata),
    .rerror_i       (csr_rerror)
  );

  cim_csr #(
    .Rows(Rows), .Cols(Cols), .Tiles(Tiles), .Adcs(Adcs), .AdcBits(AdcBits), .CellBits(CellBits), .SampleHold(SampleHold), .ProgDepth(ProgDepth),
    .ActDepth(ActDepth), .AccDepth(AccDepth), .ChDepth(ChDepth), .CounterBits(CounterBits), .PrechargeReset(PrechargeReset),
    .EvaluateReset(EvaluateReset), .CompareReset(CompareReset), .RefPrechargeReset(RefPrechargeReset), .ShareReset(ShareReset),
    .SettleReset(SettleReset), .SamplesReset(SamplesReset), .SeedReset(SeedReset), .WatchdogReset(WatchdogReset), .Spares(Spares), .Kind(Kind),
    .FlashBits(FlashBits), .Bubble(Bubble), .Search(Search), .Immersed(Immersed), .Network(Network), .ConfigHash(ConfigHash)
  ) u_csr (
    .clk_i           (clk_i),
    .rst_ni          (rst_ni),
    .write_i         (csr_write),
    .waddr_i         (csr_waddr),
    .wdata_i         (csr_wdata),
    .wstrb_i         (csr_wstrb),
    .werror_o        (csr_werror),
    .read_i          (csr_read),
    .raddr_i         (csr_raddr),
    .rready_o        (csr_rready),
    .rdata_o         (csr_rdata),
    .rerror_o        (csr_rerror),
    .prog_we_o       (prog_we),
    .prog_waddr_o    (prog_waddr),
    .prog_wword_o    (prog_wword),
    .start_o         (start),
    .abort_o         (abort),
    .watchdog_o      (watchdog),
    .busy_i          (busy || stopping),
    .done_i          (done && !stop),
    .error_i         (error || stop),
    .error_code_i    (stop ? stop_code : error_code),
    .error_pc_i      (pc),
    .in_waiting_i    (beat_valid),
    .out_waiting_i   (m_axis_tvalid_o),
    .irq_o           (irq_o),
    .input_bits_o    (input_bits),
    .input_sm_o      (input_sm),
    .weight_bits_o   (weight_bits),
    .weight_sm_o     (weight_sm),
    .weight_dif_o    (weight_dif),
    .precharge_o     (precharge),
    .evaluate_o      (evaluate),
    .compare_o       (compare),
    .ref_precharge_o (ref_precharge),
    .share_o         (share),
    .settle_o        (settle),
    .samples_o       (samples),
    .seed_o          (seed),
    .lsb_o           (lsb),
    .low_o           (low),
    .nearest_o       (nearest),
    .tree_we_o       (tree_we),
    .tree_addr_o     (tree_addr),
    .tree_left_o     (tree_left),
    .tree_right_o    (tree_right),
    .repair_we_o     (repair_we),
    .repair_addr_o   (repair_addr),
    .repair_valid_o  (repair_valid),
    .repair_position_o(repair_position),
    .char_start_o    (char_start),
    .char_mode_o     (char_mode),
    .char_bits_o     (char_bits),
    .char_set_o      (char_set),
    .char_tile_o     (char_tile),
    .char_lane_o     (char_lane),
    .char_repeats_o  (char_repeats),
    .char_level_o    (char_level),
    .char_step_o     (char_step),
    .char_count_o    (char_count),
    .char_busy_i     (char_busy),
    .bin_re_o        (bin_re),
    .bin_addr_o      (bin_addr),
    .bin_data_i      (bin_data),
    .cycles_i        (cycles),
    .stalls_i        (stalls),
    .activations_i   (activations),
    .conversions_i   (conversions),
    .comparisons_i   (comparisons),
    .compare_clocks_i(compare_clocks),
    .compute_clocks_i(compute_clocks),
    .convert_clocks_i(convert_clocks),
    .serve_clocks_i  (serve_clocks),
    .wait_load_i     (wait_load),
    .wait_act_i      (wait_act),
    .wait_out_i      (wait_out),
    .wait_end_i      (wait_end)
  );

  // ---- stops ----
  logic        abort, stop, stopping, machine_rst_n, out_rst_n, step, char_step_done, control_upset, tiles_upset, in_upset, out_upset;
  logic [3:0]  stop_code;
  logic [15:0] watchdog;

  cim_guard u_guard (
    .clk_i         (clk_i),
    .rst_ni        (rst_ni),
    .busy_i        (busy || char_busy),
    .step_i        (step || char_step_done),
    .limit_i       (watchdog),
    .abort_i       (abort),
    .upset_i       (control_upset || tiles_upset || in_upset),
    .out_upset_i   (out_upset),
    .stop_o        (stop),
    .code_o        (stop_code),
    .stopping_o    (stopping),
    .machine_rst_no(machine_rst_n),
    .out_rst_no    (out_rst_n)
  );

  // ---- program ----
  logic [255:0]       instr;
  logic [Tiles-1:0]   shadow_full, tiles;
  logic [3*Tiles-1:0] pending;
  logic               beat_valid, beat_take;
  logic [63:0]        beat;
  logic               pattern_load;
  logic [15:0]        pattern_base, acc_addr, channel;
  logic [RowBits-1:0] row;
  logic [9:0]         col_start;
  logic               param_we, xin_we, load_take, load_last, act_read, act_cmd, out_issue, out_issue_last;
  logic [2:0]         xin_byte;
  logic [4:0]         load_part;
  logic               out_credit, out_channel, out_valid, out_last;

  cim_control #(
    .Rows(Rows), .Cols(Cols), .Tiles(Tiles), .AdcBits(AdcBits), .ProgDepth(ProgDepth), .RowBeats(RowBeats), .Immersed(Immersed),
    .ServeOnly(ServeOnly)
  ) u_control (
    .clk_i         (clk_i),
    .rst_ni        (machine_rst_n),
    .prog_we_i     (prog_we),
    .prog_waddr_i  (prog_waddr),
    .prog_wword_i  (prog_wword),
    .prog_wdata_i  (csr_wdata),
    .prog_wstrb_i  (csr_wstrb),
    .start_i       (start),
    .busy_o        (busy),
    .done_o        (done),
    .error_o       (error),
    .error_code_o  (error_code),
    .pc_o          (pc),
    .stall_o       (stall),
    .waiting_o     (waiting),
    .step_o        (step),
    .upset_o       (control_upset),
    .weight_dif_i  (weight_dif),
    .shadow_full_i (shadow_full),
    .pending_i     (pending),
    .beat_valid_i  (beat_valid),
    .beat_take_o   (beat_take),
    .instr_o       (instr),
    .pattern_load_o(pattern_load),
    .pattern_base_o(pattern_base),
    .tiles_o       (tiles),
    .row_o         (row),
    .col_start_o   (col_start),
    .acc_o         (acc_addr),
    .channel_o     (channel),
    .param_we_o    (param_we),
    .xin_we_o      (xin_we),
    .xin_byte_o    (xin_byte),
    .load_take_o   (load_take),
    .load_part_o   (load_part),
    .load_last_o   (load_last),
    .act_read_o    (act_read),
    .act_cmd_o     (act_cmd),
    .out_issue_o   (out_issue),
    .out_last_o    (out_issue_last),
    .out_credit_i  (out_credit),
    .out_channel_i (out_channel),
    .out_done_i    (out_last)
  );

  // ---- streams ----
  logic [1:0]  in_held;
  logic [3:0]  out_held;
  logic        out_push;
  logic [64:0] out_beat;  // {last, data}
  logic        out_room;

  cim_fifo #(
    .Width(64),
    .Depth(2)
  ) u_in_fifo (
    .clk_i  (clk_i),
    .rst_ni (machine_rst_n),
    .valid_i(s_axis_tvalid_i),
    .ready_o(s_axis_tready_o),
    .data_i (s_axis_tdata_i),
    .valid_o(beat_valid),
    .ready_i(beat_take),
    .data_o (beat),
    .count_o(in_held),
    .upset_o(in_upset)
  );

  cim_fifo #(
    .Width(65),
    .Depth(OutFifoDepth)
  ) u_out_fifo (
    .clk_i  (clk_i),
    .rst_ni (out_rst_n),
    .valid_i(out_push),
    .ready_o(out_room),
    .data_i (out_beat),
    .valid_o(m_axis_tvalid_o),
    .ready_i(m_axis_tready_i),
    .data_o ({m_axis_tlast_o, m_axis_tdata_o}),
    .count_o(out_held),
    .upset_o(out_upset)
  );

  logic unused_room;  // always 1 at a push: that is what the credits are for
  assign unused_room = out_room;

  // ---- activation buffer ----
  logic [15:0]        pattern_addr;
  logic [7:0]         act_rdata, out_q;
  logic               out_to_buffer, out_to_stream, out_tlast;
  logic [31:0]        out_acc;
  logic [Tiles-1:0]   row_we;
  logic [RowBits-1:0] row_waddr;

  // w0 7:4; the instruction register is stable while OUT works
  assign out_to_buffer = instr[4];
  assign out_to_stream = instr[5];
  assign out_tlast     = instr[6];
  assign out_push      = out_valid & out_to_stream;
  assign out_beat      = {out_last & out_tlast, 16'd0, {8{out_q[7]}}, out_q, out_acc};

  cim_agen u_agen (
    .clk_i         (clk_i),
    .load_i        (pattern_load),
    .base_i        (pattern_base),
    .step_i        (xin_we | act_read | out_valid),
    .inner_i       (instr[127:112]),
    .inner_stride_i(instr[143:128]),
    .outer_stride_i(instr[159:144]),
    .addr_o        (pattern_addr)
  );

  cim_act_buffer #(
    .ActDepth(ActDepth)
  ) u_act_buffer (
    .clk_i     (clk_i),
    .addr_i    (pattern_addr[$clog2(ActDepth)-1:0]),
    .xin_we_i  (xin_we),
    .xin_data_i(beat[{xin_byte, 3'd0} +: 8]),
    .out_we_i  (out_valid & out_to_buffer),
    .out_data_i(out_q),
    .re_i      (act_read),
    .rdata_o   (act_rdata)
  );

  cim_row_feed #(
    .Rows (Rows),
    .Tiles(Tiles)
  ) u_row_feed (
    .clk_i  (clk_i),
    .rst_ni (machine_rst_n),
    .read_i (act_read),
    .row_i  (row),
    .tiles_i(tiles),
    .we_o   (row_we),
    .row_o  (row_waddr)
  );

  // ---- weights ----
  logic [Tiles-1:0]       load_we;
  logic [RowBits-1:0]     load_row;
  logic [RowDataBits-1:0] load_data;

  cim_load_row #(
    .Rows   (Rows),
    .RowBits(RowDataBits),
    .Tiles  (Tiles)
  ) u_load_row (
    .clk_i  (clk_i),
    .rst_ni (machine_rst_n),
    .take_i (load_take),
    .part_i (load_part),
    .last_i (load_last),
    .data_i (beat),
    .row_i  (row),
    .tiles_i(tiles),
    .we_o   (load_we),
    .row_o  (load_row),
    .data_o (load_data)
  );

  // ---- tiles ----
  logic [32*Tiles-1:0] acc_rdata;
  logic [Tiles-1:0]    ev_plane, ev_compare, ev_convert, ev_compute, ev_serve;
  logic [9*Tiles-1:0]  ev_conversions;
  logic [17*Tiles-1:0] ev_comparisons;

  cim_tiles #(
    .Rows(Rows), .Cols(Cols), .Tiles(Tiles), .Adcs(Adcs), .AdcBits(AdcBits), .CellBits(CellBits), .SampleHold(SampleHold), .GridBits(GridBits),
    .AccDepth(AccDepth), .Kind(Kind), .FlashBits(FlashBits), .Bubble(Bubble), .Search(Search), .Immersed(Immersed), .Network(Network),
    .Spares(Spares)
  ) u_tiles (
    .clk_i           (clk_i),
    .rst_ni          (machine_rst_n),
    .reg_rst_ni      (rst_ni),
    .load_we_i       (load_we),
    .load_row_i      (load_row),
    .load_data_i     (load_data),
    .row_we_i        (row_we),
    .row_addr_i      (row_waddr),
    .row_data_i      (act_rdata),
    .cmd_valid_i     (tiles & {Tiles{act_cmd}}),
    .cmd_col_start_i (col_start),
    .cmd_col_stride_i(instr[83:74]),
    .cmd_col_count_i (instr[94:84]),
    .cmd_acc_base_i  (acc_addr),
    .cmd_bits_i      (instr[195:192]),
    .cmd_set_i       (instr[197:196]),
    .cmd_slice0_i    (instr[203:200]),
    .cmd_nslice_i    (instr[207:204]),
    .cmd_accumulate_i(instr[4]),
    .shadow_full_o   (shadow_full),
    .pending_o       (pending),
    .input_bits_i    (input_bits),
    .input_sm_i      (input_sm),
    .weight_bits_i   (weight_bits),
    .weight_sm_i     (weight_sm),
    .weight_dif_i    (weight_dif),
    .precharge_i     (precharge),
    .evaluate_i      (evaluate),
    .compare_i       (compare),
    .ref_precharge_i (ref_precharge),
    .share_i         (share),
    .settle_i        (settle),
    .samples_i       (samples),
    .seed_load_i     (start),
    .seed_i          (seed),
    .lsb_i           (lsb),
    .low_i           (low),
    .nearest_i       (nearest),
    .tree_we_i       (tree_we),
    .tree_addr_i     (tree_addr),
    .tree_left_i     (tree_left),
    .tree_right_i    (tree_right),
    .repair_we_i     (repair_we),
    .repair_addr_i   (repair_addr),
    .repair_valid_i  (repair_valid),
    .repair_position_i(repair_position),
    .acc_raddr_i     (acc_addr[AccBits-1:0]),
    .acc_rdata_o     (acc_rdata),
    .char_start_i    (char_start),
    .char_mode_i     (char_mode),
    .char_bits_i     (char_bits),
    .char_set_i      (char_set),
    .char_tile_i     (char_tile),
    .char_lane_i     (char_lane),
    .char_repeats_i  (char_repeats),
    .char_level_i    (char_level),
    .char_step_i     (char_step),
    .char_count_i    (char_count),
    .char_busy_o     (char_busy),
    .bin_re_i        (bin_re),
    .bin_addr_i      (bin_addr),
    .bin_data_o      (bin_data),
    .ev_plane_o      (ev_plane),
    .ev_conversions_o(ev_conversions),
    .ev_comparisons_o(ev_comparisons),
    .ev_compare_o    (ev_compare),
    .ev_convert_o    (ev_convert),
    .ev_compute_o    (ev_compute),
    .ev_serve_o      (ev_serve),
    .char_step_o     (char_step_done),
    .upset_o         (tiles_upset)
  );

  // ---- results ----
  cim_out_pipe #(
    .Tiles    (Tiles),
    .ChDepth  (ChDepth),
    .FifoDepth(OutFifoDepth)
  ) u_out_pipe (
    .clk_i       (clk_i),
    .rst_ni      (machine_rst_n),
    .reg_rst_ni  (rst_ni),
    .input_bits_i(input_bits),
    .input_sm_i  (input_sm),
    .channel_i   (channel[$clog2(ChDepth)-1:0]),
    .param_we_i  (param_we),
    .param_i     (beat[21:0]),
    .channel_o   (out_channel),
    .issue_i     (out_issue),
    .last_i      (out_issue_last),
    .to_stream_i (out_to_stream),
    .tiles_i     (tiles),
    .words_i     (acc_rdata),
    .valid_o     (out_valid),
    .last_o      (out_last),
    .acc_o       (out_acc),
    .q_o         (out_q),
    .pop_valid_i (m_axis_tvalid_o),
    .pop_ready_i (m_axis_tready_i),
    .held_i      (out_held),
    .resync_i    (stopping),
    .credit_o    (out_credit)
  );

  cim_counters #(
    .Tiles      (Tiles),
    .CounterBits(CounterBits)
  ) u_counters (
    .clk_i           (clk_i),
    .rst_ni          (rst_ni),
    .clear_i         (start),
    .busy_i          (busy),
    .stall_i         (stall),
    .waiting_i       (waiting),
    .plane_i         (ev_plane),
    .conversions_i   (ev_conversions),
    .comparisons_i   (ev_comparisons),
    .compare_i       (ev_compare),
    .convert_i       (ev_convert),
    .compute_i       (ev_compute),
    .serve_i         (ev_serve),
    .cycles_o        (cycles),
    .stalls_o        (stalls),
    .activations_o   (activations),
    .conversions_o   (conversions),
    .comparisons_o   (comparisons),
    .compare_clocks_o(compare_clocks),
    .compute_clocks_o(compute_clocks),
    .convert_clocks_o(convert_clocks),
    .serve_clocks_o  (serve_clocks),
    .wait_load_o     (wait_load),
    .wait_act_o      (wait_act),
    .wait_out_o      (wait_out),
    .wait_end_o      (wait_end)
  );

  logic unused_core;
  assign unused_core = ^{in_held, s_axis_tlast_i, instr, channel, pattern_addr, acc_addr};  // fields that control reads itself; addresses beyond a depth wrap

  initial begin : p_check
    if (Adcs > Cols || Adcs != 2**$clog2(Adcs)) $error("Adcs %0d is no power of two up to Cols", Adcs);
    if (Spares < 0 || Spares > 4 || (Spares != 0 && Immersed != 0)) $error("Spares %0d outside 0..4, or not 0 with immersed references", Spares);
    if (GridBits < 1 || GridBits > 8) $error("GridBits %0d outside 1..8", GridBits);
  end
endmodule

`default_nettype wire
