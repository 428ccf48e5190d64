// cim_adc_hybrid: a flash step decides the upper e = min(FlashBits, bits_i) bits of the code, successive approximation the others.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_adc_hybrid #(
  parameter int Adcs = 4,       // 1..256
  parameter int AdcBits = 4,    // 2..12
  parameter int FlashBits = 2,  // 1..6, below AdcBits
  parameter int Bubble = 0,     // 0 majority, 1 ones
  localparam int Refs = 2**FlashBits - 1,
  localparam int LaneBits = $clog2(Adcs) + 1
) (
  input  logic                    clk_i,
  input  logic                    sample_i,
  input  logic                    strobe_i,
  input  logic [3:0]              bits_i,       // 1..AdcBits
  input  logic [LaneBits-1:0]     lanes_i,
  input  logic [Adcs-1:0]         lane_en_i,
  input  logic [Adcs*Refs-1:0]    above_i,
  output logic                    done_o,
  output logic                    flash_o,      // the first compare cycle of a round
  output logic [Adcs*AdcBits-1:0] ref_o,        // trial codes, 0 in the flash step; after the last decision the codes
  output logic [16:0]             decisions_o
);
  logic                    flash_q, whole;
  logic [3:0]              below;                 // bits that the flash step leaves to be decided
  logic [AdcBits-1:0]      trial_q, trial_next;   // the bit asked for, one-hot; none left, or flash step: 0
  logic [Adcs*AdcBits-1:0] coarse;                // codes of the flash step
  logic [16:0]             scaled;

  assign whole      = bits_i <= 4'(FlashBits);    // the flash step decides all
  assign below      = whole ? 4'd0 : bits_i - 4'(FlashBits);
  assign trial_next = flash_q ? (AdcBits'(1) << below) >> 1 : trial_q >> 1;
  assign done_o     = trial_next == '0;
  assign flash_o    = flash_q;

  assign scaled      = 17'(lanes_i) << (whole ? bits_i : 4'(FlashBits));
  assign decisions_o = flash_q ? scaled - 17'(lanes_i) : 17'(lanes_i);

  for (genvar lane = 0; lane < Adcs; lane++) begin : g_lane
    logic [FlashBits-1:0] encoded;
    cim_therm_enc #(.Bits(FlashBits), .Bubble(Bubble)) u_therm_enc (
      .above_i (above_i[lane*Refs +: Refs]),
      .code_o  (encoded)
    );
    assign coarse[lane*AdcBits +: AdcBits] = AdcBits'(encoded) << below;
  end

  function automatic logic [Adcs*AdcBits-1:0] decide(input logic [Adcs*AdcBits-1:0] codes, input logic [Adcs-1:0] enable,
                                                     input logic [Adcs*Refs-1:0] above, input logic [AdcBits-1:0] trial,
                                                     input logic [AdcBits-1:0] next);
    for (int lane = 0; lane < Adcs; lane++)
      decide[lane*AdcBits +: AdcBits] = ((codes[lane*AdcBits +: AdcBits] & ({AdcBits{above[lane*Refs]}} | ~trial)) | next) & {AdcBits{enable[lane]}};
  endfunction

  // Data without reset: all are written in the sample clock, before anything reads them.
  always_ff @(posedge clk_i)
    if (sample_i) begin
      flash_q <= 1'b1;
      trial_q <= '0;
      ref_o   <= '0;
    end else if (strobe_i) begin
      flash_q <= 1'b0;
      trial_q <= trial_next;
      ref_o   <= decide(flash_q ? coarse : ref_o, lane_en_i, above_i, trial_q, trial_next);  // no trial in the flash step: coarse is kept
    end
endmodule

`default_nettype wire
