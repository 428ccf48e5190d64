// cim_adc_sar: successive approximation for all lanes in lock-step: they share the timing, their codes differ.
// A round is one sample clock and `bits` compare cycles of `compare` clocks; a bit is decided in the last clock of its cycle (docs/isa.md section 6).
// The code of a round stands on ref_o until the end of the next sample clock.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_adc_sar #(
  parameter int Adcs = 4,        // 1..256
  parameter int AdcBits = 4      // 1..12
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  input  logic                    start_i,      // first round in the next clock; only when idle or with last_o
  input  logic                    more_i,       // another round follows this one
  input  logic [3:0]              bits_i,       // 1..AdcBits
  input  logic [7:0]              compare_i,    // clocks of a compare cycle, >= 1
  input  logic [Adcs-1:0]         lane_en_i,
  input  logic [Adcs-1:0]         above_i,      // comparators: count >= threshold of ref_o
  output logic                    sample_o,
  output logic                    strobe_o,     // last clock of a compare cycle
  output logic                    comparing_o,
  output logic                    round_last_o, // last clock of a round
  output logic                    busy_o,
  output logic                    last_o,       // last clock of the last round
  output logic [Adcs*AdcBits-1:0] ref_o
);
  typedef enum logic [1:0] {StIdle, StSample, StCompare} state_e;
  state_e             state_q;
  logic [7:0]         clocks_q;   // of this compare cycle
  logic [AdcBits-1:0] trial_q;    // the bit being asked for
  logic [AdcBits-1:0] first_trial;

  assign first_trial  = AdcBits'(1) << (bits_i - 4'd1);
  assign sample_o     = state_q == StSample;
  assign comparing_o  = state_q == StCompare;
  assign busy_o       = state_q != StIdle;
  assign strobe_o     = comparing_o && clocks_q == compare_i - 8'd1;
  assign round_last_o = strobe_o && trial_q[0];
  assign last_o       = round_last_o && !more_i;

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      state_q  <= StIdle;
      clocks_q <= 8'd0;
      trial_q  <= '0;
    end else begin
      if (start_i || (round_last_o && more_i))
        state_q <= StSample;
      else if (last_o)
        state_q <= StIdle;
      else if (sample_o)
        state_q <= StCompare;
      if (sample_o) begin
        clocks_q <= 8'd0;
        trial_q  <= first_trial;
      end else if (strobe_o) begin
        clocks_q <= 8'd0;
        trial_q  <= trial_q >> 1;
      end else if (comparing_o) begin
        clocks_q <= clocks_q + 8'd1;
      end
    end

  // lanes that take no part keep code 0
  function automatic logic [Adcs*AdcBits-1:0] begin_codes(input logic [Adcs-1:0] enable, input logic [AdcBits-1:0] trial);
    for (int lane = 0; lane < Adcs; lane++)
      begin_codes[lane*AdcBits +: AdcBits] = enable[lane] ? trial : '0;
  endfunction

  // keep the bit asked for where the comparator said yes, and ask for the one below
  function automatic logic [Adcs*AdcBits-1:0] decide_codes(input logic [Adcs*AdcBits-1:0] codes, input logic [Adcs-1:0] enable,
                                                           input logic [Adcs-1:0] above, input logic [AdcBits-1:0] trial);
    for (int lane = 0; lane < Adcs; lane++)
      decide_codes[lane*AdcBits +: AdcBits] = enable[lane]
        ? (codes[lane*AdcBits +: AdcBits] & (above[lane] ? '1 : ~trial)) | (trial >> 1) : '0;
  endfunction

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni)
      ref_o <= '0;
    else if (sample_o)
      ref_o <= begin_codes(lane_en_i, first_trial);
    else if (strobe_o)
      ref_o <= decide_codes(ref_o, lane_en_i, above_i, trial_q);
endmodule

`default_nettype wire
