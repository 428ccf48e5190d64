// cim_adc_binary: successive approximation. The lanes ask for the same bit at the same time; the bit is shared, the codes are their own.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_adc_binary #(
  parameter int Adcs = 4,    // 1..256
  parameter int AdcBits = 4  // 1..12
) (
  input  logic                    clk_i,
  input  logic                    sample_i,
  input  logic                    strobe_i,
  input  logic [3:0]              bits_i,     // 1..AdcBits
  input  logic [Adcs-1:0]         lane_en_i,
  input  logic [Adcs-1:0]         above_i,
  output logic                    done_o,
  output logic [Adcs*AdcBits-1:0] ref_o       // trial codes; after the last decision the codes
);
  localparam int TopBits = AdcBits > 1 ? $clog2(AdcBits) : 1;

  logic [AdcBits-1:0] trial_q, trial_d;       // the bit asked for, one-hot; after the last: 0
  logic [AdcBits-1:0] first;
  logic [AdcBits-1:0] kill;                   // bits that go where the answer is no: in the sample clock all, in every lane
  logic [3:0]         top;
  logic               unused_top;

  assign top        = bits_i - 4'd1;
  assign unused_top = ^top;
  assign first      = AdcBits'(1) << top[TopBits-1:0];
  assign trial_d    = (first & {AdcBits{sample_i}}) | (strobe_i ? trial_q >> 1 : trial_q & {AdcBits{!sample_i}});
  assign kill       = {AdcBits{sample_i}} | trial_q;
  assign done_o     = trial_q >> 1 == '0;     // also where bits_i has no meaning: every round ends

  // drop the bit asked for where the comparator said no, and ask for the one below; lanes that take no part keep code 0
  function automatic logic [Adcs*AdcBits-1:0] decide(input logic [Adcs*AdcBits-1:0] codes, input logic [AdcBits-1:0] kill_bits,
                                                     input logic [Adcs-1:0] drop, input logic [AdcBits-1:0] next, input logic [Adcs-1:0] enable);
    for (int lane = 0; lane < Adcs; lane++)
      decide[lane*AdcBits +: AdcBits] = (codes[lane*AdcBits +: AdcBits] & ~(kill_bits & {AdcBits{drop[lane]}})) | (next & {AdcBits{enable[lane]}});
  endfunction

  // Data without reset: both are written in the sample clock, before anything reads them. The terms above hold by themselves where neither
  // sample_i nor strobe_i is there; the condition saves a simulator the work, and without those terms the gates cost a little more.
  always_ff @(posedge clk_i)
    if (sample_i || strobe_i) begin
      trial_q <= trial_d;
      ref_o   <= decide(ref_o, kill, ~(above_i & {Adcs{strobe_i}}), trial_d, lane_en_i);
    end
endmodule

`default_nettype wire
