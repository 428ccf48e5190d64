// cim_adc_round: the clocks of a round, the same for every kind: sample, then compare cycles until the datapath says that one was the last.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_adc_round #(
  parameter int CycleBits = 10  // 1..16
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 start_i,       // first round in the next clock; only when idle or with last_o
  input  logic                 more_i,        // another round follows this one
  input  logic [CycleBits-1:0] cycle_i,       // clocks of a compare cycle, >= 1
  input  logic                 done_i,        // read with strobe_o: this compare cycle is the round's last
  output logic                 sample_o,
  output logic                 comparing_o,
  output logic [CycleBits-1:0] clock_o,
  output logic                 strobe_o,
  output logic                 round_last_o,
  output logic                 busy_o,
  output logic                 last_o,
  output logic                 upset_o        // both at once: only a flipped bit does that
);
  logic                 sample_q, compare_q;  // neither: idle
  logic [CycleBits-1:0] clock_q;              // 0 outside compare cycles
  logic [CycleBits-1:0] clock_next;

  assign clock_next   = clock_q + CycleBits'(1);
  assign sample_o     = sample_q;
  assign comparing_o  = compare_q;
  assign clock_o      = clock_q;
  assign strobe_o     = compare_q && (&(clock_next | ~cycle_i));  // counting up, the first number with all ones of cycle_i is cycle_i
  assign round_last_o = strobe_o && done_i;
  assign busy_o       = sample_q || compare_q;
  assign last_o       = round_last_o && !more_i;
  assign upset_o      = sample_q && compare_q;

  always_ff @(posedge clk_i or negedge rst_ni)
    if (!rst_ni) begin
      sample_q  <= 1'b0;
      compare_q <= 1'b0;
      clock_q   <= '0;
    end else begin
      sample_q  <= start_i || (round_last_o && more_i);
      compare_q <= sample_q || (compare_q && !round_last_o);
      clock_q   <= compare_q && !strobe_o ? clock_next : '0;
    end
endmodule

`default_nettype wire
