// cim_adc_round_prove: cim_adc_round with any compare cycle and a datapath that ends a round when it likes.
// Proven: sample and compare exclude each other; a compare cycle is cycle_i clocks, numbered from 0, with its strobe in the last; a round follows its start or,
// with more_i, the round before it, and nothing else.
// SPDX-License-Identifier: Apache-2.0
`default_nettype none

module cim_adc_round_prove #(
  parameter int CycleBits = 8
) (
  input logic                 clk_i,
  input logic                 start_i,
  input logic                 more_i,
  input logic                 done_i,
  input logic [CycleBits-1:0] cycle_i    // taken in reset
);
  logic                 running_q, rst_nq;  // reset in the first clock
  logic [CycleBits-1:0] cycle_q, clocks_q, clock;
  logic                 sample, comparing, strobe, round_last, busy, last, upset;
  logic                 start, expect_sample_q, expect_compare_q;

  initial begin
    running_q = 1'b0;
    rst_nq    = 1'b0;
    clocks_q  = '0;
    expect_sample_q  = 1'b0;
    expect_compare_q = 1'b0;
  end

  assign start = running_q && start_i && (!busy || last);

  cim_adc_round #(.CycleBits(CycleBits)) u_round (
    .clk_i(clk_i), .rst_ni(rst_nq), .start_i(start), .more_i(more_i), .cycle_i(cycle_q), .done_i(done_i), .sample_o(sample), .comparing_o(comparing),
    .clock_o(clock), .strobe_o(strobe), .round_last_o(round_last), .busy_o(busy), .last_o(last), .upset_o(upset)
  );

  always @(posedge clk_i) begin
    running_q <= 1'b1;
    rst_nq    <= 1'b1;
    if (!running_q) cycle_q <= cycle_i == '0 ? CycleBits'(1) : cycle_i;
    clocks_q         <= strobe || !comparing ? '0 : clocks_q + CycleBits'(1);
    expect_sample_q  <= start || (round_last && more_i);
    expect_compare_q <= sample || (comparing && !(strobe && done_i));
  end

  always @(*)
    if (running_q) begin
      not_upset: assert(!upset);
      sample_when: assert(sample == expect_sample_q);
      compare_when: assert(comparing == expect_compare_q);
      one_state: assert(!(sample && comparing) && busy == (sample || comparing));
      if (!comparing) silent: assert(!strobe && !round_last && clock == '0);
      if (comparing) counted: assert(clock == clocks_q && clocks_q < cycle_q);
      if (comparing && clocks_q == cycle_q - CycleBits'(1)) strobe_ends: assert(strobe && round_last == done_i);
      if (comparing && clocks_q != cycle_q - CycleBits'(1)) strobe_waits: assert(!strobe);
      lasts: assert(last == (round_last && !more_i));
      c_one: cover(round_last && cycle_q == CycleBits'(1));
      c_slowest: cover(strobe && cycle_q == '1);
      c_again: cover(start && last);
    end
endmodule

`default_nettype wire
