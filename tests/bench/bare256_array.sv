// The array of the core written by hand (bare256.sv): cells, shadow latch, word lines, converters, sums over the planes, drain and accumulators.
// An activation passes through shadow, word lines, converters and drain; the last two have two banks.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module bare256_array (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        load_i,         // a beat of weights: part 3 completes the row
  input  logic [1:0]  load_part_i,
  input  logic [7:0]  load_row_i,
  input  logic [63:0] load_beat_i,
  input  logic        row_we_i,       // an activation for the shadow latch
  input  logic [7:0]  row_i,
  input  logic [7:0]  byte_i,
  input  logic        cmd_i,          // hand-over
  input  logic [10:0] cmd_count_i,
  input  logic [9:0]  cmd_acc_i,
  input  logic        cmd_add_i,
  output logic        shadow_full_o,
  output logic [2:0]  pending_o,
  input  logic        out_i,          // accumulator word, in the next clock
  input  logic [9:0]  out_acc_i,
  output logic [31:0] word_o,
  output logic        precharge_o,    // for the counters
  output logic        evaluate_o,
  output logic        sample_o,
  output logic        compare_o,
  output logic        converted_o     // eight columns
);
  // ---- weights ----
  logic [7:0]   load_row_q;
  logic         load_we_q;
  logic [255:0] load_q;
  logic [255:0] cells [256];  // column after column, one bit per row
  logic [255:0] shadow [8];   // plane after plane

  task automatic put(output logic [255:0] word, input logic [255:0] old, input logic [7:0] row, input logic value);
    word      = old;
    word[row] = value;
  endtask

  always_ff @(posedge clk_i)
    if (load_i) begin
      load_q[{load_part_i, 6'd0} +: 64] <= load_beat_i;
      load_row_q <= load_row_i;
    end

  always @(posedge clk_i)
    if (load_we_q)
      for (int i = 0; i < 256; i++) put(cells[i], cells[i], load_row_q, load_q[i]);

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) load_we_q <= 1'b0;
    else load_we_q <= load_i && load_part_i == 2'd3;

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
  assign transfer   = shadow_full_o && (line_state_q == LnIdle || (take && plane_last));

  always_ff @(posedge clk_i)
    if (transfer)
      for (int b = 0; b < 8; b++) shadow[b] <= '0;
    else if (row_we_i)
      for (int b = 0; b < 8; b++) shadow[b][row_i] <= byte_i[b];

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      shadow_full_o <= 1'b0;
      pending_o     <= '0;
    end else if (cmd_i || transfer || drain_end) begin
      if (cmd_i) begin
        shadow_full_o  <= 1'b1;
        shadow_count_q <= cmd_count_i;
        shadow_acc_q   <= cmd_acc_i;
        shadow_add_q   <= cmd_add_i;
      end else if (transfer) shadow_full_o <= 1'b0;
      pending_o <= pending_o + {2'd0, cmd_i} - {2'd0, drain_end};
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

  assign precharge_o = line_state_q == LnPrecharge;
  assign evaluate_o  = line_state_q == LnEvaluate;
  assign sample_o    = sample_q;
  assign compare_o   = trial_q != 9'd0;
  assign converted_o = round_last;

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
  logic [31:0]  partial_q, old_q;
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
    if (out_i) word_o <= acc[out_acc_i];
  end
endmodule

`default_nettype wire
