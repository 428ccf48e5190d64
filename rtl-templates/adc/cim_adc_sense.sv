// cim_adc_sense: no converter but a sense amplifier: the comparator's one answer is the code.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_adc_sense #(
  parameter int Adcs = 4  // 1..256
) (
  input  logic            clk_i,
  input  logic            strobe_i,
  input  logic [Adcs-1:0] lane_en_i,
  input  logic [Adcs-1:0] above_i,
  output logic [Adcs-1:0] code_o
);
  // Data without reset: read after a round only.
  always_ff @(posedge clk_i)
    if (strobe_i)
      code_o <= above_i & lane_en_i;
endmodule

`default_nettype wire
