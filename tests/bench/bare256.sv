// A core written by hand for one size: 256 x 256 cells, one tile, eight converters of nine bits, lossless, two's complement, eight planes.
// It runs what tests/cosim/bench.c's program for that size asks of it: the pins, the clocks and the result beats of the emitted core, and
// nothing else. No parameters; of the registers CTRL, STATUS, CYCLES, STALLS, the identity and PROG (other writes are accepted, other reads
// are zero); windows are whole columns, eight slices to an output; no legality checks, no characterisation, no other counters.
// It is the yardstick of the emitted RTL's speed in simulation: written to be simulated fast, as one would write for a single size.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_top (
  input  logic        clk_i,
  input  logic        rst_ni,
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
  input  logic [63:0] s_axis_tdata_i,
  input  logic        s_axis_tvalid_i,
  output logic        s_axis_tready_o,
  input  logic        s_axis_tlast_i,
  output logic [63:0] m_axis_tdata_o,
  output logic        m_axis_tvalid_o,
  input  logic        m_axis_tready_i,
  output logic        m_axis_tlast_o,
  output logic        irq_o
);
  // ---- registers ----
  logic        aw_full_q, w_full_q, ar_full_q, irq_en_q, done_q;
  logic [21:0] awaddr_q, araddr_q;
  logic [31:0] wdata_q;
  logic [63:0] cycles_q, stalls_q;
  logic        write, start, busy, finish, stall;

  assign s_axi_awready_o = !aw_full_q;
  assign s_axi_wready_o  = !w_full_q;
  assign s_axi_arready_o = !ar_full_q;
  assign s_axi_bresp_o   = 2'b00;
  assign s_axi_rresp_o   = 2'b00;
  assign write           = aw_full_q && w_full_q && !s_axi_bvalid_o;
  assign start           = write && awaddr_q == 22'h40 && wdata_q[0] && !busy;

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      aw_full_q      <= 1'b0;
      w_full_q       <= 1'b0;
      s_axi_bvalid_o <= 1'b0;
    end else if (s_axi_awvalid_i || s_axi_wvalid_i || aw_full_q || w_full_q || s_axi_bvalid_o) begin
      if (s_axi_awvalid_i && !aw_full_q) begin
        aw_full_q <= 1'b1;
        awaddr_q  <= s_axi_awaddr_i;
      end
      if (s_axi_wvalid_i && !w_full_q) begin
        w_full_q <= 1'b1;
        wdata_q  <= s_axi_wdata_i;
      end
      if (s_axi_bready_i) s_axi_bvalid_o <= 1'b0;
      if (write) begin
        aw_full_q      <= 1'b0;
        w_full_q       <= 1'b0;
        s_axi_bvalid_o <= 1'b1;
      end
    end

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      ar_full_q      <= 1'b0;
      s_axi_rvalid_o <= 1'b0;
    end else if (s_axi_arvalid_i || ar_full_q || s_axi_rvalid_o) begin
      if (s_axi_arvalid_i && !ar_full_q) begin
        ar_full_q <= 1'b1;
        araddr_q  <= s_axi_araddr_i;
      end
      if (s_axi_rready_i) s_axi_rvalid_o <= 1'b0;
      if (ar_full_q && !s_axi_rvalid_o) begin
        ar_full_q      <= 1'b0;
        s_axi_rvalid_o <= 1'b1;
        case (araddr_q)
          22'h00:  s_axi_rdata_o <= 32'h434D4931;
          22'h04:  s_axi_rdata_o <= 32'h00010000;
          22'h28:  s_axi_rdata_o <= {16'd256, 16'd256};
          22'h2c:  s_axi_rdata_o <= {13'd0, 1'b1, 2'd1, 8'd9, 8'd1};
          22'h30:  s_axi_rdata_o <= 32'd8;
          22'h34:  s_axi_rdata_o <= 32'd1024;
          22'h38:  s_axi_rdata_o <= 32'd16384;
          22'h3c:  s_axi_rdata_o <= 32'd1024;
          22'h44:  s_axi_rdata_o <= 32'd2048;
          22'h48:  s_axi_rdata_o <= {30'd0, done_q, busy};
          22'h80:  s_axi_rdata_o <= cycles_q[31:0];
          22'h84:  s_axi_rdata_o <= cycles_q[63:32];
          22'h88:  s_axi_rdata_o <= stalls_q[31:0];
          22'h8c:  s_axi_rdata_o <= stalls_q[63:32];
          default: s_axi_rdata_o <= 32'd0;
        endcase
      end
    end

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      irq_en_q <= 1'b0;
      done_q   <= 1'b0;
      irq_o    <= 1'b0;
      cycles_q <= '0;
      stalls_q <= '0;
    end else begin
      irq_o <= irq_en_q && done_q;
      if (write) begin
        if (awaddr_q == 22'h40) irq_en_q <= wdata_q[1];
        if (start || (awaddr_q == 22'h48 && wdata_q[1])) done_q <= 1'b0;
      end
      if (finish) done_q <= 1'b1;
      if (start) begin
        cycles_q <= '0;
        stalls_q <= '0;
      end else begin
        if (busy) cycles_q <= cycles_q + 64'd1;
        if (stall) stalls_q <= stalls_q + 64'd1;
      end
    end

  // ---- program ----
  logic [255:0] prog [1024];
  logic [255:0] instr;
  logic [15:0]  index [16];
  logic [15:0]  loop_body [4];
  logic [15:0]  loop_left [4];
  logic [2:0]   depth_q;
  logic [1:0]   top;

  typedef enum logic [3:0] {StIdle, StFetch, StDecode, StParam, StLoad, StXin, StAct, StActEnd, StOut, StOutEnd} state_e;
  state_e       state_q;
  logic [15:0]  pc_q, left_q, acc_q, channel_q, addr_q, pos_q, outer_q;
  logic [7:0]   row_q;
  logic [2:0]   part_q;
  logic         last, beat_valid, load_take, act_read, out_issue, xin, param_we;
  logic [63:0]  beat;
  logic         shadow_full_q;
  logic [2:0]   pending_q;
  logic [3:0]   valid_q;    // of an element of OUT: clocks 1..4
  logic [3:0]   used_q;     // places of the output FIFO taken or promised
  logic [3:0]   final_q;

  assign busy      = state_q != StIdle;
  assign last      = left_q == 16'd1;
  assign top       = 2'(depth_q - 3'd1);
  assign finish    = state_q == StDecode && instr[3:0] == 4'd1 && pending_q == 3'd0;
  assign param_we  = state_q == StParam && beat_valid;
  assign xin       = state_q == StXin && beat_valid;
  assign load_take = state_q == StLoad && pending_q == 3'd0 && beat_valid;
  assign act_read  = state_q == StAct && !shadow_full_q;
  assign out_issue = state_q == StOut && {1'b0, pending_q} <= instr[211:208] && used_q != 4'd8;
  assign stall     = ((state_q == StParam || state_q == StXin) && !beat_valid) || (state_q == StLoad && pending_q == 3'd0 && !beat_valid) ||
                     (state_q == StOut && {1'b0, pending_q} <= instr[211:208] && used_q == 4'd8);

  always_ff @(posedge clk_i) begin
    if (write && awaddr_q[21:16] == 6'd1) prog[awaddr_q[14:5]][{awaddr_q[4:2], 5'd0} +: 32] <= wdata_q;
    if (state_q == StFetch) instr <= prog[pc_q[9:0]];
  end

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      state_q <= StIdle;
      depth_q <= '0;
    end else begin
      case (state_q)
        StIdle: if (start) begin
          state_q <= StFetch;
          pc_q    <= '0;
          depth_q <= '0;
          for (int i = 0; i < 16; i++) index[i] <= '0;
        end
        StFetch: state_q <= StDecode;
        StDecode: begin
          left_q    <= instr[3:0] == 4'd6 || instr[3:0] == 4'd8 ? {5'd0, instr[62:52]} : instr[191:176];
          part_q    <= '0;
          row_q     <= instr[39:32];
          acc_q     <= instr[175:160] + index[instr[239:236]];
          channel_q <= instr[47:32] + index[instr[247:244]];
          addr_q    <= instr[111:96] + index[instr[227:224]];
          outer_q   <= instr[111:96] + index[instr[227:224]];
          pos_q     <= '0;
          pc_q      <= pc_q + 16'd1;
          case (instr[3:0])
            4'd1: if (finish) state_q <= StIdle;
            4'd2: begin
              loop_body[depth_q[1:0]] <= pc_q + 16'd1;
              loop_left[depth_q[1:0]] <= instr[191:176];
              depth_q <= depth_q + 3'd1;
              state_q <= StFetch;
            end
            4'd3: begin
              loop_left[top] <= loop_left[top] - 16'd1;
              if (loop_left[top] != 16'd1) pc_q <= loop_body[top];
              else depth_q <= depth_q - 3'd1;
              state_q <= StFetch;
            end
            4'd4: begin
              if (instr[227:224] != 4'd0) index[instr[227:224]] <= index[instr[231:228]] + instr[175:160];
              state_q <= StFetch;
            end
            4'd5: state_q <= StParam;
            4'd6: state_q <= StLoad;
            4'd7: state_q <= StXin;
            4'd8: state_q <= StAct;
            default: state_q <= StOut;
          endcase
        end
        StParam: if (beat_valid) begin
          left_q    <= left_q - 16'd1;
          channel_q <= channel_q + 16'd1;
          if (last) state_q <= StFetch;
        end
        StLoad: if (load_take) begin
          part_q <= part_q + 3'd1;
          if (part_q[1:0] == 2'd3) begin
            row_q  <= row_q + 8'd1;
            left_q <= left_q - 16'd1;
            if (last) state_q <= StFetch;
          end
        end
        StXin: if (beat_valid) begin
          part_q <= part_q + 3'd1;
          left_q <= left_q - 16'd1;
          if (last) state_q <= StFetch;
        end
        StAct: if (act_read) begin
          row_q  <= row_q + 8'd1;
          left_q <= left_q - 16'd1;
          if (last) state_q <= StActEnd;
        end
        StActEnd: state_q <= StFetch;
        StOut: if (out_issue) begin
          acc_q  <= acc_q + 16'd1;
          left_q <= left_q - 16'd1;
          if (last) state_q <= StOutEnd;
        end
        default: if (valid_q[3] && final_q[3]) state_q <= StFetch;
      endcase
      if (valid_q[0]) channel_q <= channel_q + 16'd1;
      if (xin || act_read) begin
        if (pos_q == instr[127:112] - 16'd1) begin
          addr_q  <= outer_q + instr[159:144];
          outer_q <= outer_q + instr[159:144];
          pos_q   <= '0;
        end else begin
          addr_q <= addr_q + instr[143:128];
          pos_q  <= pos_q + 16'd1;
        end
      end
    end

  // ---- input stream: two places ----
  logic [63:0] in_q [2];
  logic        in_w_q, in_r_q, beat_take;
  logic [1:0]  in_count_q;

  assign s_axis_tready_o = in_count_q != 2'd2;
  assign beat_valid      = in_count_q != 2'd0;
  assign beat            = in_q[in_r_q];
  assign beat_take       = param_we || load_take || (xin && (last || part_q == 3'd7));

  always_ff @(posedge clk_i)
    if (s_axis_tvalid_i && s_axis_tready_o) in_q[in_w_q] <= s_axis_tdata_i;

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      in_w_q     <= 1'b0;
      in_r_q     <= 1'b0;
      in_count_q <= '0;
    end else if (s_axis_tvalid_i || beat_take) begin
      in_w_q     <= in_w_q ^ (s_axis_tvalid_i && s_axis_tready_o);
      in_r_q     <= in_r_q ^ beat_take;
      in_count_q <= in_count_q + {1'b0, s_axis_tvalid_i && s_axis_tready_o} - {1'b0, beat_take};
    end

  // ---- weights and activations: a row, a byte to the word lines ----
  logic [7:0]   buffer [16384];
  logic [7:0]   byte_q, act_row_q, load_row_q;
  logic         row_we_q, load_we_q;
  logic [255:0] load_q;
  logic [255:0] cells [256];  // column after column, one bit per row
  logic [255:0] shadow [8];   // plane after plane

  task automatic put(output logic [255:0] word, input logic [255:0] old, input logic [7:0] row, input logic value);
    word      = old;
    word[row] = value;
  endtask

  always_ff @(posedge clk_i) begin
    if (xin) buffer[addr_q[13:0]] <= beat[{part_q, 3'd0} +: 8];
    if (act_read) begin
      byte_q    <= buffer[addr_q[13:0]];
      act_row_q <= row_q;
    end
    if (load_take) begin
      load_q[{part_q[1:0], 6'd0} +: 64] <= beat;
      load_row_q <= row_q;
    end
  end

  always @(posedge clk_i)
    if (load_we_q)
      for (int i = 0; i < 256; i++) put(cells[i], cells[i], load_row_q, load_q[i]);

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) {row_we_q, load_we_q} <= 2'b00;
    else {row_we_q, load_we_q} <= {act_read, load_take && part_q[1:0] == 2'd3};

  // ---- one activation after the other: shadow, word lines, converters, drain ----
  logic         transfer, take, conv_busy, conv_last, first, plane_last;
  logic [10:0]  shadow_count_q, line_count_q;
  logic [9:0]   shadow_acc_q, line_acc_q;
  logic         shadow_add_q, line_add_q;
  logic [10:0]  count0_q, count1_q;
  logic [9:0]   acc0_q, acc1_q;
  logic         add0_q, add1_q;
  logic [1:0]   used_bank_q, done_bank_q;
  logic         next_bank_q, conv_bank_q, drain_bank_q, draining_q, drain_bank, drain_start, drain_end;
  logic [2047:0] active_q;
  logic [255:0] plane_q, line_q, held_q;
  logic [2:0]   bit_q, conv_bit_q;

  typedef enum logic [1:0] {LnIdle, LnPrecharge, LnEvaluate, LnReady} line_e;
  line_e        line_state_q;

  assign first      = bit_q == 3'd0;
  assign plane_last = bit_q == 3'd7;
  assign take       = line_state_q == LnReady && (!conv_busy || conv_last) && (!first || !used_bank_q[next_bank_q]);
  assign transfer   = shadow_full_q && (line_state_q == LnIdle || (take && plane_last));

  always_ff @(posedge clk_i)
    if (transfer)
      for (int b = 0; b < 8; b++) shadow[b] <= '0;
    else if (row_we_q)
      for (int b = 0; b < 8; b++) shadow[b][act_row_q] <= byte_q[b];

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      shadow_full_q <= 1'b0;
      pending_q     <= '0;
    end else if (state_q == StActEnd || transfer || drain_end) begin
      if (state_q == StActEnd) begin
        shadow_full_q  <= 1'b1;
        shadow_count_q <= instr[94:84];
        shadow_acc_q   <= acc_q[9:0];
        shadow_add_q   <= instr[4];
      end else if (transfer) shadow_full_q <= 1'b0;
      pending_q <= pending_q + {2'd0, state_q == StActEnd} - {2'd0, drain_end};
    end

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      line_state_q <= LnIdle;
      next_bank_q  <= 1'b0;
      bit_q        <= '0;
    end else if (transfer || take || line_state_q == LnPrecharge || line_state_q == LnEvaluate) begin
      if (line_state_q == LnPrecharge) line_state_q <= LnEvaluate;
      if (line_state_q == LnEvaluate) begin
        line_state_q <= LnReady;
        line_q       <= plane_q;
      end
      if (take) begin
        held_q       <= line_q;
        conv_bit_q   <= bit_q;
        plane_q      <= active_q[{bit_q + 3'd1, 8'd0} +: 256];
        bit_q        <= bit_q + 3'd1;
        line_state_q <= plane_last ? LnIdle : LnPrecharge;
        if (first) begin
          next_bank_q <= !next_bank_q;
          conv_bank_q <= next_bank_q;
          if (next_bank_q) begin
            count1_q <= line_count_q;
            acc1_q   <= line_acc_q;
            add1_q   <= line_add_q;
          end else begin
            count0_q <= line_count_q;
            acc0_q   <= line_acc_q;
            add0_q   <= line_add_q;
          end
        end
      end
      if (transfer) begin
        active_q     <= {shadow[7], shadow[6], shadow[5], shadow[4], shadow[3], shadow[2], shadow[1], shadow[0]};
        plane_q      <= shadow[0];
        line_count_q <= shadow_count_q;
        line_acc_q   <= shadow_acc_q;
        line_add_q   <= shadow_add_q;
        bit_q        <= '0;
        line_state_q <= LnPrecharge;
      end
    end

  // ---- converters: sample eight columns, then nine decisions ----
  logic         sample_q, round_last;
  logic [8:0]   trial_q;      // one-hot; 0: not comparing
  logic [4:0]   position_q, last_position;
  logic [71:0]  codes;

  assign conv_busy     = sample_q || trial_q != 9'd0;
  assign round_last    = trial_q[0];
  assign last_position = 5'(((conv_bank_q ? count1_q : count0_q) - 11'd1) >> 3);
  assign conv_last     = round_last && position_q == last_position;

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      sample_q <= 1'b0;
      trial_q  <= '0;
    end else if (take || conv_busy) begin
      sample_q <= take || (round_last && !conv_last);
      trial_q  <= sample_q ? 9'h100 : trial_q >> 1;
      if (take) position_q <= '0;
      else if (round_last) position_q <= position_q + 5'd1;
    end

  for (genvar lane = 0; lane < 8; lane++) begin : g_lane
    logic [8:0] level_q, code_q;

    assign codes[9*lane +: 9] = code_q;

    always_ff @(posedge clk_i)
      if (sample_q) begin
        level_q <= 9'($countones(held_q & cells[{position_q, 3'(lane)}]));
        code_q  <= 9'h100;
      end else if (trial_q != 9'd0) begin
        code_q <= (level_q >= code_q ? code_q : code_q & ~trial_q) | (trial_q >> 1);
      end
  end

  // ---- sums of a column over the planes ----
  logic         add_q, add_bank_q;
  logic [4:0]   add_position_q;
  logic [2:0]   add_bit_q;
  logic [135:0] sums [64];  // {bank, position}, eight lanes of 17 bits

  function automatic logic [135:0] weigh(input logic [135:0] old, input logic [71:0] code, input logic [2:0] weight);
    for (int l = 0; l < 8; l++)
      weigh[17*l +: 17] = weight == 3'd7 ? old[17*l +: 17] - (17'(code[9*l +: 9]) << 7) : (weight == 3'd0 ? 17'd0 : old[17*l +: 17]) + (17'(code[9*l +: 9]) << weight);
  endfunction

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) add_q <= 1'b0;
    else add_q <= round_last;

  always_ff @(posedge clk_i) begin
    if (round_last) begin
      add_bank_q     <= conv_bank_q;
      add_position_q <= position_q;
      add_bit_q      <= conv_bit_q;
    end
    if (add_q) sums[{add_bank_q, add_position_q}] <= weigh(sums[{add_bank_q, add_position_q}], codes, add_bit_q);
  end

  // ---- drain: a column per clock, eight to an output ----
  logic         reading_q, weighing_q, write_q, weigh_final_q, write_final_q;
  logic [7:0]   col_q;
  logic [10:0]  to_read_q;
  logic [9:0]   out_acc_q, weigh_acc_q, write_acc_q;
  logic [2:0]   slice_q;
  logic signed [16:0] sum_q;
  logic [31:0]  partial_q, old_q, word_q;
  logic [31:0]  acc [1024];

  assign drain_bank  = drain_bank_q ^ drain_end;
  assign drain_start = done_bank_q[drain_bank] && (!draining_q || drain_end);
  assign drain_end   = write_final_q;

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      used_bank_q  <= '0;
      done_bank_q  <= '0;
      drain_bank_q <= 1'b0;
      draining_q   <= 1'b0;
    end else if ((take && first) || conv_last || drain_start || drain_end) begin
      used_bank_q  <= (used_bank_q | (take && first ? 2'b01 << next_bank_q : 2'b00)) & ~(drain_end ? 2'b01 << drain_bank_q : 2'b00);
      done_bank_q  <= (done_bank_q | (conv_last && conv_bit_q == 3'd7 ? 2'b01 << conv_bank_q : 2'b00)) & ~(drain_start ? 2'b01 << drain_bank : 2'b00);
      drain_bank_q <= drain_bank;
      draining_q   <= drain_start || (draining_q && !drain_end);
    end

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      reading_q     <= 1'b0;
      weighing_q    <= 1'b0;
      write_q       <= 1'b0;
      write_final_q <= 1'b0;
    end else if (drain_start || draining_q) begin
      weighing_q    <= reading_q;
      write_q       <= weighing_q && slice_q == 3'd7;
      write_final_q <= weighing_q && weigh_final_q;
      if (drain_start) begin
        reading_q <= 1'b1;
        col_q     <= '0;
        to_read_q <= drain_bank ? count1_q : count0_q;
        out_acc_q <= drain_bank ? acc1_q : acc0_q;
      end else if (reading_q) begin
        reading_q <= to_read_q != 11'd1;
        col_q     <= col_q + 8'd1;
        to_read_q <= to_read_q - 11'd1;
        if (col_q[2:0] == 3'd7) out_acc_q <= out_acc_q + 10'd1;
      end
      if (reading_q) begin
        sum_q         <= $signed(sums[{drain_bank_q, col_q[7:3]}][17 * 32'(col_q[2:0]) +: 17]);
        slice_q       <= col_q[2:0];
        weigh_acc_q   <= out_acc_q;
        weigh_final_q <= to_read_q == 11'd1;
      end
      if (weighing_q) begin
        if (slice_q == 3'd7) partial_q <= partial_q - (32'(sum_q) << 7);
        else partial_q <= (slice_q == 3'd0 ? 32'd0 : partial_q) + (32'(sum_q) << slice_q);
        write_acc_q <= weigh_acc_q;
        old_q       <= acc[weigh_acc_q];
      end
    end

  always_ff @(posedge clk_i) begin
    if (write_q) acc[write_acc_q] <= ((drain_bank_q ? add1_q : add0_q) ? old_q : 32'd0) + partial_q;
    if (out_issue) word_q <= acc[acc_q[9:0]];
  end

  // ---- OUT: word, product, rounding, element ----
  logic [21:0]        channels [2048];
  logic [21:0]        param_q;
  logic [31:0]        acc1_word_q, acc2_word_q, acc3_word_q;
  logic signed [47:0] prod_q;
  logic [5:0]         drop_q;
  logic [7:0]         q_q;

  function automatic logic [7:0] clamp(input logic signed [47:0] half);
    logic signed [47:0] v;
    v = (half >>> 1) + $signed({47'd0, half[0]});
    clamp = v > 48'sd127 ? 8'd127 : v < -48'sd127 ? 8'h81 : v[7:0];
  endfunction

  always_ff @(posedge clk_i) begin
    if (param_we) channels[channel_q[10:0]] <= beat[21:0];
    if (valid_q != 4'd0) begin
      if (valid_q[0]) begin
        param_q     <= channels[channel_q[10:0]];
        acc1_word_q <= word_q;
      end
      if (valid_q[1]) begin
        prod_q      <= 48'($signed(acc1_word_q)) * $signed({32'd0, param_q[15:0]});
        drop_q      <= param_q[21:16] - 6'd1;
        acc2_word_q <= acc1_word_q;
      end
      if (valid_q[2]) begin
        q_q         <= clamp(prod_q >>> drop_q);
        acc3_word_q <= acc2_word_q;
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      valid_q <= '0;
      final_q <= '0;
    end else if (out_issue || valid_q != 4'd0) begin
      valid_q <= {valid_q[2:0], out_issue};
      final_q <= {final_q[2:0], last};
    end

  // ---- output stream: eight places ----
  logic [64:0] out_q [8];
  logic [2:0]  out_w_q, out_r_q;
  logic [3:0]  out_count_q;

  assign m_axis_tvalid_o = out_count_q != 4'd0;
  assign {m_axis_tlast_o, m_axis_tdata_o} = out_q[out_r_q];

  always_ff @(posedge clk_i)
    if (valid_q[3]) out_q[out_w_q] <= {final_q[3] && instr[6], 16'd0, {8{q_q[7]}}, q_q, acc3_word_q};

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      out_w_q     <= '0;
      out_r_q     <= '0;
      out_count_q <= '0;
      used_q      <= '0;
    end else if (out_issue || valid_q[3] || m_axis_tvalid_o) begin
      if (valid_q[3]) out_w_q <= out_w_q + 3'd1;
      if (m_axis_tvalid_o && m_axis_tready_i) out_r_q <= out_r_q + 3'd1;
      out_count_q <= out_count_q + {3'd0, valid_q[3]} - {3'd0, m_axis_tvalid_o && m_axis_tready_i};
      used_q      <= used_q + {3'd0, out_issue} - {3'd0, m_axis_tvalid_o && m_axis_tready_i};
    end
endmodule

`default_nettype wire
