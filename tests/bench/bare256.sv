// A core written by hand for one size: 256 x 256 cells, one tile, eight converters of nine bits, lossless, two's complement, eight planes.
// It runs what tests/cosim/bench.c's program for that size asks of it: the pins, the clocks, the result beats and the counters of the emitted
// core, and nothing else. No parameters; of the registers CTRL, STATUS, the counters, the identity without HASH, and PROG (other writes are
// accepted, other reads are zero); windows are whole columns, eight slices to an output; no legality checks, no characterisation.
// It is the yardstick of the emitted RTL's speed in simulation: written to be simulated fast, as one would write for a single size.
// Here: registers, program, streams and the way out; the array with all that works by itself is in bare256_array.sv.
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
  logic [31:0] identity;
  logic [63:0] count;
  logic [63:0] cycles_q, stalls_q, activations_q, conversions_q, compare_q, compute_q, convert_q;
  logic [63:0] wait_load_q, wait_act_q, wait_out_q, wait_end_q;
  logic [3:0]  waiting;   // for the array: LOAD, ACT, OUT, END
  logic        precharging, evaluating, sampling, comparing, converted;
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
        s_axi_rdata_o  <= araddr_q[7] ? (araddr_q[2] ? count[63:32] : count[31:0]) : identity;
      end
    end

  always_comb begin
    identity = '0;
    count    = '0;
    if (ar_full_q) begin
      case (araddr_q)
        22'h00:  identity = 32'h434D4931;
        22'h04:  identity = 32'h00010000;
        22'h28:  identity = {16'd256, 16'd256};
        22'h2c:  identity = {13'd0, 1'b1, 2'd1, 8'd9, 8'd1};
        22'h30:  identity = {16'd64, 16'd8};
        22'h34:  identity = 32'd1024;
        22'h38:  identity = 32'd16384;
        22'h3c:  identity = 32'd1024;
        22'h44:  identity = 32'd2048;
        22'h48:  identity = {30'd0, done_q, busy};
        default: identity = 32'd0;
      endcase
      case (araddr_q >> 3)
        22'h10:  count = cycles_q;
        22'h11:  count = stalls_q;
        22'h12:  count = activations_q;
        22'h13:  count = conversions_q;
        22'h14:  count = compare_q << 3;  // comparisons: eight converters
        22'h15:  count = compare_q;
        22'h16:  count = compute_q;
        22'h17:  count = convert_q;
        22'h1c:  count = wait_load_q;
        22'h1d:  count = wait_act_q;
        22'h1e:  count = wait_out_q;
        22'h1f:  count = wait_end_q;
        default: count = 64'd0;           // nobody serves
      endcase
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      irq_en_q <= 1'b0;
      done_q   <= 1'b0;
      irq_o    <= 1'b0;
    end else begin
      irq_o <= irq_en_q && done_q;
      if (write) begin
        if (awaddr_q == 22'h40) irq_en_q <= wdata_q[1];
        if (start || (awaddr_q == 22'h48 && wdata_q[1])) done_q <= 1'b0;
      end
      if (finish) done_q <= 1'b1;
    end

  // ---- counters ----
  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      cycles_q      <= '0;
      stalls_q      <= '0;
      activations_q <= '0;
      conversions_q <= '0;
      compare_q     <= '0;
      compute_q     <= '0;
      convert_q     <= '0;
      wait_load_q   <= '0;
      wait_act_q    <= '0;
      wait_out_q    <= '0;
      wait_end_q    <= '0;
    end else begin
      if (busy) cycles_q <= cycles_q + 64'd1;
      if (stall) stalls_q <= stalls_q + 64'd1;
      if (sampling || comparing) convert_q <= convert_q + 64'd1;
      if (comparing) compare_q <= compare_q + 64'd1;
      if (converted) conversions_q <= conversions_q + 64'd8;
      if (precharging || evaluating) compute_q <= compute_q + 64'd1;
      if (evaluating) activations_q <= activations_q + 64'd1;
      if (waiting != 4'd0) begin
        if (waiting[0]) wait_load_q <= wait_load_q + 64'd1;
        if (waiting[1]) wait_act_q <= wait_act_q + 64'd1;
        if (waiting[2]) wait_out_q <= wait_out_q + 64'd1;
        if (waiting[3]) wait_end_q <= wait_end_q + 64'd1;
      end
      if (start) begin
        cycles_q      <= '0;
        stalls_q      <= '0;
        activations_q <= '0;
        conversions_q <= '0;
        compare_q     <= '0;
        compute_q     <= '0;
        convert_q     <= '0;
        wait_load_q   <= '0;
        wait_act_q    <= '0;
        wait_out_q    <= '0;
        wait_end_q    <= '0;
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
  logic         shadow_full;
  logic [2:0]   pending;
  logic [3:0]   valid_q;    // of an element of OUT: clocks 1..4
  logic [3:0]   used_q;     // places of the output FIFO taken or promised
  logic [3:0]   final_q;

  assign busy      = state_q != StIdle;
  assign last      = left_q == 16'd1;
  assign top       = 2'(depth_q - 3'd1);
  assign finish    = state_q == StDecode && instr[3:0] == 4'd1 && pending == 3'd0;
  assign param_we  = state_q == StParam && beat_valid;
  assign xin       = state_q == StXin && beat_valid;
  assign load_take = state_q == StLoad && pending == 3'd0 && beat_valid;
  assign act_read  = state_q == StAct && !shadow_full;
  assign out_issue = state_q == StOut && {1'b0, pending} <= instr[211:208] && used_q != 4'd8;
  assign stall     = ((state_q == StParam || state_q == StXin) && !beat_valid) || (state_q == StLoad && pending == 3'd0 && !beat_valid) ||
                     (state_q == StOut && {1'b0, pending} <= instr[211:208] && used_q == 4'd8);

  assign waiting = {state_q == StDecode && instr[3:0] == 4'd1 && pending != 3'd0, state_q == StOut && {1'b0, pending} > instr[211:208],
                    state_q == StAct && shadow_full, state_q == StLoad && pending != 3'd0};

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

  // ---- activations: a byte of the buffer to the word lines ----
  logic [7:0]  buffer [16384];
  logic [7:0]  byte_q, act_row_q;
  logic        row_we_q;
  logic [31:0] word;

  always_ff @(posedge clk_i) begin
    if (xin) buffer[addr_q[13:0]] <= beat[{part_q, 3'd0} +: 8];
    if (act_read) begin
      byte_q    <= buffer[addr_q[13:0]];
      act_row_q <= row_q;
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) row_we_q <= 1'b0;
    else row_we_q <= act_read;

  bare256_array u_array (
    .clk_i        (clk_i),
    .rst_ni       (rst_ni),
    .load_i       (load_take),
    .load_part_i  (part_q[1:0]),
    .load_row_i   (row_q),
    .load_beat_i  (beat),
    .row_we_i     (row_we_q),
    .row_i        (act_row_q),
    .byte_i       (byte_q),
    .cmd_i        (state_q == StActEnd),
    .cmd_count_i  (instr[94:84]),
    .cmd_acc_i    (acc_q[9:0]),
    .cmd_add_i    (instr[4]),
    .shadow_full_o(shadow_full),
    .pending_o    (pending),
    .out_i        (out_issue),
    .out_acc_i    (acc_q[9:0]),
    .word_o       (word),
    .precharge_o  (precharging),
    .evaluate_o   (evaluating),
    .sample_o     (sampling),
    .compare_o    (comparing),
    .converted_o  (converted)
  );

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
        acc1_word_q <= word;
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
