// cim_adc_flash: one compare cycle in which every threshold has its comparator; a thermometer encoder per lane.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_adc_flash #(
  parameter int Adcs = 4,     // 1..256
  parameter int AdcBits = 4,  // 1..8
  parameter int Bubble = 0,   // 0 majority, 1 ones
  localparam int Refs = 2**AdcBits - 1,
  localparam int LaneBits = $clog2(Adcs) + 1
) (
  input  logic                    clk_i,
  input  logic                    strobe_i,
  input  logic [3:0]              bits_i,       // 1..AdcBits
  input  logic [LaneBits-1:0]     lanes_i,
  input  logic [Adcs-1:0]         lane_en_i,
  input  logic [Adcs*Refs-1:0]    above_i,
  output logic [Adcs*AdcBits-1:0] code_o,
  output logic [16:0]             decisions_o
);
  logic [Adcs*AdcBits-1:0] code;

  for (genvar lane = 0; lane < Adcs; lane++) begin : g_lane
    logic [AdcBits-1:0] encoded;
    cim_therm_enc #(.Bits(AdcBits), .Bubble(Bubble)) u_therm_enc (
      .above_i (above_i[lane*Refs +: Refs]),
      .code_o  (encoded)
    );
    assign code[lane*AdcBits +: AdcBits] = encoded & {AdcBits{lane_en_i[lane]}};
  end

  assign decisions_o = (17'(lanes_i) << bits_i) - 17'(lanes_i);  // 2^b - 1 in every lane

  // Data without reset: read after a round only.
  always_ff @(posedge clk_i)
    if (strobe_i)
      code_o <= code;
endmodule

`default_nettype wire
