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
  parameter int PrechargeReset  = 1,    // clocks, 1..255
  parameter int EvaluateReset   = 1,    // clocks, 1..255
  parameter int CompareReset    = 1,    // clocks, 1..255
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

  // ---- registers ----
  logic         csr_write, csr_werror, csr_read, csr_rerror;
  logic [21:0]  csr_waddr, csr_raddr;
  logic [31:0]  csr_wdata, csr_rdata;
  logic [3:0]   csr_wstrb;
  logic         prog_we;
  logic [$clog2(ProgDepth)-1:0] prog_waddr, fetch_addr;
  logic [2:0]   prog_wword;
  logic         start, busy, done, error, stall;
  logic [3:0]   error_code;
  logic [15:0]  pc;
  logic [3:0]   input_bits, weight_bits, nearest;
  logic         input_sm, weight_sm;
  logic [7:0]   precharge, evaluate, compare;
  logic [63:0]  lsb, low;
  logic [63:0]  cycles, stalls, activations, conversions, comparisons, compare_clocks;

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
    .rdata_i        (csr_rdata),
    .rerror_i       (csr_rerror)
  );

  cim_csr #(
    .Rows          (Rows),
    .Cols          (Cols),
    .Tiles         (Tiles),
    .Adcs          (Adcs),
    .AdcBits       (AdcBits),
    .CellBits      (CellBits),
    .SampleHold    (SampleHold),
    .ProgDepth     (ProgDepth),
    .ActDepth      (ActDepth),
    .AccDepth      (AccDepth),
    .ChDepth       (ChDepth),
    .PrechargeReset(PrechargeReset),
    .EvaluateReset (EvaluateReset),
    .CompareReset  (CompareReset),
    .ConfigHash    (ConfigHash)
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
    .rdata_o         (csr_rdata),
    .rerror_o        (csr_rerror),
    .prog_we_o       (prog_we),
    .prog_waddr_o    (prog_waddr),
    .prog_wword_o    (prog_wword),
    .start_o         (start),
    .busy_i          (busy),
    .done_i          (done),
    .error_i         (error),
    .error_code_i    (error_code),
    .error_pc_i      (pc),
    .irq_o           (irq_o),
    .input_bits_o    (input_bits),
    .input_sm_o      (input_sm),
    .weight_bits_o   (weight_bits),
    .weight_sm_o     (weight_sm),
    .precharge_o     (precharge),
    .evaluate_o      (evaluate),
    .compare_o       (compare),
    .lsb_o           (lsb),
    .low_o           (low),
    .nearest_o       (nearest),
    .cycles_i        (cycles),
    .stalls_i        (stalls),
    .activations_i   (activations),
    .conversions_i   (conversions),
    .comparisons_i   (comparisons),
    .compare_clocks_i(compare_clocks)
  );

  // ---- program ----
  logic [255:0]     instr;
  logic             fetch, decode;
  logic [127:0]     index;
  logic             index_we;
  logic [15:0]      index_sum;
  logic             loop_push, loop_next, loop_again;
  logic [15:0]      loop_body;
  logic [2:0]       loop_depth;
  logic [15:0]      d_base, d_row_start, d_col_start, d_acc_base, d_channel;
  logic [Tiles-1:0] d_tiles;
  logic [3:0]       d_error;

  cim_prog_mem #(
    .ProgDepth(ProgDepth)
  ) u_prog_mem (
    .clk_i  (clk_i),
    .we_i   (prog_we),
    .waddr_i(prog_waddr),
    .wword_i(prog_wword),
    .wdata_i(csr_wdata),
    .wstrb_i(csr_wstrb),
    .re_i   (fetch),
    .raddr_i(fetch_addr),
    .instr_o(instr)
  );

  cim_index_regs u_index_regs (
    .clk_i  (clk_i),
    .rst_ni (rst_ni),
    .clear_i(start),
    .we_i   (index_we),
    .waddr_i(instr[226:224]),
    .wdata_i(index_sum),
    .index_o(index)
  );

  cim_loop_stack u_loop_stack (
    .clk_i  (clk_i),
    .rst_ni (rst_ni),
    .clear_i(start),
    .push_i (loop_push),
    .body_i (pc + 16'd1),
    .count_i(instr[191:176]),
    .next_i (loop_next),
    .depth_o(loop_depth),
    .again_o(loop_again),
    .body_o (loop_body)
  );

  cim_decode #(
    .Rows   (Rows),
    .Cols   (Cols),
    .Tiles  (Tiles),
    .AdcBits(AdcBits)
  ) u_decode (
    .en_i        (decode),
    .instr_i     (instr),
    .index_i     (index),
    .loop_depth_i(loop_depth),
    .base_o      (d_base),
    .row_start_o (d_row_start),
    .col_start_o (d_col_start),
    .acc_base_o  (d_acc_base),
    .channel_o   (d_channel),
    .index_sum_o (index_sum),
    .tiles_o     (d_tiles),
    .error_o     (d_error)
  );

  // ---- sequencer ----
  logic               wait_en, wait_shadow, wait_ready;
  logic [Tiles-1:0]   wait_tiles, shadow_full;
  logic [3:0]         wait_lag;
  logic [3*Tiles-1:0] pending;
  logic               beat_valid, beat_take;
  logic [63:0]        beat;
  logic [Tiles-1:0]   tiles;
  logic [RowBits-1:0] row;
  logic [9:0]         col_start;
  logic [15:0]        acc_addr, channel;
  logic               param_we, xin_we, load_take, load_last, act_read, act_cmd, out_issue, out_issue_last;
  logic [2:0]         xin_byte;
  logic [4:0]         load_part;
  logic               out_credit, out_channel, out_valid, out_last;

  cim_sequencer #(
    .Rows     (Rows),
    .Tiles    (Tiles),
    .ProgDepth(ProgDepth),
    .RowBeats (RowBeats)
  ) u_sequencer (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .start_i      (start),
    .busy_o       (busy),
    .done_o       (done),
    .error_o      (error),
    .error_code_o (error_code),
    .pc_o         (pc),
    .stall_o      (stall),
    .fetch_o      (fetch),
    .fetch_addr_o (fetch_addr),
    .instr_i      (instr),
    .decode_o     (decode),
    .row_start_i  (d_row_start),
    .col_start_i  (d_col_start),
    .acc_base_i   (d_acc_base),
    .channel_i    (d_channel),
    .set_i        (d_tiles),
    .error_i      (d_error),
    .loop_push_o  (loop_push),
    .loop_next_o  (loop_next),
    .loop_again_i (loop_again),
    .loop_body_i  (loop_body),
    .index_we_o   (index_we),
    .wait_en_o    (wait_en),
    .wait_tiles_o (wait_tiles),
    .wait_lag_o   (wait_lag),
    .wait_shadow_o(wait_shadow),
    .wait_ready_i (wait_ready),
    .beat_valid_i (beat_valid),
    .beat_take_o  (beat_take),
    .tiles_o      (tiles),
    .row_o        (row),
    .col_start_o  (col_start),
    .acc_o        (acc_addr),
    .channel_o    (channel),
    .param_we_o   (param_we),
    .xin_we_o     (xin_we),
    .xin_byte_o   (xin_byte),
    .load_take_o  (load_take),
    .load_part_o  (load_part),
    .load_last_o  (load_last),
    .act_read_o   (act_read),
    .act_cmd_o    (act_cmd),
    .out_issue_o  (out_issue),
    .out_last_o   (out_issue_last),
    .out_credit_i (out_credit),
    .out_channel_i(out_channel),
    .out_done_i   (out_last)
  );

  cim_tile_wait #(
    .Tiles(Tiles)
  ) u_tile_wait (
    .en_i         (wait_en),
    .tiles_i      (wait_tiles),
    .lag_i        (wait_lag),
    .need_shadow_i(wait_shadow),
    .shadow_full_i(shadow_full),
    .pending_i    (pending),
    .ready_o      (wait_ready)
  );

  // ---- streams ----
  logic        out_push;
  logic [64:0] out_beat;  // {last, data}
  logic        out_room;

  cim_fifo #(
    .Width(64),
    .Depth(2)
  ) u_in_fifo (
    .clk_i  (clk_i),
    .rst_ni (rst_ni),
    .valid_i(s_axis_tvalid_i),
    .ready_o(s_axis_tready_o),
    .data_i (s_axis_tdata_i),
    .valid_o(beat_valid),
    .ready_i(beat_take),
    .data_o (beat)
  );

  cim_fifo #(
    .Width(65),
    .Depth(OutFifoDepth)
  ) u_out_fifo (
    .clk_i  (clk_i),
    .rst_ni (rst_ni),
    .valid_i(out_push),
    .ready_o(out_room),
    .data_i (out_beat),
    .valid_o(m_axis_tvalid_o),
    .ready_i(m_axis_tready_i),
    .data_o ({m_axis_tlast_o, m_axis_tdata_o})
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
    .rst_ni        (rst_ni),
    .load_i        (decode),
    .base_i        (d_base),
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
    .rst_ni (rst_ni),
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
    .rst_ni (rst_ni),
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
  logic [Tiles-1:0]    ev_plane, ev_compare;
  logic [9*Tiles-1:0]  ev_conversions, ev_comparisons;

  for (genvar t = 0; t < Tiles; t++) begin : g_tile
    cim_tile #(
      .Rows      (Rows),
      .Cols      (Cols),
      .Adcs      (Adcs),
      .AdcBits   (AdcBits),
      .CellBits  (CellBits),
      .SampleHold(SampleHold),
      .GridBits  (GridBits),
      .AccDepth  (AccDepth),
      .TileIndex (t)
    ) u_tile (
      .clk_i           (clk_i),
      .rst_ni          (rst_ni),
      .load_we_i       (load_we[t]),
      .load_row_i      (load_row),
      .load_data_i     (load_data),
      .row_we_i        (row_we[t]),
      .row_addr_i      (row_waddr),
      .row_data_i      (act_rdata),
      .cmd_valid_i     (act_cmd & tiles[t]),
      .cmd_col_start_i (col_start),
      .cmd_col_stride_i(instr[83:74]),
      .cmd_col_count_i (instr[94:84]),
      .cmd_acc_base_i  (acc_addr),
      .cmd_bits_i      (instr[195:192]),
      .cmd_set_i       (instr[197:196]),
      .cmd_slice0_i    (instr[203:200]),
      .cmd_nslice_i    (instr[207:204]),
      .cmd_accumulate_i(instr[4]),
      .shadow_full_o   (shadow_full[t]),
      .pending_o       (pending[3*t +: 3]),
      .input_bits_i    (input_bits),
      .input_sm_i      (input_sm),
      .weight_bits_i   (weight_bits),
      .weight_sm_i     (weight_sm),
      .precharge_i     (precharge),
      .evaluate_i      (evaluate),
      .compare_i       (compare),
      .lsb_i           (lsb),
      .low_i           (low),
      .nearest_i       (nearest),
      .acc_raddr_i     (acc_addr[AccBits-1:0]),
      .acc_rdata_o     (acc_rdata[32*t +: 32]),
      .ev_plane_o      (ev_plane[t]),
      .ev_conversions_o(ev_conversions[9*t +: 9]),
      .ev_comparisons_o(ev_comparisons[9*t +: 9]),
      .ev_compare_o    (ev_compare[t])
    );
  end

  // ---- results ----
  cim_out_pipe #(
    .Tiles    (Tiles),
    .ChDepth  (ChDepth),
    .FifoDepth(OutFifoDepth)
  ) u_out_pipe (
    .clk_i       (clk_i),
    .rst_ni      (rst_ni),
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
    .pop_i       (m_axis_tvalid_o & m_axis_tready_i),
    .credit_o    (out_credit)
  );

  cim_counters #(
    .Tiles(Tiles)
  ) u_counters (
    .clk_i           (clk_i),
    .rst_ni          (rst_ni),
    .clear_i         (start),
    .busy_i          (busy),
    .stall_i         (stall),
    .plane_i         (ev_plane),
    .conversions_i   (ev_conversions),
    .comparisons_i   (ev_comparisons),
    .compare_i       (ev_compare),
    .cycles_o        (cycles),
    .stalls_o        (stalls),
    .activations_o   (activations),
    .conversions_o   (conversions),
    .comparisons_o   (comparisons),
    .compare_clocks_o(compare_clocks)
  );

  logic unused_core;
  assign unused_core = ^{s_axis_tlast_i, channel, pattern_addr, acc_addr};  // addresses beyond a depth wrap

  initial begin : p_check
    if (Adcs > Cols || Adcs != 2**$clog2(Adcs)) $error("Adcs %0d is no power of two up to Cols", Adcs);
    if (GridBits < 1 || GridBits > 8) $error("GridBits %0d outside 1..8", GridBits);
  end
endmodule

`default_nettype wire
