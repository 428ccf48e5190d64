// Program memory, decoder, loop stack, index registers and the sequencer they serve: an instruction in, the clocks of its work out (isa.md sections 2, 6).
// Wiring only.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_control #(
  parameter int Rows      = 8,   // 8..1024
  parameter int Cols      = 8,   // 8..1024
  parameter int Tiles     = 1,   // 1..64
  parameter int AdcBits   = 4,   // 1..12
  parameter int ProgDepth = 256, // instructions, 2..65536
  parameter int RowBeats  = 1,   // input beats per array row, 1..32
  parameter int Immersed  = 0,   // 0..1
  parameter int ServeOnly = 0    // last tiles that only serve as references, 0..Tiles-1
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  // program memory
  input  logic                         prog_we_i,
  input  logic [$clog2(ProgDepth)-1:0] prog_waddr_i,
  input  logic [2:0]                   prog_wword_i,
  input  logic [31:0]                  prog_wdata_i,
  input  logic [3:0]                   prog_wstrb_i,
  // control
  input  logic                         start_i,
  output logic                         busy_o,
  output logic                         done_o,
  output logic                         error_o,
  output logic [3:0]                   error_code_o,
  output logic [15:0]                  pc_o,
  output logic                         stall_o,
  output logic [3:0]                   waiting_o,    // for tiles, in this clock: LOAD, ACT, OUT, END
  output logic                         step_o,       // an instruction, element, row or beat begins
  output logic                         upset_o,      // a flipped bit was noticed
  input  logic                         weight_dif_i,
  // what an instruction waits for
  input  logic [Tiles-1:0]             shadow_full_i,
  input  logic [3*Tiles-1:0]           pending_i,
  input  logic                         beat_valid_i,
  output logic                         beat_take_o,
  // work: the instruction is stable until the next fetch
  output logic [255:0]                 instr_o,
  output logic                         pattern_load_o, // element 0 of the address pattern is at pattern_base_o
  output logic [15:0]                  pattern_base_o,
  output logic [Tiles-1:0]             tiles_o,
  output logic [$clog2(Rows)-1:0]      row_o,
  output logic [9:0]                   col_start_o,
  output logic [15:0]                  acc_o,
  output logic [15:0]                  channel_o,
  output logic                         param_we_o,
  output logic                         xin_we_o,
  output logic [2:0]                   xin_byte_o,
  output logic                         load_take_o,
  output logic [4:0]                   load_part_o,
  output logic                         load_last_o,
  output logic                         act_read_o,
  output logic                         act_cmd_o,
  output logic                         out_issue_o,
  output logic                         out_last_o,
  input  logic                         out_credit_i,
  input  logic                         out_channel_i,
  input  logic                         out_done_i
);
  localparam int PcBits = $clog2(ProgDepth);

  logic             fetch, decode;
  logic             index_re;
  logic [$clog2(ProgDepth)-1:0] fetch_addr;
  logic [79:0]      index;       // of base, row or channel, col, acc_base, tile
  logic             index_we;
  logic [15:0]      index_sum;
  logic             loop_push, loop_next, loop_again;
  logic [PcBits-1:0] loop_start, loop_body;
  logic [2:0]       loop_depth;
  logic [15:0]      d_row_start, d_col_start, d_acc_base, d_channel;
  logic [Tiles-1:0] d_tiles;
  logic [3:0]       d_error;

  cim_prog_mem #(
    .ProgDepth(ProgDepth)
  ) u_prog_mem (
    .clk_i  (clk_i),
    .we_i   (prog_we_i),
    .waddr_i(prog_waddr_i),
    .wword_i(prog_wword_i),
    .wdata_i(prog_wdata_i),
    .wstrb_i(prog_wstrb_i),
    .re_i   (fetch),
    .raddr_i(fetch_addr),
    .instr_o(instr_o)
  );

  cim_index_regs u_index_regs (
    .clk_i  (clk_i),
    .rst_ni (rst_ni),
    .clear_i(start_i),
    .we_i   (index_we),
    .waddr_i(instr_o[227:224]),
    .wdata_i(index_sum),
    .re_i   (index_re),
    .raddr_i({instr_o[243:240], instr_o[239:236], instr_o[235:232], instr_o[0] ? instr_o[247:244] : instr_o[231:228], instr_o[227:224]}),
    .rdata_o(index)
  );

  cim_loop_stack #(
    .PcBits(PcBits)
  ) u_loop_stack (
    .clk_i  (clk_i),
    .rst_ni (rst_ni),
    .clear_i(start_i),
    .push_i (loop_push),
    .body_i (loop_start),
    .count_i(instr_o[191:176]),
    .next_i (loop_next),
    .depth_o(loop_depth),
    .again_o(loop_again),
    .body_o (loop_body)
  );

  cim_decode #(
    .Rows   (Rows),
    .Cols   (Cols),
    .Tiles  (Tiles),
    .AdcBits(AdcBits),
    .Servers(ServeOnly)
  ) u_decode (
    .en_i        (decode),
    .instr_i     (instr_o),
    .index_i     (index),
    .loop_depth_i(loop_depth),
    .weight_dif_i(weight_dif_i),
    .base_o      (pattern_base_o),
    .row_start_o (d_row_start),
    .col_start_o (d_col_start),
    .acc_base_o  (d_acc_base),
    .channel_o   (d_channel),
    .index_sum_o (index_sum),
    .tiles_o     (d_tiles),
    .error_o     (d_error)
  );

  logic             wait_en, wait_shadow, wait_ready;
  logic [Tiles-1:0] wait_tiles;
  logic [3:0]       wait_lag;

  cim_sequencer #(
    .Rows     (Rows),
    .Tiles    (Tiles),
    .ProgDepth(ProgDepth),
    .RowBeats (RowBeats),
    .Immersed (Immersed)
  ) u_sequencer (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .start_i      (start_i),
    .busy_o       (busy_o),
    .done_o       (done_o),
    .error_o      (error_o),
    .error_code_o (error_code_o),
    .pc_o         (pc_o),
    .stall_o      (stall_o),
    .waiting_o    (waiting_o),
    .step_o       (step_o),
    .upset_o      (upset_o),
    .fetch_o      (fetch),
    .fetch_addr_o (fetch_addr),
    .instr_i      (instr_o),
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
    .index_re_o   (index_re),
    .index_we_o   (index_we),
    .wait_en_o    (wait_en),
    .wait_tiles_o (wait_tiles),
    .wait_lag_o   (wait_lag),
    .wait_shadow_o(wait_shadow),
    .wait_ready_i (wait_ready),
    .beat_valid_i (beat_valid_i),
    .beat_take_o  (beat_take_o),
    .tiles_o      (tiles_o),
    .row_o        (row_o),
    .col_start_o  (col_start_o),
    .acc_o        (acc_o),
    .channel_o    (channel_o),
    .param_we_o   (param_we_o),
    .xin_we_o     (xin_we_o),
    .xin_byte_o   (xin_byte_o),
    .load_take_o  (load_take_o),
    .load_part_o  (load_part_o),
    .load_last_o  (load_last_o),
    .act_read_o   (act_read_o),
    .act_cmd_o    (act_cmd_o),
    .out_issue_o  (out_issue_o),
    .out_last_o   (out_last_o),
    .out_credit_i (out_credit_i),
    .out_channel_i(out_channel_i),
    .out_done_i   (out_done_i)
  );

  cim_tile_wait #(
    .Tiles(Tiles)
  ) u_tile_wait (
    .en_i         (wait_en),
    .tiles_i      (wait_tiles),
    .lag_i        (wait_lag),
    .need_shadow_i(wait_shadow),
    .shadow_full_i(shadow_full_i),
    .pending_i    (pending_i),
    .ready_o      (wait_ready)
  );

  assign pattern_load_o = decode;
  assign loop_start     = pc_o[PcBits-1:0] + PcBits'(1);
endmodule

`default_nettype wire
