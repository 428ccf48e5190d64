// The one sequencer: fetches, decodes and carries out instructions in order (isa.md section 2), in the clocks of section 6:
// fetch 1, decode 1, then the work. LOOP, NEXT, IDX and END are finished in the decode clock.
// A program that hits an illegal instruction stops as END does (when all tiles have drained), but with an error code.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_sequencer #(
  parameter int Rows      = 8,   // 8..1024
  parameter int Tiles     = 1,   // 1..64
  parameter int ProgDepth = 256, // instructions, 2..65536
  parameter int RowBeats  = 1,   // input beats per array row, 1..32
  parameter int Immersed  = 0    // 1: any array may serve any other, so LOAD waits for all tiles
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  // control
  input  logic                         start_i,        // ignored while busy
  output logic                         busy_o,
  output logic                         done_o,         // pulse in the last busy clock of a legal program
  output logic                         error_o,        // same, of an illegal one
  output logic [3:0]                   error_code_o,
  output logic [15:0]                  pc_o,
  output logic                         stall_o,        // a beat, or room for one, is wanted and not there
  output logic [3:0]                   waiting_o,      // for tiles, in this clock: [0] LOAD, [1] ACT, [2] OUT, [3] END or the stop after an error
  output logic                         step_o,         // an instruction, element, row or beat begins
  output logic                         upset_o,        // the state is none: only a flipped bit does that
  // program memory
  output logic                         fetch_o,        // the instruction is there from the next clock on
  output logic [$clog2(ProgDepth)-1:0] fetch_addr_o,
  input  logic [255:0]                 instr_i,
  // decoder, loop stack, index registers
  output logic                         index_re_o,     // the clock between fetch and decode
  output logic                         decode_o,       // the decode clock (or several: END waits here)
  input  logic [15:0]                  row_start_i,
  input  logic [15:0]                  col_start_i,
  input  logic [15:0]                  acc_base_i,
  input  logic [15:0]                  channel_i,
  input  logic [Tiles-1:0]             set_i,
  input  logic [3:0]                   error_i,
  output logic                         loop_push_o,
  output logic                         loop_next_o,
  input  logic                         loop_again_i,
  input  logic [$clog2(ProgDepth)-1:0] loop_body_i,
  output logic                         index_we_o,
  // what an instruction waits for
  output logic                         wait_en_o,
  output logic [Tiles-1:0]             wait_tiles_o,
  output logic [3:0]                   wait_lag_o,
  output logic                         wait_shadow_o,
  input  logic                         wait_ready_i,
  // input stream
  input  logic                         beat_valid_i,
  output logic                         beat_take_o,
  // work
  output logic [Tiles-1:0]             tiles_o,        // tile set of the instruction
  output logic [$clog2(Rows)-1:0]      row_o,          // row i
  output logic [9:0]                   col_start_o,
  output logic [15:0]                  acc_o,          // acc_base + i
  output logic [15:0]                  channel_o,      // channel + i
  output logic                         param_we_o,     // PARAM: the beat goes to channel_o
  output logic                         xin_we_o,       // XIN: one byte of the beat goes to the pattern address
  output logic [2:0]                   xin_byte_o,
  output logic                         load_take_o,    // LOAD: the beat is part load_part_o of row_o
  output logic [4:0]                   load_part_o,
  output logic                         load_last_o,
  output logic                         act_read_o,     // ACT: pattern address is read for row_o
  output logic                         act_cmd_o,      // hand-over
  output logic                         out_issue_o,    // OUT: accumulator acc_o is read
  output logic                         out_last_o,
  input  logic                         out_credit_i,   // the output FIFO will have room for one more element
  input  logic                         out_channel_i,  // the element in flight that needs channel_o is there
  input  logic                         out_done_i      // the last element is written in this clock
);
  localparam logic [3:0] OpEnd = 4'd1, OpLoop = 4'd2, OpNext = 4'd3, OpIdx = 4'd4, OpParam = 4'd5,
                         OpLoad = 4'd6, OpXin = 4'd7, OpAct = 4'd8;
  localparam int RowBits = $clog2(Rows);
  localparam int PcBits = $clog2(ProgDepth) + 1;  // one bit more than a legal pc, to see the end of the memory

  // odd weight: one flipped bit leads to no state (docs/faults.md section 2); not to be recoded
  typedef enum logic [4:0] {
    StIdle = 5'b00001, StFetch = 5'b00010, StDecode = 5'b00100, StParam = 5'b01000, StLoad = 5'b10000,
    StXin = 5'b00111, StAct = 5'b01011, StActEnd = 5'b01101, StOut = 5'b01110, StOutEnd = 5'b10011
  } state_e;
  (* fsm_encoding = "none" *) state_e state_q;
  state_e state_d;

  logic [PcBits-1:0]  pc_q, pc_d;
  logic [PcBits-1:0]  pc_after;     // pc after the instruction being decoded
  logic [15:0]        left_q;       // elements, rows or beats still to begin
  logic [4:0]         part_q;       // LOAD: beat of the row; XIN: byte of the beat
  logic [RowBits-1:0] row_q;
  logic [9:0]         col_q;
  logic [15:0]        acc_q, channel_q;
  logic [Tiles-1:0]   tiles_q;
  logic [3:0]         op;
  logic               pc_bad, last, load_last, to_stream;
  logic               item, row_done, work;  // an element, row or beat begins; a row is done; something below moves on
  logic [RowBits-1:0] row_stride;
  logic               unused_sequencer;

  // The instruction register is the read register of the program memory: stable until the next fetch.
  assign op         = instr_i[3:0];
  assign to_stream  = instr_i[5];
  assign row_stride = instr_i[42 +: RowBits];
  assign unused_sequencer = ^{instr_i[255:212], instr_i[207:192], instr_i[175:63], instr_i[51:6], instr_i[4], row_start_i, col_start_i[15:10]};

  assign pc_bad       = pc_q >= PcBits'(ProgDepth);
  assign error_code_o = pc_bad ? 4'd6 : error_i;
  assign last         = left_q == 16'd1;

  assign busy_o       = state_q != StIdle;
  assign fetch_o      = state_d == StFetch;  // in the last clock of the instruction before it
  assign index_re_o   = state_q == StFetch;
  assign decode_o     = state_q == StDecode;
  assign pc_o         = 16'(pc_q);

  // END (and LOAD, where arrays are references) looks at all tiles; LOAD and OUT at the pending count of their set, ACT at the shadow latches only.
  assign wait_en_o     = state_q == StDecode || state_q == StLoad || state_q == StAct || state_q == StOut;
  assign wait_tiles_o  = state_q == StDecode || (Immersed != 0 && state_q == StLoad) ? {Tiles{1'b1}} : tiles_q;
  assign wait_shadow_o = state_q == StAct;
  assign wait_lag_o    = state_q == StOut ? instr_i[211:208] : 4'd0;

  assign out_last_o  = last;
  assign load_last   = part_q == 5'(RowBeats - 1);
  assign load_last_o = load_last;
  assign load_part_o = part_q;
  assign xin_byte_o  = part_q[2:0];
  assign act_cmd_o   = state_q == StActEnd;

  assign tiles_o     = tiles_q;
  assign row_o       = row_q;
  assign col_start_o = col_q;
  assign acc_o       = acc_q;
  assign channel_o   = channel_q;

  always_comb begin
    pc_after = '0;
    if (decode_o) pc_after = op == OpNext && loop_again_i ? {1'b0, loop_body_i} : pc_q + PcBits'(1);
  end

  // worked out without the verdict on the instruction: an illegal one is not followed by a fetch
  assign fetch_addr_o = decode_o ? pc_after[$clog2(ProgDepth)-1:0] : busy_o ? pc_q[$clog2(ProgDepth)-1:0] : '0;

  // One branch per state: what it asks for, what it waits for, what comes next.
  always_comb begin
    state_d     = state_q;
    pc_d        = pc_q;
    loop_push_o = 1'b0;
    loop_next_o = 1'b0;
    index_we_o  = 1'b0;
    done_o      = 1'b0;
    error_o     = 1'b0;
    param_we_o  = 1'b0;
    xin_we_o    = 1'b0;
    load_take_o = 1'b0;
    act_read_o  = 1'b0;
    out_issue_o = 1'b0;
    beat_take_o = 1'b0;
    row_done    = 1'b0;
    item        = 1'b0;
    work        = 1'b0;
    stall_o     = 1'b0;
    waiting_o   = 4'd0;
    upset_o     = 1'b0;
    case (state_q)
      StIdle: begin
        if (start_i) begin
          state_d = StFetch;
          pc_d    = '0;
        end
      end
      StFetch: state_d = StDecode;
      StDecode: begin
        if (op == OpEnd || error_code_o != 4'd0) begin
          waiting_o = {!wait_ready_i, 3'd0};
          if (wait_ready_i) begin
            state_d = StIdle;
            done_o  = error_code_o == 4'd0;
            error_o = error_code_o != 4'd0;
          end
        end else begin
          pc_d = pc_after;
          case (op)
            OpLoop: begin
              loop_push_o = 1'b1;
              state_d     = StFetch;
            end
            OpIdx: begin
              index_we_o = 1'b1;
              state_d    = StFetch;
            end
            OpNext: begin
              loop_next_o = 1'b1;
              state_d     = StFetch;
            end
            OpParam: state_d = StParam;
            OpLoad:  state_d = StLoad;
            OpXin:   state_d = StXin;
            OpAct:   state_d = StAct;
            default: state_d = StOut;
          endcase
        end
      end
      StParam: begin
        param_we_o  = beat_valid_i;
        beat_take_o = beat_valid_i;
        item        = beat_valid_i;
        stall_o     = !beat_valid_i;
        if (beat_valid_i && last) state_d = StFetch;
      end
      StLoad: begin
        waiting_o    = {3'd0, !wait_ready_i};
        load_take_o  = wait_ready_i && beat_valid_i;
        beat_take_o  = load_take_o;
        work         = load_take_o;
        row_done     = load_take_o && load_last;
        item         = row_done;
        stall_o      = wait_ready_i && !beat_valid_i;
        if (row_done && last) state_d = StFetch;
      end
      StXin: begin
        xin_we_o    = beat_valid_i;
        work        = beat_valid_i;
        item        = beat_valid_i;
        beat_take_o = beat_valid_i && (last || xin_byte_o == 3'd7);
        stall_o     = !beat_valid_i;
        if (beat_valid_i && last) state_d = StFetch;
      end
      StAct: begin
        waiting_o    = {2'd0, !wait_ready_i, 1'd0};
        act_read_o   = wait_ready_i;
        row_done     = wait_ready_i;
        work         = wait_ready_i;
        item         = wait_ready_i;
        if (wait_ready_i && last) state_d = StActEnd;
      end
      StActEnd: state_d = StFetch;
      StOut: begin
        waiting_o    = {1'd0, !wait_ready_i, 2'd0};
        out_issue_o  = wait_ready_i && (out_credit_i || !to_stream);
        work         = out_issue_o;
        item         = out_issue_o;
        stall_o      = wait_ready_i && !out_issue_o;
        if (out_issue_o && last) state_d = StOutEnd;
      end
      StOutEnd: if (out_done_i) state_d = StFetch;
      default: begin
        upset_o = 1'b1;
        state_d = StIdle;
      end
    endcase
  end

  assign step_o = fetch_o || item || work;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= StIdle;
      pc_q    <= '0;
    end else begin
      state_q <= state_d;
      pc_q    <= pc_d;
    end
  end

  // Operands of the instruction: every one is written in its decode clock, before its work reads it; no reset.
  always_ff @(posedge clk_i) begin
    if (out_channel_i || item) begin
      if (item) left_q <= left_q - 16'd1;
      if (param_we_o || out_channel_i) channel_q <= channel_q + 16'd1;
    end
    if (work) begin
      if (xin_we_o) part_q <= {2'd0, part_q[2:0] + 3'd1};
      if (load_take_o) part_q <= load_last ? 5'd0 : part_q + 5'd1;
      if (row_done) row_q <= row_q + row_stride;
      if (out_issue_o) acc_q <= acc_q + 16'd1;
    end
    if (decode_o) begin
      if (op == OpLoad || op == OpAct) left_q <= {5'd0, instr_i[62:52]};
      else left_q <= instr_i[191:176];
      part_q    <= '0;
      row_q     <= row_start_i[RowBits-1:0];
      col_q     <= col_start_i[9:0];
      acc_q     <= acc_base_i;
      channel_q <= channel_i;
      tiles_q   <= set_i;
    end
  end

  initial begin : p_check
    if (Rows < 8 || Rows > 1024) $error("Rows %0d outside 8..1024", Rows);
    if (Tiles < 1 || Tiles > 64) $error("Tiles %0d outside 1..64", Tiles);
    if (RowBeats < 1 || RowBeats > 32) $error("RowBeats %0d outside 1..32", RowBeats);
    if (Immersed < 0 || Immersed > 1) $error("Immersed %0d outside 0..1", Immersed);
  end
endmodule

`default_nettype wire
