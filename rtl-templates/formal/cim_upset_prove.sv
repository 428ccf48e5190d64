// cim_upset_prove: a state machine and cim_guard, both with any register contents to begin with, as after flipped bits; inputs are any.
// Proven (docs/faults.md section 2): whatever the registers hold, the machine is in a legal state two clocks later and stays in one; where states are
// enumerated, two codes that differ in one bit are never both legal. Machine: 0 sequencer, 1 plane_seq, 2 char, 3 adc_round, 4 input FIFO, 5 output FIFO.
// What prove.py joins after flattening, for no port shows it:
// peek Machine=0: g_codes.one g_copy[0].g_sequencer.u_machine.state_q, g_codes.two g_copy[1].g_sequencer.u_machine.state_q
// peek Machine=1: g_codes.one g_copy[0].g_planes.u_machine.state_q, g_codes.two g_copy[1].g_planes.u_machine.state_q
// peek Machine=2: g_codes.one g_copy[0].g_char.u_machine.state_q, g_codes.two g_copy[1].g_char.u_machine.state_q
// SPDX-License-Identifier: Apache-2.0
`default_nettype none
// verilator lint_off UNUSEDSIGNAL
// verilator lint_off UNDRIVEN
// verilator lint_off PINCONNECTEMPTY

module cim_upset_prove #(
  parameter int Machine = 0,
  parameter int AdcBits = 2
) (
  input logic         clk_i,
  input logic [255:0] any_i,       // instructions and settings
  input logic [31:0]  one_i,       // what the machine is told in this clock
  input logic [31:0]  two_i
);
  localparam int StateBits = Machine == 0 ? 5 : 4;
  logic [1:0] age_q;               // clocks since the start, 2 from then on
  logic       upset, upset_other, machine_rst_n, out_rst_n, reset;
  logic       stop, stopping;
  logic [3:0] guard_code;

  initial age_q = 2'd0;
  always @(posedge clk_i) age_q <= age_q == 2'd2 ? 2'd2 : age_q + 2'd1;

  cim_guard u_guard (
    .clk_i(clk_i), .rst_ni(1'b1), .busy_i(one_i[31]), .step_i(one_i[30]), .limit_i(any_i[15:0]), .abort_i(one_i[29]), .upset_i(upset && Machine != 5),
    .out_upset_i(upset && Machine == 5), .stop_o(stop), .code_o(guard_code), .stopping_o(stopping), .machine_rst_no(machine_rst_n), .out_rst_no(out_rst_n)
  );
  assign reset = Machine == 5 ? out_rst_n : machine_rst_n;

  logic unused_prove;
  assign unused_prove = &{1'b0, stop, stopping, guard_code, any_i, one_i, two_i, machine_rst_n, out_rst_n};

  for (genvar i = 0; i < 2; i++) begin : g_copy
    logic        lost;
    logic [31:0] told;
    assign told = i == 0 ? one_i : two_i;
    // the copy that is compared has no reset: only its first clock is looked at
    if (Machine == 0) begin : g_sequencer
      cim_sequencer #(.Rows(8), .Tiles(1), .ProgDepth(8)) u_machine (
        .clk_i(clk_i), .rst_ni(i == 0 ? reset : 1'b1), .start_i(told[0]), .busy_o(), .done_o(), .error_o(), .error_code_o(), .pc_o(), .stall_o(), .waiting_o(),
        .step_o(), .upset_o(lost), .fetch_o(), .fetch_addr_o(), .instr_i(any_i), .index_re_o(), .decode_o(), .row_start_i(16'd0), .col_start_i(16'd0),
        .acc_base_i(16'd0), .channel_i(16'd0), .set_i(1'b1), .error_i(told[4:1]), .loop_push_o(), .loop_next_o(), .loop_again_i(told[5]), .loop_body_i(told[8:6]),
        .index_we_o(), .wait_en_o(), .wait_tiles_o(), .wait_lag_o(), .wait_shadow_o(), .wait_ready_i(told[9]), .beat_valid_i(told[10]), .beat_take_o(), .tiles_o(),
        .row_o(), .col_start_o(), .acc_o(), .channel_o(), .param_we_o(), .xin_we_o(), .xin_byte_o(), .load_take_o(), .load_part_o(), .load_last_o(), .act_read_o(),
        .act_cmd_o(), .out_issue_o(), .out_last_o(), .out_credit_i(told[11]), .out_channel_i(told[12]), .out_done_i(told[13])
      );
    end
    if (Machine == 1) begin : g_planes
      cim_plane_seq #(.SampleHold(0), .Immersed(1)) u_machine (
        .clk_i(clk_i), .rst_ni(i == 0 ? reset : 1'b1), .input_bits_i(any_i[3:0]), .input_sm_i(any_i[4]), .precharge_i(any_i[15:8]), .evaluate_i(any_i[23:16]),
        .shadow_full_i(told[0]), .conv_busy_i(told[1]), .conv_last_i(told[2]), .bank_free_i(told[3]), .grant_i(told[4]), .ask_o(), .transfer_o(), .prepare_o(),
        .precharge_o(), .evaluate_o(), .capture_o(), .take_o(), .first_o(), .last_o(), .plane_o(), .bit_o(), .negative_o(), .next_o(), .next_bit_o(),
        .next_negative_o(), .waiting_o(), .upset_o(lost)
      );
    end
    if (Machine == 2) begin : g_char
      cim_char #(.Tiles(1), .AdcBits(AdcBits)) u_machine (
        .clk_i(clk_i), .rst_ni(i == 0 ? reset : 1'b1), .start_i(told[0]), .mode_i(any_i[0]), .bits_i(any_i[4:1]), .set_i(any_i[6:5]), .tile_i(any_i[12:7]),
        .repeats_i(any_i[20:13]), .level_i(any_i[44:21]), .step_i(any_i[60:45]), .levels_i(any_i[76:61]), .busy_o(), .active_o(), .force_level_o(), .set_o(), .bits_o(),
        .adc_start_o(), .ref_force_o(), .ref_sample_o(), .ref_strobe_o(), .ref_flash_o(), .ref_code_o(), .adc_last_i(told[1]), .code_i(told[AdcBits+1:2]),
        .above_i(told[20]), .hist_re_i(told[21]), .hist_addr_i(told[AdcBits+21:22]), .hist_data_o(), .step_o(), .upset_o(lost)
      );
    end
    if (Machine == 3) begin : g_round
      logic busy, last;  // a start comes only when it may
      cim_adc_round #(.CycleBits(8)) u_machine (
        .clk_i(clk_i), .rst_ni(i == 0 ? reset : 1'b1), .start_i(told[0] && (!busy || last)), .more_i(told[1]), .cycle_i(any_i[7:0]), .done_i(told[2]),
        .sample_o(), .comparing_o(), .clock_o(), .strobe_o(), .round_last_o(), .busy_o(busy), .last_o(last), .upset_o(lost)
      );
    end
    if (Machine >= 4) begin : g_fifo
      cim_fifo #(.Width(2), .Depth(Machine == 4 ? 2 : 8)) u_machine (
        .clk_i(clk_i), .rst_ni(i == 0 ? reset : 1'b1), .valid_i(told[0]), .ready_o(), .data_i(told[2:1]), .valid_o(), .ready_i(told[3]), .data_o(), .count_o(),
        .upset_o(lost)
      );
    end
  end
  assign upset       = g_copy[0].lost;
  assign upset_other = g_copy[1].lost;

  always @(*) begin
    if (age_q == 2'd2) legal: assert(!upset);
    c_lost: cover(age_q == 2'd0 && upset);
    c_goes_on: cover(age_q == 2'd2 && machine_rst_n && out_rst_n);
  end
  if (Machine < 3) begin : g_codes
    (* keep *) wire [StateBits-1:0] one, two;   // state registers of both copies, joined by prove.py
    always @(*)
      if (age_q == 2'd0 && (one ^ two) != '0 && ((one ^ two) & ((one ^ two) - StateBits'(1))) == '0) one_bit_apart: assert(upset || upset_other);
  end
endmodule

// verilator lint_on UNUSEDSIGNAL
// verilator lint_on UNDRIVEN
// verilator lint_on PINCONNECTEMPTY
`default_nettype wire
